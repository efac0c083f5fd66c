"""What colleagues see at a glance: colour, and whether the line is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kalenderkoppling.absences.back import Surroundings, shown_return
from kalenderkoppling.absences.call import CallTerms, diverting
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Absence, ReasonKey
from kalenderkoppling.domain.person import LineState

_NO_RING = timedelta(0)


class Colour(StrEnum):
    """Red, orange or green; a page adds a shape and a word (R20)."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A person's status now.

    `reason` and `back_at` (UTC) are those of the governing absence, also while the person is in a call;
    `back_at` is None where no time may be promised (C-27). `line_known` is False where no telephone system tells.
    """

    colour: Colour
    line_known: bool
    reason: ReasonKey | None = None
    back_at: datetime | None = None


def status(absences: Sequence[Absence], line: LineState, now: datetime, terms: CallTerms) -> Status:
    """Tell a person's status: red in a call > orange absent > green free (C-21)."""
    standing = in_force(absences, now)
    leader = governing(in_force(diverting(absences, terms), now))
    absent_or_free = Colour.ORANGE if standing else Colour.GREEN
    return Status(
        colour=Colour.RED if line is LineState.IN_CALL else absent_or_free,
        line_known=line is not LineState.UNKNOWN,
        reason=leader.reason if leader else None,
        back_at=_promised(absences, now, terms),
    )


def _promised(absences: Sequence[Absence], now: datetime, terms: CallTerms) -> datetime | None:
    """Return the shown return, or None where stale calendar data would promise it (C-27)."""
    counted = diverting(absences, terms)
    back_at = shown_return(counted, now, terms.around)
    if back_at is None or terms.calendar_is_fresh:
        return back_at
    leader = governing(in_force(counted, now))
    rests_on_calendar = any(each.is_from_calendar for each in in_force(absences, now))
    return None if leader is None or (rests_on_calendar and not leader.diversion.diverts) else back_at


def next_free(absences: Sequence[Absence], now: datetime, around: Surroundings) -> datetime:
    """Return the first instant from now on at which no absence at all is in force and the person works."""
    free = diverting(absences, CallTerms(may_divert=False, ring=_NO_RING, around=around))
    return shown_return(free, now, around) or now
