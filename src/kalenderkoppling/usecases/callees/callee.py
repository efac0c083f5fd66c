"""A person who may be called, with all that a decision needs, so that it is made without the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kalenderkoppling.absences.back import Surroundings
from kalenderkoppling.absences.call import CallTerms, Treatment, decide_call
from kalenderkoppling.absences.freshness import SHORTEST_LIMIT, is_fresh
from kalenderkoppling.domain.absence import Absence
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.domain.time import local_midnight
from kalenderkoppling.words import NO_CHANGES, Language, TenantReasons

LONGEST_VALIDITY = timedelta(days=1)
"""The longest validity of a decision."""

_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """A person as calls see one; decisions are a function of this and the instant alone.

    `numbers` are the keys under which the person is found. `absences` are those that what calls meet in the coming
    days rests on, in order. `language` is heard first, `speaks` are those that a caller can switch to, the first among
    them. `recorded` are the recorded phrases that may be heard of the person, with the hash of each one's audio.
    """

    tenant: TenantId
    person: PersonId
    name: str
    phone_uri: str
    numbers: frozenset[str]
    absences: tuple[Absence, ...]
    may_divert: bool
    ring: timedelta
    around: Surroundings
    last_good_look: datetime | None
    freshness_limit: timedelta
    language: Language
    speaks: tuple[Language, ...]
    reasons: TenantReasons = field(default_factory=lambda: NO_CHANGES)
    recorded: Mapping[PhraseId, str] = field(default_factory=dict)

    def terms(self, now: datetime) -> CallTerms:
        """Return the person's terms for calls at an instant."""
        return CallTerms(
            may_divert=self.may_divert,
            ring=self.ring,
            around=self.around,
            calendar_is_fresh=is_fresh(self.last_good_look, now, self.freshness_limit),
        )

    def treatment(self, now: datetime) -> Treatment:
        """Decide what a call meets at an instant (semantics 7)."""
        return decide_call(self.absences, now, self.terms(now))

    def holds_until(self, now: datetime, told: Callable[[datetime], object]) -> datetime:
        """Return the first instant after `now` at which something told of the person changes.

        Args:
            now: From when, aware.
            told: What is told at an instant, for instance `treatment`; it may change only where an absence begins or
                ends, where the calendar's data become too old (C-27), and at midnight, when a return is said in
                another way (C-10).

        Returns:
            That instant, at most a day ahead.
        """
        latest = now + LONGEST_VALIDITY
        present = told(now)
        ahead = sorted(each for each in self._turns(now) if now < each < latest)
        return next((each for each in ahead if told(each) != present), latest)

    def _turns(self, now: datetime) -> Iterator[datetime]:
        for each in self.absences:
            yield each.interval.start
            yield each.interval.end
        if self.last_good_look is not None:
            yield self.last_good_look + max(self.freshness_limit, SHORTEST_LIMIT) + _AN_INSTANT
        today = now.astimezone(self.around.zone).date()
        # Two midnights: where a day has 23 hours, both may lie within the coming 24.
        for ahead in (1, 2):
            yield local_midnight(today + timedelta(days=ahead), self.around.zone)
