"""The keys that a caller presses, heard in the sound (RFC 4733) or told by the exchange (SIP INFO)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.ports.media import MediaStream
from kalenderkoppling.ports.phone import CallLeg

MOST_WAITING = 16


class Keys:
    """Gathers keys from both ways while it is open."""

    def __init__(self, call: CallLeg, stream: MediaStream) -> None:
        self._ways: tuple[Callable[[], Awaitable[str]], ...] = (call.digit, stream.digit)
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._gathering: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._gathering = [asyncio.create_task(self._gather(way)) for way in self._ways]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._gathering:
            task.cancel()
        await asyncio.gather(*self._gathering, return_exceptions=True)

    async def pressed(self, offered: frozenset[str]) -> str:
        """Return the next key that is offered; other keys are ignored."""
        while (key := await self._waiting.get()) not in offered:
            pass
        return key

    async def pressed_while(self, doing: asyncio.Future[Any], offered: frozenset[str]) -> str | None:
        """Return the key that is pressed while something is under way, None where it ends before."""
        pressing = asyncio.ensure_future(self.pressed(offered))
        both: list[asyncio.Future[Any]] = [doing, pressing]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return pressing.result() if pressing.done() else None
        finally:
            pressing.cancel()

    async def _gather(self, way: Callable[[], Awaitable[str]]) -> None:
        with suppress(KalenderkopplingError):
            while True:
                key = await way()
                if not self._waiting.full():
                    self._waiting.put_nowait(key)
