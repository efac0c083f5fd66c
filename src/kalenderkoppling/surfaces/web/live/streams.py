"""All open streams of this process: one bus subscription for all of them, and a limit for each session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.bus import Bus
from kalenderkoppling.surfaces.web.live.stream import Ending, IsAlive, LiveStream, Look, StreamTiming

MOST_PER_SESSION = 8
MOST_AT_ONCE = 5_000
_HEAR_AGAIN_SECONDS = 1.0


class Streams:
    """Opens streams, hands them what the bus tells, ends them with their session or with the process."""

    def __init__(self, bus: Bus, tenant: TenantId, pace: StreamTiming | None = None) -> None:
        self._bus = bus
        self._tenant = tenant
        self._pace = pace or StreamTiming()
        self._open: dict[str, LiveStream] = {}
        self._ear: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._stopping = False

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._open)

    async def open(self, *, session_key: str, look: Look, is_alive: IsAlive) -> LiveStream:
        """Open a stream; the session's oldest one ends where it has too many.

        Raises:
            StoreUnavailableError: the process is stopping, or has reached its limit of streams.
        """
        if self._stopping or len(self._open) >= MOST_AT_ONCE:
            raise StoreUnavailableError
        await self._listen()
        mine = [each for each in self._open.values() if each.session_key == session_key]
        for oldest in mine[: len(mine) - MOST_PER_SESSION + 1]:
            oldest.end(Ending.TOO_MANY)
        stream = LiveStream(session_key=session_key, look=look, is_alive=is_alive, pace=self._pace)
        self._open[stream.id] = stream
        return stream

    def of_session(self, stream_id: str, session_key: str) -> LiveStream | None:
        """Return a stream if it is this session's."""
        stream = self._open.get(stream_id)
        return stream if stream and stream.session_key == session_key else None

    async def run(self, stream: LiveStream) -> AsyncIterator[bytes]:
        """Yield a stream's bytes, and forget it when it ends or its reader leaves."""
        try:
            async for each in stream.events():
                yield each
        finally:
            self._open.pop(stream.id, None)
            if not self._open:
                self._stop_listening()

    def end_session(self, session_key: str) -> None:
        """End the streams of a session that was signed out."""
        for each in list(self._open.values()):
            if each.session_key == session_key:
                each.end(Ending.SIGNED_OUT)

    def stop(self) -> None:
        """End all streams and take no more, so that the server can stop without waiting for its readers."""
        self._stopping = True
        for each in list(self._open.values()):
            each.end(Ending.STOPPING)
        self._stop_listening()

    async def _listen(self) -> None:
        if self._ear is None or self._ear.done():
            self._hears.clear()
            self._ear = asyncio.create_task(self._hear())
        await self._hears.wait()

    async def _hear(self) -> None:
        """Listen to the bus; after a failure, subscribe again and refresh everybody for what was missed."""
        while True:
            try:
                async with self._bus.subscribe(self._tenant) as changes:
                    self._hears.set()
                    self._tell(EVERYBODY)
                    async for change in changes:
                        self._tell(change.person)
            except ConnectionError:
                self._hears.set()
            await asyncio.sleep(_HEAR_AGAIN_SECONDS)

    def _tell(self, person: PersonId) -> None:
        for each in self._open.values():
            each.changed(person)

    def _stop_listening(self) -> None:
        if self._ear is not None:
            self._ear.cancel()
            self._ear = None
