"""What operators watch: counters without names of people, bookings or times."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Count(StrEnum):
    """What is counted."""

    LOOKS = "looks"
    LOOKS_FAILED = "looks_failed"
    LOOKS_DISCARDED = "looks_discarded"
    CHANGES_UNTOLD = "changes_untold"
    """Changes found by the sweep that no notification told."""
    NOTICES = "notices"
    NOTICES_REFUSED = "notices_refused"


class Meter(Protocol):
    """Counts what happens; it never fails and never blocks."""

    def count(self, what: Count, reason: str = "") -> None:
        """Count one; `reason` is from a closed list, such as why a look failed."""
        ...
