"""What colleagues see at a glance: colour, and whether the line is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kalenderkoppling.absences.back import Surroundings, free_from, shown_return
from kalenderkoppling.absences.call import CallTerms, diverting
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Absence, ReasonKey
from kalenderkoppling.domain.person import LineState


class Colour(StrEnum):
    """Red, orange or green; a page adds a shape and a word (R20)."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A person's status now.

    `reason` and `back_at` (UTC) are those of the governing absence, also while the person is in a call; `back_at` is
    None where no time may be promised (C-27). `line_known` is False where no telephone system reports the line.
    """

    colour: Colour
    line_known: bool
    reason: ReasonKey | None = None
    back_at: datetime | None = None


_WITHOUT_ABSENCE = {
    line: Status(
        colour=Colour.RED if line is LineState.IN_CALL else Colour.GREEN, line_known=line is not LineState.UNKNOWN
    )
    for line in LineState
}


def without_absence(line: LineState) -> Status:
    """Return the status of somebody without absences, which depends on the line alone: that of most people."""
    return _WITHOUT_ABSENCE[line]


def status(absences: Sequence[Absence], line: LineState, now: datetime, terms: CallTerms) -> Status:
    """Return a person's status: red in a call > orange absent > green free (C-21)."""
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
    leader = governing(in_force(counted, now))
    if terms.calendar_is_fresh or leader is None or leader.diversion.diverts:
        return back_at
    by_hand = [each for each in counted if not each.is_from_calendar]
    rests_on_calendar = len(in_force(by_hand, now)) < len(in_force(counted, now))
    return None if rests_on_calendar or shown_return(by_hand, now, terms.around) != back_at else back_at


def next_free(absences: Sequence[Absence], now: datetime, around: Surroundings) -> datetime:
    """Return the first instant from now on without any absence and within working hours."""
    return free_from([each.interval for each in absences], now, around)
