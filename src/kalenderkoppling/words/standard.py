"""The standard list of reasons: keys, kinds, and the words of each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, SICK, ReasonKey, ReasonKind

STANDARD_KINDS: Mapping[ReasonKey, ReasonKind] = MappingProxyType(
    {
        MEETING: ReasonKind.CLOCK,
        OUT_OF_OFFICE: ReasonKind.DATE,
        ReasonKey("lunch"): ReasonKind.CLOCK,
        ReasonKey("away"): ReasonKind.CLOCK,
        ReasonKey("busy"): ReasonKind.CLOCK,
        ReasonKey("errand"): ReasonKind.CLOCK,
        ReasonKey("business_trip"): ReasonKind.DATE,
        ReasonKey("course"): ReasonKind.DATE,
        ReasonKey("gone_for_the_day"): ReasonKind.DATE,
        ReasonKey("part_time"): ReasonKind.DATE,
        ReasonKey("day_off"): ReasonKind.DATE,
        ReasonKey("vacation"): ReasonKind.DATE,
        ReasonKey("parental_leave"): ReasonKind.DATE,
        ReasonKey("leave"): ReasonKind.DATE,
        SICK: ReasonKind.DATE,
        ReasonKey("elsewhere"): ReasonKind.CLOCK,
        ReasonKey("other"): ReasonKind.CLOCK,
    }
)
"""The standard reasons in the order in which they are offered, with what the editor proposes for each."""


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as the pages show it, and as it follows a name in a spoken sentence."""

    label: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardReasons:
    """The words for every standard reason; a language that lacks one does not load."""

    meeting: ReasonWords
    out_of_office: ReasonWords
    lunch: ReasonWords
    away: ReasonWords
    busy: ReasonWords
    errand: ReasonWords
    business_trip: ReasonWords
    course: ReasonWords
    gone_for_the_day: ReasonWords
    part_time: ReasonWords
    day_off: ReasonWords
    vacation: ReasonWords
    parental_leave: ReasonWords
    leave: ReasonWords
    sick: ReasonWords
    elsewhere: ReasonWords
    other: ReasonWords

    def find(self, key: ReasonKey) -> ReasonWords | None:
        """Return the words for a key; None for a tenant's own key."""
        words: ReasonWords | None = getattr(self, key) if key in STANDARD_KINDS else None
        return words
