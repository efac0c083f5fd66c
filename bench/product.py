"""The product and a pretend Graph in separate processes, to measure from notification to page."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from zoneinfo import ZoneInfo

from litestar.types import ASGIApp, Receive, Scope, Send

from kalenderkoppling.calendars.graph.settings import Microsoft365
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.calendar import open_calendar
from kalenderkoppling.composition.from_settings.sign_in import make_sign_in
from kalenderkoppling.composition.running import Listening, PageServer, listen, run
from kalenderkoppling.composition.server.pages import page_app
from kalenderkoppling.composition.server.parts import open_server
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import CalendarSource, Fields
from kalenderkoppling.sandbox import CompanyPerson, PretendGraph, World, pretend_company
from kalenderkoppling.settings import Company, Database, Rules, RuleSetting, Secret, Settings
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.run_worker import run_worker

_SPAWN = multiprocessing.get_context("spawn")
_START_SECONDS = 60


@contextmanager
def process(target: Callable[..., None], *args: object) -> Iterator[Pipe]:
    """Run a function in a fresh process, which stops at the message `stop`."""
    ours, theirs = _SPAWN.Pipe()
    running = _SPAWN.Process(target=target, args=(*args, theirs), daemon=True)
    running.start()
    try:
        yield ours
    finally:
        ours.send("stop")
        running.join(timeout=20)
        if running.is_alive():
            running.kill()


def told(pipe: Pipe) -> object:
    """Wait for a message of a process."""
    if not pipe.poll(_START_SECONDS):
        raise TimeoutError("a process of the bench did not answer")
    return pipe.recv()


# ── the pretend Graph ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphTold:
    """The pretend Graph's addresses, and the company's people."""

    base_url: str
    authority: str
    ca_file: str
    tenant_id: str
    client_id: str
    secret: str
    company: list[CompanyPerson]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """Make a booking around now in a mailbox, or delete it again."""

    user: str
    token: str
    is_there: bool


def run_graph(people: int, pipe: Pipe) -> None:
    """Serve a pretend company's Graph, and change bookings on request."""
    asyncio.run(_graph(people, pipe))


async def _graph(people: int, pipe: Pipe) -> None:
    world = World(SystemClock().now)
    company = pretend_company(world, people)
    async with PretendGraph(world) as graph:
        pipe.send(
            GraphTold(
                base_url=graph.base_url,
                authority=graph.authority_url.rpartition("/")[0],
                ca_file=str(graph.ca_file),
                tenant_id=world.tenant_id,
                client_id=graph.application.client_id,
                secret=graph.application.secret or "",
                company=company,
            )
        )
        while isinstance(wish := await asyncio.to_thread(pipe.recv), Toggle):
            pipe.send(_toggle(world, wish))


def _toggle(world: World, wish: Toggle) -> float:
    """Change a booking and return when, by the clock shared by all processes."""
    if wish.is_there:
        now = world.clock()
        changed_at = time.monotonic()
        start, end = now - timedelta(minutes=5), now + timedelta(hours=2)
        world.create_event(wish.user, start=start, end=end, token=wish.token, show_as="oof", subject="Bench")
    else:
        changed_at = time.monotonic()
        world.delete_event(wish.token)
    return changed_at


# ── the product ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """When the last notification came, and when the request to Graph began and ended; seconds of the shared clock."""

    noticed_at: float
    asked_at: float
    answered_at: float


@dataclass(slots=True)
class _Record:
    """The last instants."""

    noticed: deque[float]
    looks: deque[tuple[float, float]]

    def stamps(self) -> Stamps:
        noticed_at = self.noticed[-1] if self.noticed else 0.0
        asked_at, answered_at = self.looks[-1] if self.looks else (0.0, 0.0)
        return Stamps(noticed_at=noticed_at, asked_at=asked_at, answered_at=answered_at)


@dataclass(frozen=True, slots=True)
class _TimedSource:
    """The real source, with timestamps."""

    source: CalendarSource
    record: _Record

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        asked_at = time.monotonic()
        view = await self.source.view(mailbox, window, zone, fields)
        self.record.looks.append((asked_at, time.monotonic()))
        return view

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        asked_at = time.monotonic()
        view = await self.source.view_if_changed(mailbox, window, zone, fields, validator)
        self.record.looks.append((asked_at, time.monotonic()))
        return view


def run_product(graph: GraphTold, people: list[Person], folder: Path, pipe: Pipe) -> None:
    """Serve the product as the demo composes it, and send the timestamps on request."""
    asyncio.run(_product(graph, people, folder, pipe))


async def _product(graph: GraphTold, people: list[Person], folder: Path, pipe: Pipe) -> None:
    record = _Record(deque(maxlen=8), deque(maxlen=8))
    meter = PrometheusMeter()
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    stop = asyncio.Event()
    settings, clock = _settings(graph, folder), SystemClock()
    async with (
        open_calendar(settings, clock) as calendar,
        open_server(
            settings,
            people,
            meter,
            clock=clock,
            bus=make_bus(),
            calendar=calendar,
            address_of=addresses_under(url),
        ) as house,
    ):
        connection = house.worker.connection_of(TENANT)
        if connection is None:
            raise RuntimeError("no calendar is connected")
        timed = Connection(source=_TimedSource(connection.source, record), notices=connection.notices)
        house.worker.connection_of = lambda _: timed
        app = page_app(house, meter, WebOptions(tenant=TENANT), sign_in=make_sign_in(), with_hooks=True)
        figures = machine_app(house.core, WebOptions(tenant=TENANT), surfaces=[operations_surface(meter)])
        app.asgi_handler = _watching_hooks(_with_figures(app.asgi_handler, figures), record)
        server = PageServer(app, host="127.0.0.1", port=0)
        answering = asyncio.create_task(_answer(pipe, record, stop))
        await run(
            [Listening(server=server, socket=listening)],
            [run_worker(house.worker, stop)],
            stop,
            lambda: pipe.send(url),
        )
        await answering


def _with_figures(app: ASGIApp, figures: ASGIApp) -> ASGIApp:
    """Answer `/metrics` too, which the product has on a port of its own."""

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        await (figures if scope["path"] == "/metrics" else app)(scope, receive, send)

    return either


def _watching_hooks(app: ASGIApp, record: _Record) -> ASGIApp:
    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/hooks/"):
            record.noticed.append(time.monotonic())
        await app(scope, receive, send)

    return watching


async def _answer(pipe: Pipe, record: _Record, stop: asyncio.Event) -> None:
    while await asyncio.to_thread(pipe.recv) != "stop":
        pipe.send(record.stamps())
    stop.set()


def _settings(graph: GraphTold, folder: Path) -> Settings:
    secret = folder / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text(graph.secret, encoding="utf-8")
    return Settings(
        database=Database(url=f"sqlite:///{folder / 'live.db'}"),
        company=Company(rules=Rules(out_of_office=RuleSetting(reason="out_of_office", diversion="direct"))),
        calendar=Microsoft365(
            tenant_id=graph.tenant_id,
            client_id=graph.client_id,
            secret=Secret(file=str(secret)),
            graph_url=graph.base_url,
            authority=graph.authority,
            ca_file=graph.ca_file,
        ),
    )
