"""Subscribers to changes: a signal between threads and event loops, and a bounded queue per subscriber."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from threading import Lock

from kalenderkoppling.domain.mailbox import EVERYBODY, Change
from kalenderkoppling.domain.person import TenantId


class Signal:
    """A thread-safe asyncio event: it belongs to the loop that created it, and any thread may set it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def give(self) -> None:
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            self._event.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    def forget(self) -> None:
        self._event.clear()

    async def wait(self) -> None:
        await self._event.wait()


class Listener:
    """Bounded queue of one subscriber: each person once; an overflow becomes one change of everybody."""

    def __init__(self, tenant: TenantId, size: int) -> None:
        self._tenant = tenant
        self._size = size
        self._lock = Lock()
        self._waiting: dict[Change, None] = {}
        self._signal = Signal()

    def put(self, change: Change) -> None:
        everybody = Change(tenant=self._tenant, person=EVERYBODY)
        with self._lock:
            if everybody not in self._waiting:
                self._waiting[change] = None
            if len(self._waiting) > self._size:
                self._waiting = {everybody: None}
        self._signal.give()

    async def changes(self) -> AsyncIterator[Change]:
        """Yield changes in the order of their publication, without end."""
        while True:
            self._signal.forget()
            while (change := self._take()) is not None:
                yield change
            await self._signal.wait()

    def _take(self) -> Change | None:
        with self._lock:
            change = next(iter(self._waiting), None)
            if change is not None:
                del self._waiting[change]
            return change
