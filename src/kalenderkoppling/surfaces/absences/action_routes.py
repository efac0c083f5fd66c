"""Routes of one press: remove, be back now, stay a little longer, and undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from litestar import Response, post
from litestar.params import FromPath, FromQuery

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError, RefusedError
from kalenderkoppling.surfaces.absences.answers import answer, back_to, home_of, undoable
from kalenderkoppling.surfaces.absences.form import form_sent, version_of
from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.links import MINE
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.end_absence import end_absence
from kalenderkoppling.usecases.absences.extend_absence import extend_absence
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.absences.restore_absence import restore_absence

STEP = timedelta(minutes=15)
STEP_MINUTES = STEP // timedelta(minutes=1)


@post("/absences/{absence_id:str}/remove", status_code=303)
async def remove(visit: TheVisit, absence_id: FromPath[str], form: TheForm) -> Response[str]:
    """Remove an absence without confirmation; it can be undone."""

    def act(version: int | None) -> Awaitable[Changed]:
        return remove_absence(visit.shell.core, visit.actor, AbsenceId(absence_id), version=version)

    return await _act(visit, form, act, "done.removed")


@post("/absences/{absence_id:str}/end-now", status_code=303)
async def end_now(visit: TheVisit, absence_id: FromPath[str], form: TheForm) -> Response[str]:
    """Be back now."""

    def act(version: int | None) -> Awaitable[Changed]:
        return end_absence(visit.shell.core, visit.actor, AbsenceId(absence_id), version=version)

    return await _act(visit, form, act, "done.ended")


@post("/absences/{absence_id:str}/extend", status_code=303)
async def extend(visit: TheVisit, absence_id: FromPath[str], form: TheForm) -> Response[str]:
    """Stay away a quarter of an hour longer."""

    def act(version: int | None) -> Awaitable[Changed]:
        return extend_absence(visit.shell.core, visit.actor, AbsenceId(absence_id), STEP, version=version)

    return await _act(visit, form, act, "done.longer", minutes=STEP_MINUTES)


@post("/absences/restore/{token:str}", status_code=303)
async def restore(visit: TheVisit, token: FromPath[str], back: FromQuery[str] = "") -> Response[str]:
    """Undo a change of this session: once, and only for a while."""
    changed = visit.shell.undoing.take(visit.session_key, token, visit.now)
    if changed is None:
        return await answer(visit, back_to(back, MINE), _problem("mine.undo_too_late"), status=409)
    home = back_to(back, home_of(visit, changed.person))
    try:
        await restore_absence(visit.shell.core, visit.actor, changed)
    except (ConflictError, NotFoundError):
        return await answer(visit, home, _problem("done.undo_conflict"), status=409)
    return await answer(visit, home, Notice(text_key="done.undone"))


async def _act(
    visit: Visit,
    form: Form,
    act: Callable[[int | None], Awaitable[Changed]],
    text_key: str,
    **values: str | int,
) -> Response[str]:
    """Run an action and offer to undo it. If the absence was removed or changed meanwhile, the page says so."""
    wanted = form.get("back")
    try:
        changed = await act(version_of(form_sent(form)))
    except ConflictError:
        return await answer(visit, back_to(wanted, MINE), _problem("done.conflict"), status=409)
    except RefusedError as error:
        return await answer(visit, back_to(wanted, MINE), _problem(f"problem.{error.problems[0].problem}"), status=422)
    except NotFoundError:
        # The same answer whether it is removed, never existed or belongs to somebody else.
        if back_to(wanted, MINE) != MINE:
            raise
        return await answer(visit, MINE, _problem("done.gone"), status=404)
    back = back_to(wanted, home_of(visit, changed.person))
    return await answer(visit, back, undoable(visit, changed, back, text_key, **values))


def _problem(text_key: str) -> Notice:
    return Notice(text_key=text_key, is_problem=True)
