"""The voice process: takes calls, answers exchanges that ask, and keeps working when web, store or speech are down."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

import structlog

from kalenderkoppling.composition.from_settings.exchanges import exchange_keys, exchange_networks
from kalenderkoppling.composition.logs import write_logs_to
from kalenderkoppling.composition.running import Listening, PageServer, listen, run
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.composition.voice.parts import Loop, VoiceParts, open_voice
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings import Settings
from kalenderkoppling.settings.telephony import Telephony
from kalenderkoppling.surfaces.exchanges.surface import ExchangeOptions, exchange_app
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.usecases.call_flow.garbage_collection import collect_when_quiet, tune_garbage_collection
from kalenderkoppling.usecases.pause import pause

BEGINS_AGAIN_SECONDS = 2.0
"""The delay before a failed part is restarted; calls continue meanwhile (S-13)."""

FIRST_WORDS_SECONDS = 10.0
"""How long the start waits for everybody to be loaded, so that the first call has its announcement."""

_log = structlog.get_logger("voice")


Greeting = Callable[[str, str], None]
"""Called once calls are taken, with the SIP address and the HTTP address for exchanges."""


async def voice(
    settings: Settings, stopping: asyncio.Event | None = None, when_started: Greeting | None = None
) -> None:
    """Take calls until stopped; without `when_started` the addresses are printed.

    Raises:
        InvalidValueError: a setting does not fit, or a port is taken.
        StoreUnavailableError: the database cannot be reached at the start.
        MediaUnavailableError: no sound can be made.
    """
    write_logs_to(sys.stderr)
    telephony = settings.telephony
    if telephony is None:
        raise InvalidValueError("telephony: add a section [telephony] with the exchanges that may call")
    meter, stop, calls_over = PrometheusMeter(), stopping or asyncio.Event(), asyncio.Event()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_voice(settings, telephony, meter))
        listening = listen(telephony.http_host, telephony.http_port)
        stack.callback(listening.close)
        host, port = listening.getsockname()[:2]
        keys = dict(exchange_keys(telephony))
        url = telephony.public_url.rstrip("/") or f"http://{host}:{port}"
        options = ExchangeOptions(
            keys=keys,
            tenants=dict.fromkeys(keys, TENANT),
            public_url=url,
            has_attendant=bool(telephony.attendant),
            networks=exchange_networks(telephony),
        )
        server = PageServer(exchange_app(parts, options, meter), host=host, port=port)
        await run(
            [Listening(server=server, socket=listening)],
            [
                *(_carry_on(name, part, stop) for name, part in parts.parts.items()),
                _carry_on("book", parts.book.run, calls_over),
                _take_calls(
                    parts, stop, calls_over, lambda sip: (when_started or partial(_greet, telephony))(sip, url)
                ),
            ],
            stop,
            lambda: None,
        )


async def _take_calls(
    parts: VoiceParts, stop: asyncio.Event, calls_over: asyncio.Event, when_started: Callable[[str], None]
) -> None:
    """Take calls once everybody is loaded, or after a bounded wait; at the stop end and report calls in progress."""
    try:
        await pause(parts.follower.loaded, FIRST_WORDS_SECONDS)
        tune_garbage_collection()
        parts.phone.start()
        try:
            host, port = parts.phone.address
            when_started(f"sip:{host}:{port}")
            await collect_when_quiet(stop, lambda: parts.phone.calls)
        finally:
            await parts.phone.stop()
    finally:
        calls_over.set()


async def _carry_on(name: str, part: Loop, stop: asyncio.Event) -> None:
    """Run a part until the stop; restart it when it fails, without dropping calls."""
    while not stop.is_set():
        try:
            await part(stop)
        except Exception as error:  # noqa: BLE001 - calls go on, whatever becomes of one part
            _log.error("part_broke_down", reason=name, error=type(error).__name__)
            await pause(stop, BEGINS_AGAIN_SECONDS)
        else:
            return


def _greet(telephony: Telephony, sip: str, url: str) -> None:
    names = ", ".join(each.name for each in telephony.exchanges)
    sys.stdout.write(f"Calls are taken at {sip} from: {names}\nExchanges ask at {url}/v1/calls/decision\n")
    sys.stdout.flush()
