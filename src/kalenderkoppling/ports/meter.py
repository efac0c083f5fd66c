"""Counters for operators, without names of people, bookings or times."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Count(StrEnum):
    """What is counted."""

    LOOKS = "looks"
    LOOKS_UNCHANGED = "looks_unchanged"
    """Of the looks, those whose answer was the one before under the same conditions, so that nothing was planned."""
    LOOKS_FAILED = "looks_failed"
    LOOKS_DISCARDED = "looks_discarded"
    CHANGES_UNTOLD = "changes_untold"
    """Changes that the sweep found and no notification had announced."""
    NOTICES = "notices"
    NOTICES_REFUSED = "notices_refused"
    CALLS = "calls"
    """Finished calls, by outcome."""
    CALLS_REFUSED = "calls_refused"
    CALLS_FAILED = "calls_failed"
    CALLS_NOT_WRITTEN = "calls_not_written"
    CALLS_FAILED_OPEN = "calls_failed_open"
    """Calls that rang although they should have been announced, by what failed (S-13)."""
    KEYS_REFUSED = "keys_refused"
    """Requests for decisions without a valid key, by reason."""
    PROMPTS_RENDERED = "prompts_rendered"
    PROMPTS_FAILED = "prompts_failed"
    EDGE_FAILED = "edge_failed"
    """Updates that did not reach the edge in front of the telephone system, by what failed: the edge, or a callee."""
    MEDIA_RESTARTS = "media_restarts"
    """Restarts of the media process, by cause."""


class Meter(Protocol):
    """Counts events; it never fails and never blocks."""

    def count(self, what: Count, reason: str = "") -> None:
        """Count one; `reason` is from a closed list, such as why a look failed."""
        ...
