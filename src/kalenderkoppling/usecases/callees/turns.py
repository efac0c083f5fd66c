"""A priority queue of when each person is due next, for work that follows absences as they begin and end."""

from __future__ import annotations

from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from kalenderkoppling.domain.person import PersonId, TenantId

CalleeKey: TypeAlias = tuple[TenantId, PersonId]


class Turns:
    """One turn per person, the earliest first; setting it again replaces it."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, CalleeKey]] = []
        self._at: dict[CalleeKey, datetime] = {}

    def __len__(self) -> int:
        return len(self._at)

    def set(self, callee: CalleeKey, at: datetime) -> None:
        """Give somebody the next turn at an instant (UTC)."""
        if self._at.get(callee) != at:
            self._at[callee] = at
            heappush(self._heap, (at, callee))
            self._forget_replaced()

    def remove(self, callee: CalleeKey) -> None:
        """Remove somebody's turn; a no-op where there is none."""
        self._at.pop(callee, None)

    def take(self, now: datetime, most: int) -> list[CalleeKey]:
        """Return those whose turn has come, at most so many, the longest due first; each has no turn then."""
        taken: list[CalleeKey] = []
        while self._heap and len(taken) < most and self._heap[0][0] <= now:
            at, callee = heappop(self._heap)
            if self._at.get(callee) == at:
                del self._at[callee]
                taken.append(callee)
        return taken

    def next(self) -> datetime | None:
        """Return when the next turn is, or None."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def _forget_replaced(self) -> None:
        if len(self._heap) > 2 * len(self._at) + 1_000:
            self._heap = [(at, callee) for callee, at in self._at.items()]
            heapify(self._heap)
