"""The media player: its child process plays, and is restarted when it dies or hangs."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import structlog

from kalenderkoppling.domain.errors import InvalidValueError, MediaUnavailableError
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.media.link import END_SECONDS, Link, end, start
from kalenderkoppling.telephony.media.sdp import HostAddress, agreed_with
from kalenderkoppling.telephony.media.stream import RtpStream
from kalenderkoppling.telephony.media.wire import Begin

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 10.0
"""The delay before a dead child is restarted: doubled each time, and reset once a child has lived for a while."""

LIVED_SECONDS = 30.0
LOOK_SECONDS = 0.5
MOST_SILENT_LOOKS = 3
"""A child sends a heartbeat four times a second; after this many checks without one it is considered hung (S-13)."""

_LARGEST_PORT = 65_535

_log = structlog.get_logger("media")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOptions:
    """Where sound is received: an IP address of this machine, as exchanges reach it, and a range of ports.

    Of the ports the even ones are used, one for each stream; no more than `most_streams` are open at once. A stream
    that is not open after `open_seconds` is given up, so that the phone rings instead (S-13).

    Raises:
        InvalidValueError: the address is none or names no machine, or there is no even port in the range.
    """

    host: str
    ports: tuple[int, int]
    most_streams: int = 1_000
    open_seconds: float = 1.0

    def __post_init__(self) -> None:
        first, last = self.ports
        if not 0 < first <= last <= _LARGEST_PORT or not range(first + first % 2, last + 1, 2):
            raise InvalidValueError("the range of RTP ports has no even port")
        if self.address.is_unspecified or self.address.is_multicast:
            raise InvalidValueError("RTP needs the address of this machine that exchanges reach")

    @property
    def address(self) -> HostAddress:
        """The address."""
        try:
            return ip_address(self.host)
        except ValueError:
            raise InvalidValueError(f"RTP needs an IP address, not {self.host!r}") from None


class MediaProcess:
    """A media player (ports/media.py) whose sound is made in a process of its own; open while it is entered."""

    def __init__(self, options: MediaOptions, meter: Meter) -> None:
        self._options = options
        self._meter = meter
        self._next_port = options.ports[0]
        self._process: Process | None = None
        self._link: Link | None = None
        self._tending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start it.

        Raises:
            MediaUnavailableError: it cannot be started.
        """
        await self._start()
        self._tending = asyncio.create_task(self._tend())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tending is not None:
            self._tending.cancel()
            with suppress(asyncio.CancelledError):
                await self._tending
        await self._end(patience_seconds=END_SECONDS)

    @property
    def process_id(self) -> int | None:
        """The process id of the child, None while there is none."""
        return None if self._process is None else self._process.pid

    async def open(self, offer: SessionDescription | None) -> RtpStream:
        """Open a stream for an offer; None makes the offer ours. See the port."""
        address = self._options.address
        agreed = None if offer is None else agreed_with(offer, address.version)
        link = self._link
        if link is None or len(link.listeners) >= self._options.most_streams:
            raise MediaUnavailableError
        link.must_be_able()
        stream = RtpStream(link, agreed)
        await stream.open(address, self._options.open_seconds)
        return stream

    async def _tend(self) -> None:
        """Keep a child running, until cancelled."""
        loop = asyncio.get_running_loop()
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            since = loop.time()
            if self._link is not None:
                reason = await _death(self._link)
                await self._end(patience_seconds=0)
                self._meter.count(Count.MEDIA_RESTARTS, reason)
                _log.error("media_process_lost", reason=reason)
            if loop.time() - since >= LIVED_SECONDS:
                pause = SHORTEST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            with suppress(MediaUnavailableError):
                await self._start()
                _log.info("media_process_back")

    async def _start(self) -> None:
        first, last = self._options.ports
        begin = Begin(host=str(self._options.address), first_port=first, last_port=last, next_port=self._next_port)
        starting = asyncio.ensure_future(start(begin))
        try:
            self._process, self._link = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Cancelled here on Debian 12's Python 3.11.2, the child would be leaked.
            with suppress(MediaUnavailableError):
                self._process, self._link = await starting
            raise

    async def _end(self, *, patience_seconds: float) -> None:
        """Stop the child; if this is cancelled, the next caller finishes it."""
        process, link = self._process, self._link
        if process is not None and link is not None:
            self._next_port = link.last_port + 2 if link.last_port else self._next_port
            await end(process, link, patience_seconds=patience_seconds)
            self._process = self._link = None


async def _death(link: Link) -> str:
    """Wait until a child has exited or hangs, and return which."""
    silent, heard = 0, link.reports_heard
    while silent < MOST_SILENT_LOOKS:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await link.lost.wait()
                return "ended"
        silent = silent + 1 if link.reports_heard == heard else 0
        heard = link.reports_heard
    return "silent"
