"""The connection to one child process, from its start to its end."""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from itertools import count
from typing import Protocol

from kalenderkoppling.domain.errors import MediaUnavailableError
from kalenderkoppling.telephony.media.shelf import Shelf
from kalenderkoppling.telephony.media.wire import (
    REPORTS,
    Alive,
    Begin,
    Ended,
    NotAgreedError,
    NotOpened,
    Opened,
    Order,
    Pressed,
    Reading,
    Report,
    packed,
)

CHILD = "kalenderkoppling.telephony.media.child"
START_SECONDS = 10.0
END_SECONDS = 2.0

MOST_UNSENT_BYTES = 32 * 1024 * 1024
"""The most unsent bytes that may be buffered for a child that does not read."""


class Listener(Protocol):
    """A stream that receives the child's messages about it."""

    def opened(self, port: int | None) -> None: ...

    def ended(self, play: int) -> None: ...

    def pressed(self, digit: str) -> None: ...

    def lost(self) -> None:
        """Hear that the child is gone."""
        ...


class Link(asyncio.Protocol):
    """The messages to and from one child. A lost child stays lost."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.listeners: dict[int, Listener] = {}
        self.numbers = count(1)
        self.last_port = 0
        self.reports_heard = 0
        self.ready = asyncio.Event()
        self.lost = asyncio.Event()
        self._reading: Reading[Report] = Reading(REPORTS)
        self._transport: asyncio.WriteTransport | None = None

    def say(self, *orders: Order) -> None:
        """Send a message; to a lost child this is a no-op."""
        if self._transport is not None and not self.lost.is_set():
            self._transport.writelines([packed(order) for order in orders])

    def must_be_able(self) -> None:
        """Check that the child is alive and keeps up.

        Raises:
            MediaUnavailableError: it is.
        """
        behind = 0 if self._transport is None else self._transport.get_write_buffer_size()
        if self.lost.is_set() or behind > MOST_UNSENT_BYTES:
            raise MediaUnavailableError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - sockets can be written to
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle what the child sends; a child that violates the protocol is closed."""
        try:
            for report in self._reading.take(data):
                self._take(report)
        except NotAgreedError:
            self.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell everybody that the child is gone."""
        self.ready.set()
        self.lost.set()
        listeners, self.listeners = self.listeners, {}
        for listener in listeners.values():
            listener.lost()

    def close(self) -> None:
        """Close the line, at which the child ends."""
        if self._transport is not None:
            self._transport.abort()

    def _take(self, report: Report) -> None:
        self.reports_heard += 1
        if isinstance(report, Alive):
            self.ready.set()
            return
        if isinstance(report, Opened):
            self.last_port = report.port
        listener = self.listeners.get(report.stream)
        if listener is None:
            return
        match report:
            case Opened():
                listener.opened(report.port)
            case NotOpened():
                listener.opened(None)
            case Ended():
                listener.ended(report.play)
            case Pressed():
                listener.pressed(report.digit)


async def start(begin: Begin) -> tuple[Process, Link]:
    """Start a child; return once it is ready.

    Raises:
        MediaUnavailableError: it cannot be started, or is not ready in time.
    """
    ours, childs = socket.socketpair()
    try:
        with childs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", CHILD), stdin=childs.fileno(), stdout=DEVNULL, start_new_session=True
            )
    except BaseException as error:
        ours.close()
        if isinstance(error, OSError):
            raise MediaUnavailableError from error
        raise
    link = Link()
    try:
        await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=ours)
        link.say(begin)
        async with asyncio.timeout(START_SECONDS):
            await link.ready.wait()
        link.must_be_able()
    except BaseException as error:
        await end(process, link, patience_seconds=0)
        if isinstance(error, TimeoutError | OSError):
            raise MediaUnavailableError from error
        raise
    return process, link


async def end(process: Process, link: Link, *, patience_seconds: float) -> None:
    """Close the connection and wait for the child to exit; kill it after the timeout."""
    link.close()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
    await process.wait()
