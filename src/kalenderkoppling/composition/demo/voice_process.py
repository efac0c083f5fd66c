"""Starts the demo's voice process, the real one, as a child process that ends with the demo."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kalenderkoppling.composition.demo.office import ATTENDANT, Office
from kalenderkoppling.settings import Secret, Settings, Telephony
from kalenderkoppling.settings.telephony import DialogEvents, Exchange

SIP_PORT = 5060
STARTS_WITHIN_SECONDS = 40.0
STOPS_WITHIN_SECONDS = 10.0

_HOST = "127.0.0.1"
_EXCHANGE = "demo"
_PROCESS = ("-m", "kalenderkoppling.composition.demo.voice_child")


class VoiceStarted(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo's voice process prints once it takes calls: its SIP address and its HTTP address."""

    sip: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVoice:
    """The voice process of the demo, with these settings."""

    settings: Settings

    async def run(
        self, stopping: asyncio.Event, when_started: Callable[[VoiceStarted | None], Awaitable[None]]
    ) -> None:
        """Run the process until `stopping` is set; `when_started` is called with None if it does not start.

        The child also ends when this process dies, since its standard input is closed then.
        """
        process = await asyncio.create_subprocess_exec(sys.executable, *_PROCESS, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            process.stdin.write(msgspec.json.encode(self.settings) + b"\n")
            said = b""
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(STARTS_WITHIN_SECONDS):
                    said = await process.stdout.readline()
            await when_started(msgspec.json.decode(said, type=VoiceStarted) if said else None)
            await stopping.wait()
        finally:
            process.stdin.close()
            try:
                async with asyncio.timeout(STOPS_WITHIN_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def voice_of(settings: Settings, office: Office, folder: Path) -> DemoVoice:
    """Return the voice process that takes calls to the office; its files are in a folder."""
    key = folder / "exchange-key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(16), encoding="utf-8")
    telephony = Telephony(
        host=_HOST,
        port=_sip_port(),
        attendant=office.phones.uri(ATTENDANT),
        prompts=str(folder / "prompts"),
        http_host=_HOST,
        http_port=0,
        exchanges=(
            Exchange(
                name=_EXCHANGE,
                addresses=("127.0.0.0/8",),
                proxy=f"{_HOST}:{office.phones.port}",
                key=Secret(file=str(key)),
            ),
        ),
        dialog_events=DialogEvents(exchange=_EXCHANGE),
    )
    return DemoVoice(settings=msgspec.structs.replace(settings, telephony=telephony, calendar=None))


def _sip_port() -> int:
    """Return SIP's port 5060 if it is free, else 0 for any."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((_HOST, SIP_PORT))
        except OSError:
            return 0
    return SIP_PORT
