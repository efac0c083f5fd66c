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
    CALLS = "calls"
    """Calls that were seen through, by what became of them."""
    CALLS_REFUSED = "calls_refused"
    CALLS_FAILED = "calls_failed"
    CALLS_NOT_WRITTEN = "calls_not_written"
    CALLS_FAILED_OPEN = "calls_failed_open"
    """Calls that rang although they should have been announced, by what of ours failed (S-13)."""
    KEYS_REFUSED = "keys_refused"
    """Questions of what a call meets that bore no right key, by why."""
    PROMPTS_RENDERED = "prompts_rendered"
    PROMPTS_FAILED = "prompts_failed"
    EDGE_FAILED = "edge_failed"
    """What could not be told to the edge in front of the telephone system, by what failed: the edge, or a callee."""
    MEDIA_RESTARTS = "media_restarts"
    """Times that the process which plays sound was started again, by what had become of it."""


class Meter(Protocol):
    """Counts what happens; it never fails and never blocks."""

    def count(self, what: Count, reason: str = "") -> None:
        """Count one; `reason` is from a closed list, such as why a look failed."""
        ...
