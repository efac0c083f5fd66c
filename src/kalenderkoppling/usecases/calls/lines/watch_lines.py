"""Line states from all sources: our own calls always, and what an exchange tells where one is watched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.lines import LineStates, WatchedLines
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.calls.lines.follow_lines import FollowLines
from kalenderkoppling.usecases.calls.lines.own_lines import OwnLines
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan

SETTLES_SECONDS = 1.0
"""After a change of numbers, how long to wait for more before lines are watched again: an import changes many."""


class WatchLines:
    """Watches the lines of everybody in the index, and follows the sources of line states into the store."""

    def __init__(
        self, core: Core, index: CallIndex, own: OwnLines, watched: WatchedLines | None, plan: NumberPlan
    ) -> None:
        self._index = index
        self._plan = plan
        self._watched = watched
        self.sources: Sequence[LineStates] = [own] if watched is None else [own, watched]
        self._follow = FollowLines(core, self.sources, self._people_of)
        self._changed = asyncio.Event()
        index.listen(self._take)

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until `stopping` is set."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._follow.run(stopping)
        finally:
            watching.cancel()

    def _take(self, before: Callee | None, after: Callee | None) -> None:
        if (before.numbers if before else None) != (after.numbers if after else None):
            self._changed.set()

    async def _watch(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(SETTLES_SECONDS)
            self._changed.clear()
            if self._watched is not None:
                self._watched.watch(sorted({number for callee in self._index for number in extensions(callee)}))
            self._follow.directory_changed()

    def _people_of(self, tenant: TenantId, number: str) -> Sequence[PersonId]:
        callee = self._index.find(tenant, self._plan.candidates(number))
        return [] if callee is None else [callee.person]


def extensions(callee: Callee) -> list[str]:
    """Return the numbers by which an exchange knows a person's own line."""
    return [number for number in callee.numbers if number.isascii() and number.isdigit()]
