"""The page "Min frånvaro": own status, quick keys, current and coming absences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.surfaces.absences.reading import Reader
from kalenderkoppling.surfaces.absences.row import AbsenceRow
from kalenderkoppling.surfaces.mine.own_status import OwnStatus, own_status
from kalenderkoppling.surfaces.mine.quick import Quick, QuickAbsence, quick_absences
from kalenderkoppling.surfaces.mine.rows import DayOfRows, days_ahead, rows_now
from kalenderkoppling.surfaces.web.knowledge import Knowledge, knowledge_of
from kalenderkoppling.surfaces.web.links import announcement_path
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.absences.own_day import OwnDay
from kalenderkoppling.usecases.announcements.listen import Met
from kalenderkoppling.usecases.directory.person_card import COMING
from kalenderkoppling.words import offered_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickButton:
    """A quick key: its label, and below it what it will set."""

    key: Quick
    label: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """What the page shows; `heard_path` is the address of what a caller hears now."""

    day: OwnDay
    status: OwnStatus
    now: Sequence[AbsenceRow]
    days: Sequence[DayOfRows]
    quick: Sequence[QuickButton]
    diversions: Sequence[Diversion]
    knowledge: Knowledge
    coming_days: int
    heard_path: str

    @property
    def has_outlook(self) -> bool:
        """Whether any of the coming rows follows from a booking."""
        return any(row.is_from_calendar for day in self.days for row in day.rows)


def own_page(visit: Visit, day: OwnDay, met: Met) -> OwnPage:
    """Return the page of a person's own day, with what happens to a call now."""
    reader = reader_of(visit, day)
    return OwnPage(
        day=day,
        status=own_status(day, met, reader),
        now=rows_now(day, reader),
        days=days_ahead(day, reader),
        quick=[_button(each, reader) for each in offered_quick(visit, day)],
        diversions=tuple(Diversion),
        knowledge=knowledge_of(
            day.mailbox, is_fresh=day.is_fresh, now=day.now, zone=day.status.zone, language=visit.language
        ),
        coming_days=COMING.days,
        heard_path=announcement_path(day.person.id),
    )


def reader_of(visit: Visit, day: OwnDay) -> Reader:
    """Return how the person reads the own day."""
    return Reader(language=visit.language, reasons=visit.reasons, zone=day.status.zone, now=day.now)


def offered_quick(visit: Visit, day: OwnDay) -> Sequence[QuickAbsence]:
    """Return the quick keys that make sense now."""
    offered = {each.key for each in offered_reasons(visit.language, visit.reasons)}
    return quick_absences(day.now, day.status.zone, offered)


def _button(quick: QuickAbsence, reader: Reader) -> QuickButton:
    return QuickButton(
        key=quick.key,
        label=reader.text(f"quick.{quick.key}"),
        means=f"{reader.reason(quick.reason)}, {_till(quick, reader)}",
    )


def _till(quick: QuickAbsence, reader: Reader) -> str:
    if quick.key is Quick.TOMORROW:
        return reader.text("week.whole_day").lower()
    if quick.interval.start > reader.now:
        return reader.stretch(quick.interval)
    return reader.back(quick.interval.end)
