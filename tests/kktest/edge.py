"""An edge in memory, with a clock of its own: what it was told runs out by itself, and it can fail and forget."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.ports.edge import EdgeReferral
from kktest.house import SetClock

_A_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True, kw_only=True)
class FakeEdge:
    """Keeps what it is told until it runs out; while `is_down` it can be told nothing, and still carries out."""

    clock: SetClock = field(default_factory=SetClock)
    is_down: bool = False
    life: int = 1
    told: list[EdgeReferral] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    asked: int = 0
    _items: dict[str, tuple[EdgeReferral, datetime]] = field(default_factory=dict)

    async def put(self, referrals: Sequence[EdgeReferral]) -> None:
        """See the port."""
        self._guard()
        for each in referrals:
            self.told.append(each)
            ring = each.ring and max(round(each.ring / _A_MILLISECOND), 1) * _A_MILLISECOND
            self._items[each.number] = (replace(each, ring=ring), self.clock.now() + each.holds_for)

    async def remove(self, numbers: Sequence[str]) -> None:
        """See the port."""
        self._guard()
        for each in numbers:
            self.removed.append(each)
            self._items.pop(each, None)

    async def generation(self) -> str:
        """See the port."""
        self._guard()
        return str(self.life)

    def forget(self) -> None:
        """Begin a new life with nothing in it."""
        self.life += 1
        self._items.clear()

    def meets(self, number: str) -> EdgeReferral | None:
        """Return the referral that a call to a number meets now; None lets the phone ring."""
        referral, runs_out = self._items.get(number, (None, self.clock.now()))
        return referral if self.clock.now() < runs_out else None

    def ends(self, number: str) -> datetime | None:
        """Return when what is known of a number runs out."""
        return self._items[number][1] if number in self._items else None

    def numbers(self) -> set[str]:
        """Return the numbers whose calls meet a referral now."""
        return {number for number in self._items if self.meets(number)}

    def _guard(self) -> None:
        self.asked += 1
        if self.is_down:
            raise EdgeUnavailableError("it was pulled out")
