"""What a call to a person meets: the phone, the phone and then the announcement, or the announcement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kalenderkoppling.absences.back import Surroundings, caller_return, return_form
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, ReasonKey, ReturnForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a caller is told: why the person is away, and when the person is back.

    `back_at` is in UTC and later than the instant of the decision.
    """

    absence: AbsenceId
    reason: ReasonKey
    back_at: datetime
    form: ReturnForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The phone rings, as if there were no absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingThenAnnounce:
    """The phone rings for `after`; then the absence is evaluated again and announced (C-26)."""

    after: timedelta
    announced: Announced


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """The announcement is played at once."""

    announced: Announced


Treatment = Ring | RingThenAnnounce | Announce


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTerms:
    """What the decision on a call depends on, besides the absences.

    `calendar_is_fresh` is False once the last good look at the mailbox is older than the tenant's limit (C-27).
    """

    may_divert: bool
    ring: timedelta
    around: Surroundings
    calendar_is_fresh: bool = True


def diverting(absences: Iterable[Absence], terms: CallTerms) -> list[Absence]:
    """Return absences as they count for calls: no diversion without the service, or from stale data (C-05, C-27)."""
    return [_for_calls(each, terms) for each in absences]


def _for_calls(absence: Absence, terms: CallTerms) -> Absence:
    if not absence.diversion.diverts:
        return absence
    allowed = terms.may_divert and (terms.calendar_is_fresh or not absence.is_from_calendar)
    return absence if allowed else replace(absence, diversion=Diversion.NONE)


def decide_call(absences: Iterable[Absence], now: datetime, terms: CallTerms) -> Treatment:
    """Decide what a call to a person meets.

    Of several absences in force the strongest counts, and the return is that of all referrals joined,
    so that no caller is told a time at which calls are still diverted.

    Args:
        absences: The person's absences; those not in force at `now` do not count.
        now: The instant the call arrived, aware.
        terms: The person's services, zone, working hours and the freshness of the data.

    Source: R2, R4, R17; semantics 6, 7 and 9 (C-02 to C-05, C-10, C-24, C-27).
    """
    counted = diverting(absences, terms)
    leader = governing(in_force(counted, now))
    back_at = caller_return(counted, now, terms.around)
    if leader is None or back_at is None:
        return Ring()
    announced = Announced(
        absence=leader.id,
        reason=leader.reason,
        back_at=back_at,
        form=return_form(back_at, now, terms.around.zone),
    )
    # There is a return only while a referral is in force, so the governing absence is direct or open.
    if leader.diversion is Diversion.DIRECT:
        return Announce(announced=announced)
    return RingThenAnnounce(after=terms.ring, announced=announced)
