"""Queues call records in memory and writes them to the store in batches, so that no call waits for the store."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial

from kalenderkoppling.domain.call import CallBackRequest, CallRecord
from kalenderkoppling.domain.errors import KalenderkopplingError, StoreUnavailableError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.usecases.calls.history.record_call import Note, take_down
from kalenderkoppling.usecases.core import Core, perform
from kalenderkoppling.usecases.pause import pause

MOST_WAITING = 20_000
AT_ONCE = 500
_PAUSE_SECONDS = 0.25
_GATHER_SECONDS = 0.1
"""How long records are collected before they are written as one batch."""
_TRY_AGAIN_SECONDS = 2.0


class QueuedCallBook:
    """Takes notes at once and writes them soon, in batches; see `usecases.call_flow.desk.CallBook`.

    While the store is unavailable, up to `MOST_WAITING` notes are kept; beyond that the oldest are dropped and counted.
    """

    def __init__(self, core: Core, meter: Meter) -> None:
        self._core = core
        self._meter = meter
        self._waiting: deque[tuple[TenantId, Note]] = deque()
        self._came = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, tenant: TenantId, record: CallRecord) -> None:
        """Put a call into the history."""
        self._put(tenant, record)

    def ask_call_back(self, tenant: TenantId, request: CallBackRequest) -> None:
        """Record a call-back request."""
        self._put(tenant, request)

    async def run(self, stopping: asyncio.Event) -> None:
        """Write until `stopping` is set; then try once to write what is left."""
        while not stopping.is_set():
            await pause(self._came, _PAUSE_SECONDS)
            # Cleared before the queue is read: an event that stays set would make this a busy loop.
            self._came.clear()
            if not self._waiting:
                continue
            await pause(stopping, _GATHER_SECONDS)
            if not await self.write():
                await pause(stopping, _TRY_AGAIN_SECONDS)
        await self.write()

    async def write(self) -> bool:
        """Write what is queued; return False, and keep it queued, where the store is unavailable."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            try:
                await self._write(batch)
            except StoreUnavailableError:
                self._waiting.extendleft(reversed(batch))
                return False
        return True

    async def _write(self, batch: Sequence[tuple[TenantId, Note]]) -> None:
        for tenant, notes in _by_tenant(batch).items():
            try:
                await perform(self._core, tenant, partial(take_down, notes=notes))
            except StoreUnavailableError:
                raise
            except KalenderkopplingError:
                await self._write_one_by_one(tenant, notes)

    async def _write_one_by_one(self, tenant: TenantId, notes: Sequence[Note]) -> None:
        """Write notes one by one, so that one which the store refuses costs no other."""
        for note in notes:
            try:
                await perform(self._core, tenant, partial(take_down, notes=[note]))
            except StoreUnavailableError:
                raise
            except KalenderkopplingError:
                self._meter.count(Count.CALLS_NOT_WRITTEN, "refused")

    def _put(self, tenant: TenantId, note: Note) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._meter.count(Count.CALLS_NOT_WRITTEN, "too_many")
        self._waiting.append((tenant, note))
        self._came.set()


def _by_tenant(batch: Sequence[tuple[TenantId, Note]]) -> Mapping[TenantId, list[Note]]:
    found: dict[TenantId, list[Note]] = {}
    for tenant, note in batch:
        found.setdefault(tenant, []).append(note)
    return found
