"""Two clocks that are set: the calendar's, and ours, which may be wrong for a while (F-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class WallClock:
    """The virtual wall clock, in UTC: the calendar goes by it."""

    instant: datetime

    def __post_init__(self) -> None:
        self.instant = self.instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present instant."""
        return self.instant


@dataclass(slots=True)
class OurClock:
    """The clock of the machine that we run on: the wall clock, and how far it is ahead of it."""

    wall: WallClock
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return what the machine believes is the present."""
        return self.wall.instant + self.ahead
