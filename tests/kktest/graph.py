"""Help for tests of the Graph source: the pretend Graph with the product's own connection to it, and pages by hand."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Unpack
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.open import Graph, open_graph
from kalenderkoppling.calendars.graph.translate import Look
from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.sandbox import Application, EventFields, PretendGraph, World
from kalenderkoppling.sandbox.tls import LoopbackCertificate
from kalenderkoppling.sandbox.tokens import openid_configuration

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
WINDOW = Interval(start=datetime(2027, 2, 27, 23, tzinfo=UTC), end=datetime(2027, 4, 30, 22, tzinfo=UTC))
SAMPLES = Path(__file__).parent.parent / "samples" / "graph"
ALL_FIELDS = Fields(subject=True, item_choices=True)
KIM = "kim@exempel.example"


@dataclass(slots=True)
class SetClock:
    """The present as the test says."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """See the port."""
        return self.instant

    def advance(self, **by: float) -> None:
        """Move on; takes what timedelta takes."""
        self.instant += timedelta(**by)


@dataclass(slots=True, kw_only=True)
class Tenant:
    """A pretend tenant with one mailbox, and the product's connection to it."""

    world: World
    graph: PretendGraph
    ours: Graph
    clock: SetClock
    connection: Connection
    user_id: str

    async def view(self, fields: Fields = ALL_FIELDS, *, user: str | None = None, window: Interval = WINDOW) -> View:
        """Look at a mailbox as the product does."""
        return await self.ours.calendar.view(self.user_id if user is None else user, window, STOCKHOLM, fields)

    def book(self, token: str, start: datetime = NOW, hours: float = 1, **more: Unpack[EventFields]) -> None:
        """Make a timed booking."""
        self.world.create_event(self.user_id, token=token, start=start, end=start + timedelta(hours=hours), **more)


def connection_to(graph: PretendGraph, **other: str | None) -> Connection:
    """Return what an administrator would fill in to reach a pretend Graph."""
    settings: dict[str, str | None] = {
        "tenant_id": graph.world.tenant_id,
        "client_id": graph.application.client_id,
        "secret": graph.application.secret,
        "base_url": graph.base_url,
        "authority": graph.authority_url.rsplit("/", 1)[0],
        "ca_file": str(graph.ca_file),
        **other,
    }
    return msgspec.convert(settings, Connection)


@asynccontextmanager
async def tenant(*, application: Application | None = None, deadline_seconds: float = 5.0) -> AsyncIterator[Tenant]:
    """Start a pretend Graph with one mailbox and connect to it; jitter is left out."""
    clock = SetClock()
    world = World(clock.now)
    kim = world.add_mailbox(KIM)
    async with PretendGraph(world, application=application) as graph:
        connection = connection_to(graph)
        ours = await open_graph(connection, clock, jitter=lambda: 0.0, deadline_seconds=deadline_seconds)
        try:
            yield Tenant(world=world, graph=graph, ours=ours, clock=clock, connection=connection, user_id=kim.user_id)
        finally:
            await ours.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowParts:
    """A row as Graph sends it, as parts that a test may replace or leave out."""

    parts: Mapping[str, Any] = field(
        default_factory=lambda: {
            "id": "AAkALgAAAA-1",
            "seriesMasterId": None,
            "type": "singleInstance",
            "start": {"dateTime": "2027-03-01T09:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2027-03-01T10:00:00.0000000", "timeZone": "UTC"},
            "isAllDay": False,
            "showAs": "busy",
            "sensitivity": "normal",
            "isCancelled": False,
            "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        }
    )


def row(*, without: Any = (), **other: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return a row: a timed, normal, busy booking, but for what is said."""
    return {name: value for name, value in {**RowParts().parts, **other}.items() if name not in without}


def timed(start: str, end: str, label: str = "UTC") -> dict[str, Any]:
    """Return a row's start and end."""
    return {"start": {"dateTime": start, "timeZone": label}, "end": {"dateTime": end, "timeZone": label}}


def page(*rows: Mapping[str, Any], **other: object) -> bytes:
    """Return the body of a page, as compact as Graph writes it."""
    return json.dumps({"value": list(rows), **other}, separators=(",", ":"), ensure_ascii=False).encode()


def view_of(*bodies: bytes, fields: Fields = ALL_FIELDS, window: Interval = WINDOW, zone: ZoneInfo = STOCKHOLM) -> View:
    """Translate pages as the source does, without the network between."""
    look = Look(window, zone, fields)
    for body in bodies:
        look.take(read_page(body, full=fields.subject or fields.item_choices).value)
    return look.view()


@asynccontextmanager
async def scripted(answer: Handler, deadline_seconds: float = 5.0) -> AsyncIterator[tuple[Graph, list[web.Request]]]:
    """Connect to a server that gives a token and answers everything else as the test says; gives what was asked too."""
    asked: list[web.Request] = []

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": "t"})

    async def openid(request: web.Request) -> web.Response:
        return web.json_response(openid_configuration(str(request.url.origin()), "tenant"))

    async def other(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return await answer(request)

    certificate = LoopbackCertificate.make()
    app = web.Application()
    app.router.add_get("/tenant/v2.0/.well-known/openid-configuration", openid)
    app.router.add_post("/tenant/oauth2/v2.0/token", token)
    app.router.add_route("*", "/{rest:.*}", other)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.context).start()
    origin = f"https://127.0.0.1:{runner.addresses[0][1]}"
    connection = Connection(
        tenant_id="tenant",
        client_id="client",
        secret="secret",
        base_url=f"{origin}/v1.0",
        authority=origin,
        ca_file=str(certificate.ca_file),
    )
    ours = await open_graph(connection, SetClock(), jitter=lambda: 0.0, deadline_seconds=deadline_seconds)
    try:
        yield ours, asked
    finally:
        await ours.close()
        await runner.cleanup()
        certificate.remove()
