"""An absence as one row, with what can be done to it, for the person and attendants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from kalenderkoppling.domain.absence import AbsenceId, Diversion
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.absences.reading import Reader, kind_key
from kalenderkoppling.surfaces.web.links import announcement_path
from kalenderkoppling.surfaces.web.outside import isolated
from kalenderkoppling.usecases.directory.person_card import ShownAbsence
from kalenderkoppling.words import shown_clock

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    """An absence as its row shows it; texts are in the reader's language, times in the person's zone.

    `when_that_day` leaves out the day where the row stands under it; `title` is the subject where it shows, else
    empty. `starts` is for programs (ISO 8601). At `heard_path` is what a caller hears when it begins.
    """

    id: AbsenceId
    version: int
    kind: str
    diversion: Diversion
    reason: str
    title: str
    when: str
    when_that_day: str
    starts: str
    is_now: bool
    is_from_calendar: bool
    is_edited: bool
    note: str
    heard_path: str

    @property
    def name(self) -> str:
        """What the row is called in buttons and messages: its title, else its reason, and when."""
        return f"{isolated(self.title or self.reason)}, {self.when}"


def row_of(person: PersonId, absence: ShownAbsence, reader: Reader) -> AbsenceRow:
    """Return the row of a person's absence, for the person or an attendant."""
    details = absence.details
    return AbsenceRow(
        id=absence.id,
        version=details.version if details else 0,
        kind=reader.text(kind_key(absence.diversion)),
        diversion=absence.diversion,
        reason=reader.reason(absence.reason),
        title=absence.title or "",
        when=reader.stretch(absence.interval),
        when_that_day=_when_that_day(absence, reader),
        starts=reader.local(absence.interval.start).isoformat(),
        is_now=absence.interval.holds(reader.now),
        is_from_calendar=details is not None and details.is_from_calendar,
        is_edited=details is not None and details.is_edited,
        note=details.note if details else "",
        heard_path=announcement_path(person, absence=absence.id),
    )


def _when_that_day(absence: ShownAbsence, reader: Reader) -> str:
    start, end = reader.local(absence.interval.start), reader.local(absence.interval.end)
    if start.time() == end.time() == time.min and end.date() - start.date() == _DAY:
        return reader.text("week.whole_day")
    if start.date() == end.date():
        return f"{shown_clock(start.time(), reader.language)}–{shown_clock(end.time(), reader.language)}"
    return reader.stretch(absence.interval)
