"""Routes of the editor: a new absence, and one to be changed, for oneself or as an attendant for others."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, post
from litestar.params import FromPath, FromQuery

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import ConflictError, RefusedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.absences.answers import answer, back_to, home_of, undoable
from kalenderkoppling.surfaces.absences.editor import Editor, editor_of, reader_for, what_holds_now
from kalenderkoppling.surfaces.absences.form import (
    AbsenceForm,
    as_changes,
    as_new,
    form_of,
    form_sent,
    read,
    shortened,
    version_of,
)
from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.absences.create_absence import create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.open_absence import Opened, open_absence, open_new_absence

_NOTHING = Fields()


@page("/absences/new")
async def show_new(visit: TheVisit, person: FromQuery[str] = "", back: FromQuery[str] = "") -> Response[str]:
    """Show the editor for a new absence; without a person, of one's own."""
    opened = await open_new_absence(visit.shell.core, visit.actor, PersonId(person or visit.actor.person))
    return _show(visit, editor_of(visit, opened), back)


@post("/absences/new", status_code=303)
async def set_new(visit: TheVisit, form: TheForm) -> Response[str]:
    """Set a new absence."""
    core, actor, sent = visit.shell.core, visit.actor, form_sent(form)
    opened = await open_new_absence(core, actor, PersonId(form.get("person") or actor.person))
    try:
        meant = read(sent, opened.zone)
        changed = await create_absence(core, actor, opened.person.id, as_new(meant))
    except RefusedError as error:
        return _refuse(visit, opened, form, error)
    reader = reader_for(visit, opened)
    told = {"reason": reader.reason(meant.reason), "when": reader.stretch(Interval(start=meant.start, end=meant.end))}
    back = _back(visit, opened, form.get("back"))
    return await answer(visit, back, undoable(visit, changed, back, "done.created", **told))


@page("/absences/{absence_id:str}")
async def show_absence(visit: TheVisit, absence_id: FromPath[str], back: FromQuery[str] = "") -> Response[str]:
    """Show the editor of an absence."""
    opened = await open_absence(visit.shell.core, visit.actor, AbsenceId(absence_id))
    return _show(visit, editor_of(visit, opened), back)


@post("/absences/{absence_id:str}/edit", status_code=303)
async def edit(visit: TheVisit, absence_id: FromPath[str], form: TheForm) -> Response[str]:
    """Change an absence: only what differs from what was shown is laid over it."""
    core, actor, sent, id_ = visit.shell.core, visit.actor, form_sent(form), AbsenceId(absence_id)
    opened = await open_absence(core, actor, id_)
    back = _back(visit, opened, form.get("back"))
    try:
        if version_of(sent) not in {None, _version(opened)}:
            return await _conflict(visit, id_, form)
        fields = _changes(sent, opened)
        if fields == _NOTHING:
            return await answer(visit, back, Notice(text_key="done.nothing"))
        changed = await edit_absence(core, actor, id_, fields, version=_version(opened))
    except RefusedError as error:
        return _refuse(visit, opened, form, error)
    except ConflictError:
        return await _conflict(visit, id_, form)
    return await answer(visit, back, undoable(visit, changed, back, "done.saved"))


def _changes(sent: AbsenceForm, opened: Opened) -> Fields:
    """Return the fields to change; an unchanged start or end is not parsed."""
    shown = form_of(opened.absence, opened.zone) if opened.absence else AbsenceForm()
    return as_changes(read(sent, opened.zone), sent, shown)


def _version(opened: Opened) -> int | None:
    return opened.absence.details.version if opened.absence and opened.absence.details else None


def _show(visit: Visit, editor: Editor, back: str, *, status: int = 200) -> Response[str]:
    return visit.render("absences/editor.html", status=status, editor=editor, back=_back(visit, editor.opened, back))


def _refuse(visit: Visit, opened: Opened, form: Form, error: RefusedError) -> Response[str]:
    editor = editor_of(visit, opened, shortened(form_sent(form)), error.problems)
    return _show(visit, editor, form.get("back"), status=422)


async def _conflict(visit: Visit, absence: AbsenceId, form: Form) -> Response[str]:
    """Show the stored values beside the ones sent; saving again overwrites them."""
    opened = await open_absence(visit.shell.core, visit.actor, absence)
    sent = replace(shortened(form_sent(form)), version=str(_version(opened)))
    editor = replace(editor_of(visit, opened, sent), now_is=what_holds_now(visit, opened, sent), is_conflict=True)
    return _show(visit, editor, form.get("back"), status=409)


def _back(visit: Visit, opened: Opened, wanted: str) -> str:
    return back_to(wanted, home_of(visit, opened.person.id))
