"""Writes line states that sources report to the store, in batches; open pages follow by the change feed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.lines import LineStates
from kalenderkoppling.usecases.callees.turns import CalleeKey
from kalenderkoppling.usecases.calls.lines.people_lines import PeopleLines, PeopleOf
from kalenderkoppling.usecases.calls.lines.report_line import report_lines
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.pause import pause

AT_ONCE = 500
"""How many people are written in one transaction."""

_LOOKS_UP_EVERY = 1.0
_ENDS_WITHIN = 5.0

_log = structlog.get_logger("lines")


class FollowLines:
    """Reads sources of line states and writes the state of each person.

    Writes are at least `pause` apart, so that a burst of reports becomes few transactions. While the store is
    unavailable, the last state of each line is kept and tried again after `try_again`. The lines of a source that
    fails become unknown, and the source is started again after `begin_again`.
    """

    def __init__(
        self,
        core: Core,
        sources: Sequence[LineStates],
        people_of: PeopleOf,
        *,
        pause: timedelta = timedelta(milliseconds=200),
        try_again: timedelta = timedelta(seconds=2),
        begin_again: timedelta = timedelta(seconds=30),
    ) -> None:
        self._core = core
        self._sources = sources
        self._lines = PeopleLines(people_of)
        self._pause = pause.total_seconds()
        self._try_again = try_again.total_seconds()
        self._begin_again = begin_again.total_seconds()
        self._came = asyncio.Event()

    def __len__(self) -> int:
        """Return how many lines have a known state."""
        return len(self._lines)

    def directory_changed(self) -> None:
        """Look up again whose each number is."""
        self._lines.place_again()
        self._came.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until `stopping` is set; then everybody is written as unknown, once."""
        over = asyncio.Event()
        writing = asyncio.ensure_future(self._keep_writing(over))
        try:
            await asyncio.gather(stopping.wait(), *(self._follow(each, stopping) for each in range(len(self._sources))))
            over.set()
            self._came.set()
            await writing
        finally:
            writing.cancel()
        await self.write()

    async def write(self) -> bool:
        """Write all pending people; return False, and keep them pending, where the store is unavailable.

        Reports that arrive meanwhile wait for the next write.
        """
        self._came.clear()
        while people := self._lines.take_changed(self._core.clock.now(), AT_ONCE):
            by_tenant: dict[TenantId, list[CalleeKey]] = {}
            for each in people:
                by_tenant.setdefault(each[0], []).append(each)
            written = [await self._put(tenant, theirs) for tenant, theirs in by_tenant.items()]
            if not all(written):
                return False
            if len(people) < AT_ONCE:
                break
        return True

    async def _put(self, tenant: TenantId, people: Sequence[CalleeKey]) -> bool:
        now = self._core.clock.now()
        rows = {each[1]: self._lines.row(each, now) for each in people}
        try:
            await report_lines(self._core, tenant, rows)
        except StoreUnavailableError:
            self._lines.put_back(people)
            return False
        return True

    async def _keep_writing(self, over: asyncio.Event) -> None:
        while not over.is_set():
            await pause(self._came, self._until_next_end())
            went_well = await self.write()
            await pause(over, self._pause if went_well else self._try_again)

    def _until_next_end(self) -> float:
        """Return how many seconds it is until the next state expires that no report has renewed, at most one."""
        end = self._lines.next_end()
        left = _LOOKS_UP_EVERY if end is None else (end - self._core.clock.now()).total_seconds()
        return min(max(left, 0.0), _LOOKS_UP_EVERY)

    async def _follow(self, number: int, stopping: asyncio.Event) -> None:
        """Follow one source until it ends, and restart it where it fails."""
        while not stopping.is_set():
            error = await self._follow_once(number, stopping)
            self._lines.lose(number)
            self._came.set()
            if error is not None:
                _log.error("line_states_failed", error=type(error).__name__)
            await pause(stopping, self._begin_again)

    async def _follow_once(self, number: int, stopping: asyncio.Event) -> BaseException | None:
        """Run a source and its reader until either ends; return the error, None for an orderly end."""
        running = asyncio.ensure_future(self._sources[number].run(stopping))
        reading = asyncio.ensure_future(self._read(number))
        try:
            await asyncio.wait([running, reading], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([running, reading], timeout=_ENDS_WITHIN)
        finally:
            running.cancel()
            reading.cancel()
            results = await asyncio.gather(running, reading, return_exceptions=True)
        return next((each for each in results if isinstance(each, Exception)), None)

    async def _read(self, number: int) -> None:
        async for report in self._sources[number].reports():
            self._lines.take(number, report)
            self._came.set()
