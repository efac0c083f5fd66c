"""The server for a real tenant: pages, notices on a port of their own, the worker beside them."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack

from kalenderkoppling.calendars.kind import OpenCalendar, calendar_kinds, kind_of
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.calendar import open_calendar
from kalenderkoppling.composition.from_settings.people import people_source, stored_country
from kalenderkoppling.composition.from_settings.sign_in import make_sign_in, with_public_address
from kalenderkoppling.composition.logs import write_logs_to
from kalenderkoppling.composition.running import Listening, PageServer, listen, run
from kalenderkoppling.composition.server.pages import hook_server, metrics_server, page_app
from kalenderkoppling.composition.server.parts import open_server
from kalenderkoppling.composition.server.people_file import PeopleFile
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.settings import Settings
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.change_feed.republish import republish_changes
from kalenderkoppling.usecases.mailboxes.run_worker import run_worker
from kalenderkoppling.usecases.people.order_service import run_service_orders

DOCTOR = "  What to do about it: `kalenderkoppling doctor`."
ABOUT_PEOPLE = (
    "  Correct the file: it is read again when it changes. Where it is right, although many people are gone or lose a "
    "service: `kalenderkoppling import-people --allow-removals`."
)


async def serve(settings: Settings, stopping: asyncio.Event | None = None) -> None:
    """Serve until stopped.

    Raises:
        InvalidValueError: a setting does not fit, a port is taken, or the pages would be served beyond this machine
            without sign-in or without TLS.
        StoreUnavailableError: the database cannot be reached.
    """
    write_logs_to(sys.stderr)
    options = with_public_address(WebOptions(tenant=TENANT, company=settings.company.name), settings)
    address_of = addresses_under(settings.server.public_url) if settings.server.public_url else None
    meter = PrometheusMeter()
    stop = stopping or asyncio.Event()
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        calendar = await stack.enter_async_context(open_calendar(settings, clock))
        parts = await stack.enter_async_context(
            open_server(settings, None, meter, clock=clock, bus=make_bus(), calendar=calendar, address_of=address_of)
        )
        source = people_source(settings, stored_country(parts.store))
        people = PeopleFile(core=parts.core, source=source, is_optional=not settings.names_people_file)
        refused = await people.take_over()
        server = settings.server
        app = page_app(
            parts, meter, options, sign_in=make_sign_in(settings, clock), with_hooks=False, telephony=settings.telephony
        )
        pages = PageServer(app, host=server.host, port=server.port)
        servers = [_listening(stack, pages, server.host, server.port)]
        if address_of is not None and parts.notices is not None:
            hooks = hook_server(parts, meter, options, server)
            servers.append(_listening(stack, hooks, server.hooks_host, server.hooks_port))
        if server.metrics_port is not None:
            figures = metrics_server(parts, meter, options, server)
            servers.append(_listening(stack, figures, server.metrics_host, server.metrics_port))
        await run(
            servers,
            [
                run_worker(parts.worker, stop),
                people.follow(stop),
                run_service_orders(parts.core, TENANT, stop),
                republish_changes(parts.core, TENANT, stop),
                _check_calendar(settings, calendar, stop),
            ],
            stop,
            lambda: _greet(settings, servers[0], refused),
        )


def _listening(stack: AsyncExitStack, server: PageServer, host: str, port: int) -> Listening:
    listening = listen(host, port)
    stack.callback(listening.close)
    return Listening(server=server, socket=listening)


async def _check_calendar(settings: Settings, calendar: OpenCalendar | None, stop: asyncio.Event) -> None:
    """Report at the start if the calendar system refuses access, which would explain missing absences."""
    if calendar is not None and settings.calendar is not None:
        title = kind_of(settings.calendar).title
        failed = [each for each in await calendar.check.at_start() if not each.is_well]
        if failed:
            _say(f"{title}: {failed[0].what}: {failed[0].detail}", DOCTOR)
    await stop.wait()


def _greet(settings: Settings, pages: Listening, refused: str | None) -> None:
    host, port = pages.socket.getsockname()[:2]
    if settings.sign_in is None:
        lines = [f"The directory: http://{host}:{port} (this machine only: there is no section [sign_in])"]
    elif settings.server.pages_url:
        lines = [f"The directory: {settings.server.pages_url} (served at {host}:{port})"]
    else:
        lines = [f"The directory: http://{host}:{port} (this machine only: server.pages_url is not set)"]
    if refused is not None:
        lines += [f"The people file is refused, the directory stays as it was: {refused}", ABOUT_PEOPLE]
    if settings.calendar is None:
        sections = " or ".join(f"[{each.section}]" for each in calendar_kinds())
        lines.append(f"No calendar is connected: add {sections} to the settings.")
    elif not kind_of(settings.calendar).has_notices:
        lines.append(f"Changes in the calendars are seen within 15 minutes ({kind_of(settings.calendar).title}).")
    elif not settings.server.public_url:
        lines.append("No public address: changes in Outlook are seen within 15 minutes. See `kalenderkoppling doctor`.")
    _say(*lines)


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
