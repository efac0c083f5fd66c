"""The form of an absence: the text of its fields, and its meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import MEETING, Diversion, ReasonKey
from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.surfaces.absences.local_time import day_end, day_start, instant, read_date, read_time, refused
from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.usecases.absences.create_absence import NewAbsence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.directory.person_card import ShownAbsence

T = TypeVar("T")

_HOUR = timedelta(hours=1)
_LONGEST_SHOWN = 2_000
"""Fields longer than this, which is more than any note may have, are cut before they are shown again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceForm:
    """The fields as text, as they were sent or as they are shown; dates and times in the person's zone.

    `all_day` is `on` or empty; then the times do not count, and the end date is the last day.
    """

    start_date: str = ""
    start_time: str = ""
    end_date: str = ""
    end_time: str = ""
    all_day: str = ""
    reason: str = ""
    diversion: str = ""
    note: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a form means; instants in UTC."""

    start: datetime
    end: datetime
    reason: ReasonKey
    diversion: Diversion
    note: str


def form_sent(form: Form) -> AbsenceForm:
    """Take the editor's fields from what was sent."""
    return AbsenceForm(**{each.name: form.get(each.name) for each in fields(AbsenceForm)})


def shortened(form: AbsenceForm) -> AbsenceForm:
    """Return a form whose fields are short enough to stand on a page again."""
    return AbsenceForm(**{each.name: getattr(form, each.name)[:_LONGEST_SHOWN] for each in fields(AbsenceForm)})


def form_of(absence: ShownAbsence, zone: ZoneInfo) -> AbsenceForm:
    """Fill the form with an absence as this viewer sees it."""
    start, end = (each.astimezone(zone) for each in (absence.interval.start, absence.interval.end))
    whole_days = start.time() == end.time() == time.min
    last = end.date() - timedelta(days=1) if whole_days else end.date()
    return AbsenceForm(
        start_date=start.date().isoformat(),
        start_time=f"{start:%H:%M}",
        end_date=last.isoformat(),
        end_time=f"{end:%H:%M}",
        all_day="on" if whole_days else "",
        reason=absence.reason,
        diversion=absence.diversion,
        note=absence.details.note if absence.details else "",
        version=str(absence.details.version) if absence.details else "",
    )


def form_proposed(now: datetime, zone: ZoneInfo) -> AbsenceForm:
    """Fill the form of a new absence: a meeting of an hour from about now, information only."""
    start = now.astimezone(zone)
    start -= timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
    end = (start.astimezone(UTC) + _HOUR).astimezone(zone)
    return AbsenceForm(
        start_date=start.date().isoformat(),
        start_time=f"{start:%H:%M}",
        end_date=end.date().isoformat(),
        end_time=f"{end:%H:%M}",
        reason=MEETING,
        diversion=Diversion.NONE,
    )


def read(form: AbsenceForm, zone: ZoneInfo) -> Meant:
    """Tell what a form means.

    Raises:
        RefusedError: one problem per field that cannot be read.
    """
    problems: list[FieldProblem] = []
    start = _or_note(problems, lambda: _start(form, zone))
    end = _or_note(problems, lambda: _end(form, zone))
    reason = _or_note(problems, lambda: _reason(form))
    diversion = _or_note(problems, lambda: _diversion(form))
    if start is None or end is None or reason is None or diversion is None:
        raise RefusedError(*problems)
    return Meant(start=start, end=end, reason=reason, diversion=diversion, note=_lines(form.note))


def as_new(meant: Meant) -> NewAbsence:
    """Return what a form means as an absence to be set."""
    return NewAbsence(start=meant.start, end=meant.end, reason=meant.reason, diversion=meant.diversion, note=meant.note)


def as_changes(meant: Meant, form: AbsenceForm, shown: AbsenceForm) -> Fields:
    """Return only what differs from what was shown: the rest goes on following calendar, choice and rules.

    So seconds that no field shows stay, and so does a reason that this viewer may not see.
    """
    same_start = _same(form, shown, "start_date", "start_time")
    same_end = _same(form, shown, "end_date", "end_time")
    return Fields(
        start=None if same_start else meant.start,
        end=None if same_end else meant.end,
        reason=None if form.reason == shown.reason else meant.reason,
        diversion=None if form.diversion in {"", shown.diversion} else meant.diversion,
        note=None if meant.note == _lines(shown.note) else meant.note,
    )


def version_of(form: AbsenceForm) -> int | None:
    """Return the version that the sender saw; None where it was not sent.

    Raises:
        RefusedError: it is not a version number.
    """
    if not form.version:
        return None
    if not (form.version.isascii() and form.version.isdigit() and len(form.version) < len(str(2**31))):
        raise refused("version", "unknown")
    return int(form.version)


def _or_note(problems: list[FieldProblem], read_field: Callable[[], T]) -> T | None:
    try:
        return read_field()
    except RefusedError as error:
        problems.extend(error.problems)
        return None


def _start(form: AbsenceForm, zone: ZoneInfo) -> datetime:
    day = read_date(form.start_date, "start_date")
    return day_start(day, zone) if form.all_day else _at(day, form.start_time, zone, "start_time")


def _end(form: AbsenceForm, zone: ZoneInfo) -> datetime:
    day = read_date(form.end_date, "end_date")
    return day_end(day, zone) if form.all_day else _at(day, form.end_time, zone, "end_time")


def _at(day: date, written: str, zone: ZoneInfo, field: str) -> datetime:
    return instant(day, read_time(written, field), zone, field)


def _reason(form: AbsenceForm) -> ReasonKey:
    if not form.reason:
        raise refused("reason", "required")
    return ReasonKey(form.reason)


def _diversion(form: AbsenceForm) -> Diversion:
    """Read what calls meet; radio buttons that are switched off send nothing, which is no diversion."""
    try:
        return Diversion(form.diversion or Diversion.NONE)
    except ValueError as error:
        raise refused("diversion", "unknown_diversion") from error


def _same(form: AbsenceForm, shown: AbsenceForm, day: str, clock: str) -> bool:
    names = (day, "all_day") if form.all_day and shown.all_day else (day, "all_day", clock)
    return all(getattr(form, name) == getattr(shown, name) for name in names)


def _lines(note: str) -> str:
    """Return a note with line ends as they are kept; a form sends them as CR LF."""
    return note.replace("\r\n", "\n").strip()
