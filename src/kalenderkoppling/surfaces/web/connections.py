"""Bounds for a server's connections: how many, and for how long a client may take to send a request or read an answer.

uvicorn has no such bounds of its own: a client that sends half a request keeps its connection, and its file handle, for
ever. Here each request has a deadline, and where there are too many connections the one that has waited longest for
its client makes room, so that whoever sends a whole request at once is served however many others do not.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """The bounds of one server; times are in seconds.

    Attributes:
        most: Connections at once, of all clients.
        waiting_per_address: Connections of one address whose request is not complete. Answers in progress, such as
            live streams, do not count: behind a proxy all of them come from one address.
        header_seconds: From a request's first byte, or the connection's beginning, to the end of its headers.
        body_seconds: From the end of the headers to the end of the body.
        write_seconds: How long a client may take nothing of an answer that waits for it.
    """

    most: int = 5_500
    waiting_per_address: int = 250
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    write_seconds: float = 60.0


class Connections:
    """The open connections of one server, those that wait for their clients in the order in which they began to."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: set[LimitedProtocol] = set()
        self._waiting: dict[LimitedProtocol, None] = {}
        self._waiting_of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: LimitedProtocol) -> bool:
        """Take a new connection, in the place of one that waits where there are too many; False where none can go."""
        if self._waiting_of[connection.address] >= self.limits.waiting_per_address:
            self._drop_oldest(connection.address)
        if len(self._open) >= self.limits.most and not self._drop_oldest():
            return False
        self._open.add(connection)
        return True

    def note(self, connection: LimitedProtocol, *, waits: bool) -> None:
        """Note whether a connection waits for its client; one that goes on waiting keeps its place."""
        if waits and connection in self._open and connection not in self._waiting:
            self._waiting[connection] = None
            self._waiting_of[connection.address] += 1
        elif not waits and connection in self._waiting:
            del self._waiting[connection]
            self._waiting_of[connection.address] -= 1
            if not self._waiting_of[connection.address]:
                del self._waiting_of[connection.address]

    def forget(self, connection: LimitedProtocol) -> None:
        """Forget a connection that has ended."""
        self.note(connection, waits=False)
        self._open.discard(connection)

    def _drop_oldest(self, address: str | None = None) -> bool:
        oldest = next((each for each in self._waiting if address in {None, each.address}), None)
        if oldest is None:
            return False
        self.forget(oldest)
        oldest.transport.abort()
        return True


class LimitedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 connection within the bounds of its server."""

    def __init__(self, admitted: Connections, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what uvicorn gives
        super().__init__(*args, **kwargs)
        self._admitted = admitted
        self._deadline: asyncio.TimerHandle | None = None
        self._write_deadline: asyncio.TimerHandle | None = None
        self._awaited: object = None
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """See asyncio."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if not self._admitted.admit(self):
            transport.write(_FULL)
            transport.close()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._admitted.forget(self)
        _cancel(self._deadline)
        _cancel(self._write_deadline)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """See uvicorn: called with each piece that came, and when an answer is complete."""
        super().handle_events()
        self._watch()

    def on_response_complete(self) -> None:
        """See uvicorn."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """See asyncio: the client takes nothing."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self._admitted.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """See asyncio: the client takes what waits for it."""
        super().resume_writing()
        _cancel(self._write_deadline)

    def _watch(self) -> None:
        """Set the deadline of what the client is to send next; it stands until that has come."""
        awaited = self._what_is_awaited()
        self._admitted.note(self, waits=awaited is not None)
        if awaited is self._awaited:
            return
        self._awaited = awaited
        _cancel(self._deadline)
        limits = self._admitted.limits
        if awaited is h11.IDLE:
            self._deadline = self.loop.call_later(limits.header_seconds, self._no_headers_came)
        elif awaited is h11.SEND_BODY:
            self._deadline = self.loop.call_later(limits.body_seconds, self.transport.abort)

    def _what_is_awaited(self) -> object:
        """Return the state of the client's side in which the next piece is its to send; None where it is ours."""
        if self.transport.is_closing():
            return None
        state = self.conn.their_state
        return state if state in {h11.IDLE, h11.SEND_BODY} else None

    def _no_headers_came(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TIMED_OUT)
            self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
