"""The demo: a pretend company with a pretend Microsoft 365 and Outlook, and the product as it runs for real."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import time
from functools import partial
from pathlib import Path

from kalenderkoppling.calendars.graph.settings import Microsoft365
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.demo.office import Office, open_office
from kalenderkoppling.composition.demo.people import cast_roles, directory_people
from kalenderkoppling.composition.demo.voice_process import SIP_PORT, VoiceStarted, voice_of
from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.calendar import open_calendar
from kalenderkoppling.composition.from_settings.sign_in import make_sign_in
from kalenderkoppling.composition.logs import write_logs_to
from kalenderkoppling.composition.running import Listening, PageServer, listen, run
from kalenderkoppling.composition.server.pages import page_app
from kalenderkoppling.composition.server.parts import open_server
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, Rule, WorkingHours
from kalenderkoppling.sandbox import PretendGraph, World, pretend_company
from kalenderkoppling.sandbox.company import COMPANY_NAME
from kalenderkoppling.sandbox.outlook import OutlookPage
from kalenderkoppling.settings import (
    Company,
    Database,
    Secret,
    Settings,
)
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions
from kalenderkoppling.usecases.change_feed.republish import republish_changes
from kalenderkoppling.usecases.mailboxes.run_worker import run_worker
from kalenderkoppling.usecases.people.order_service import run_service_orders
from kalenderkoppling.usecases.rules.set_rules import set_layer

HOST = "127.0.0.1"

RULES = ScopedLayer(
    layer=Layer(
        kind=LayerKind.TENANT,
        show_subject=True,
        addin_allowed=True,
        working_hours=WorkingHours(days=frozenset(range(5)), start=time(8), end=time(17)),
        rules={
            ShowAs.BUSY: Rule(reason=MEETING, diversion=Diversion.OPEN),
            ShowAs.OUT_OF_OFFICE: Rule(reason=OUT_OF_OFFICE, diversion=Diversion.DIRECT),
            ShowAs.WORKING_ELSEWHERE: Rule(reason=ReasonKey("elsewhere")),
        },
    )
)
"""The pretend company's rules, as if set on the administrator's pages: more than the standard template."""


async def demo(*, port: int, people: int, stopping: asyncio.Event | None = None) -> None:
    """Serve the demo on 127.0.0.1 until it is stopped; nothing is stored.

    Args:
        port: Where the pages are served; 0 takes any free one.
        people: How many people the pretend company has.
        stopping: Set by whoever runs the demo inside another program; None waits for a signal.
    """
    write_logs_to(sys.stderr)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kalenderkoppling-demo-")))
        world = World(clock.now)
        company = pretend_company(world, people)
        graph = await stack.enter_async_context(PretendGraph(world))
        people_of_it, suggested = cast_roles(directory_people(company))
        office = await stack.enter_async_context(open_office(people_of_it))
        listening = listen(HOST, port)
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        outlook = await stack.enter_async_context(OutlookPage(world, company, clock.now, directory_url=url))
        meter = PrometheusMeter()
        settings, cast = _settings(graph, folder), office.equip(people_of_it)
        parts = await stack.enter_async_context(
            open_server(
                settings,
                cast,
                meter,
                clock=clock,
                bus=make_bus(),
                calendar=await stack.enter_async_context(open_calendar(settings, clock)),
                address_of=addresses_under(url),
            )
        )
        await set_layer(parts.core, TENANT, "demo", RULES)
        office.open(parts.core)
        calls = voice_of(settings, office, folder)
        links = DemoLinks(outlook_url=outlook.url, suggested=suggested)
        options = WebOptions(tenant=TENANT, company=COMPANY_NAME, demo=links)
        telephony = calls.settings.telephony
        app = page_app(parts, meter, options, sign_in=make_sign_in(), with_hooks=True, telephony=telephony)
        server = PageServer(app, host=HOST, port=port)
        stop = stopping or asyncio.Event()
        await run(
            [Listening(server=server, socket=listening)],
            [
                run_worker(parts.worker, stop),
                calls.run(stop, partial(_tell_calls, office)),
                office.talk(stop),
                run_service_orders(parts.core, TENANT, stop),
                republish_changes(parts.core, TENANT, stop),
            ],
            stop,
            lambda: _greet(url, outlook.url),
        )


def _settings(graph: PretendGraph, folder: Path) -> Settings:
    secret = folder / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text(graph.application.secret or "", encoding="utf-8")
    return Settings(
        database=Database(url=f"sqlite:///{folder / 'demo.db'}"),
        company=Company(name=COMPANY_NAME),
        calendar=Microsoft365(
            tenant_id=graph.world.tenant_id,
            client_id=graph.application.client_id,
            secret=Secret(file=str(secret)),
            graph_url=graph.base_url,
            authority=graph.authority_url.rpartition("/")[0],
            ca_file=str(graph.ca_file),
        ),
    )


def _greet(url: str, outlook_url: str) -> None:
    sys.stdout.write(
        f"\n  Telefonboken / telefonkatalogen / the directory   {url}"
        f"\n  Låtsas-Outlook / liksom-Outlook / pretend Outlook   {outlook_url}\n\n  Ctrl-C stops it.\n\n"
    )
    sys.stdout.flush()


async def _tell_calls(office: Office, started: VoiceStarted | None) -> None:
    if started is None:
        sys.stdout.write("  No calls are taken: the voice process did not start; what it said is above.\n\n")
    else:
        at = started.sip.removeprefix("sip:")
        elsewhere = "" if at.endswith(f":{SIP_PORT}") else f" SIP={at}"
        sys.stdout.write(
            f"  Telefoner / telefoner / telephones   sip:<anknytning, internnummer, extension>@{at}"
            f"\n  Ring / ring / call   make call TO={await office.worth_calling()}{elsewhere}\n\n"
        )
    sys.stdout.flush()
