"""The editor of an absence as it is shown: fields, what is wrong with them, and what holds now after a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.errors import FieldProblem
from kalenderkoppling.surfaces.absences.form import AbsenceForm, form_of, form_proposed
from kalenderkoppling.surfaces.absences.reading import Reader
from kalenderkoppling.surfaces.absences.row import AbsenceRow, row_of
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.absences.fields import LONGEST_NOTE
from kalenderkoppling.usecases.absences.open_absence import Opened
from kalenderkoppling.words import OfferedReason, offered_reasons, reason_kind

_GROUPS = {"start_date": "start", "start_time": "start", "end_date": "end", "end_time": "end"}
_GROUP_ORDER = ("start", "end", "reason", "diversion", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """What is wrong: a sentence for each group of fields, and the input that gets the focus."""

    by_group: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Everything the editor's page shows. `now_is` has, by group, the value that somebody else has stored meanwhile."""

    opened: Opened
    row: AbsenceRow | None
    form: AbsenceForm
    reasons: Sequence[OfferedReason]
    diversions: Sequence[Diversion]
    problems: Problems
    now_is: Mapping[str, str]
    is_own: bool
    zone_name: str
    longest_note: int
    is_conflict: bool = False


def reader_for(visit: Visit, opened: Opened) -> Reader:
    """Return how this visitor reads the opened absence."""
    return Reader(language=visit.language, reasons=visit.reasons, zone=opened.zone, now=opened.now)


def editor_of(
    visit: Visit, opened: Opened, form: AbsenceForm | None = None, refused: Iterable[FieldProblem] = ()
) -> Editor:
    """Return the editor for an opened absence: unchanged, or with what was submitted and its problems."""
    shown = _shown(opened)
    form = form or shown
    return Editor(
        opened=opened,
        row=row_of(opened.person.id, opened.absence, reader_for(visit, opened)) if opened.absence else None,
        form=form,
        reasons=_reasons(visit, ReasonKey(shown.reason)),
        diversions=tuple(Diversion),
        problems=_problems(visit, form, refused),
        now_is={},
        is_own=opened.person.id == visit.actor.person,
        zone_name=opened.zone.key if opened.zone != visit.settings.zone else "",
        longest_note=LONGEST_NOTE,
    )


def what_holds_now(visit: Visit, opened: Opened, form: AbsenceForm) -> Mapping[str, str]:
    """Tell, for each group of fields that differs from what was sent, what it is now."""
    shown, reader = _shown(opened), reader_for(visit, opened)
    if opened.absence is None:
        return {}
    interval = opened.absence.interval
    told = {
        "start": (
            (form.start_date, form.start_time),
            (shown.start_date, shown.start_time),
            reader.time(interval.start),
        ),
        "end": ((form.end_date, form.end_time), (shown.end_date, shown.end_time), reader.time(interval.end)),
        "reason": (form.reason, shown.reason, reader.reason(opened.absence.reason)),
        "diversion": (form.diversion, shown.diversion, reader.text(f"diversion.{opened.absence.diversion}")),
        "note": (form.note, shown.note, shown.note or "–"),
    }
    return {group: now for group, (sent, stands, now) in told.items() if sent != stands}


def _shown(opened: Opened) -> AbsenceForm:
    return form_of(opened.absence, opened.zone) if opened.absence else form_proposed(opened.now, opened.zone)


def _reasons(visit: Visit, present: ReasonKey) -> Sequence[OfferedReason]:
    """Return the reasons to choose from; the present one stays, even if the tenant has hidden it since."""
    offered = offered_reasons(visit.language, visit.reasons)
    if present in {each.key for each in offered}:
        return offered
    reader = Reader(language=visit.language, reasons=visit.reasons, zone=visit.settings.zone, now=visit.now)
    kept = OfferedReason(key=present, kind=reason_kind(present, visit.reasons), label=reader.reason(present))
    return (kept, *offered)


def _problems(visit: Visit, form: AbsenceForm, refused: Iterable[FieldProblem]) -> Problems:
    by_group: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for each in refused:
        group = _GROUPS.get(each.field, each.field)
        by_group.setdefault(group, _sentence(visit, each))
        inputs.setdefault(group, _input(each, form))
    ordered = {group: by_group[group] for group in (*_GROUP_ORDER, *by_group) if group in by_group}
    return Problems(by_group=ordered, focus=inputs[next(iter(ordered))] if ordered else "")


def _input(problem: FieldProblem, form: AbsenceForm) -> str:
    """Return the input that a problem belongs to; of a wrong end the time, where times count."""
    if problem.field in {"start", "end"}:
        return f"{problem.field}_{'date' if form.all_day else 'time'}"
    return "diversion_none" if problem.field == "diversion" else problem.field


def _sentence(visit: Visit, problem: FieldProblem) -> str:
    if problem.field == "note" and problem.problem == "too_long":
        return visit.text("problem.note_too_long", longest=LONGEST_NOTE)
    return visit.text(f"problem.{problem.problem}")
