"""Two virtual clocks: the calendar's, and ours, which may be wrong for a while (F-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class WallClock:
    """The virtual wall clock, in UTC; the calendar uses it."""

    instant: datetime

    def __post_init__(self) -> None:
        self.instant = self.instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present instant."""
        return self.instant


@dataclass(slots=True)
class OurClock:
    """Our machine's clock: the wall clock plus an offset."""

    wall: WallClock
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the present by this clock."""
        return self.wall.instant + self.ahead
