"""Routes of the own page: show it, and set an absence by a quick key."""

from __future__ import annotations

from litestar import Response, post

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.errors import RefusedError
from kalenderkoppling.surfaces.absences.answers import answer, undoable
from kalenderkoppling.surfaces.mine.own_page import offered_quick, own_page, reader_of
from kalenderkoppling.surfaces.mine.quick import QuickAbsence
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.links import MINE
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.own_day import own_day
from kalenderkoppling.usecases.announcements.listen import met_now


@page(MINE)
async def show_mine(visit: TheVisit) -> Response[str]:
    """Show the own absences."""
    return await show_own_page(visit)


async def show_own_page(visit: Visit, *, say: Notice | None = None, status: int = 200) -> Response[str]:
    """Show the own page, or for a script the part of it that changes."""
    core, actor = visit.shell.core, visit.actor
    shown = own_page(visit, await own_day(core, actor), await met_now(core, actor, actor.person))
    template = "mine/own_day.html" if visit.is_partial else "mine/page.html"
    return visit.render(template, status=status, say=say, page=shown, back=MINE)


@post("/mine/quick", status_code=303)
async def set_quick(visit: TheVisit, form: TheForm) -> Response[str]:
    """Set an own absence by a quick key; its times are computed when it is pressed, not when the page was made."""
    day = await own_day(visit.shell.core, visit.actor)
    pressed = next((each for each in offered_quick(visit, day) if each.key == form.get("key")), None)
    diversion = _diversion(form.get("diversion"))
    if pressed is None or diversion is None:
        return await answer(visit, MINE, Notice(text_key="quick.too_late", is_problem=True), status=422)
    try:
        changed = await create_absence(visit.shell.core, visit.actor, day.person.id, _new(pressed, diversion))
    except RefusedError as error:
        key = f"problem.{error.problems[0].problem}"
        return await answer(visit, MINE, Notice(text_key=key, is_problem=True), status=422)
    reader = reader_of(visit, day)
    told = {"reason": reader.reason(pressed.reason), "when": reader.stretch(pressed.interval)}
    return await answer(visit, MINE, undoable(visit, changed, MINE, "done.created", **told))


def _new(pressed: QuickAbsence, diversion: Diversion) -> NewAbsence:
    interval = pressed.interval
    return NewAbsence(start=interval.start, end=interval.end, reason=pressed.reason, diversion=diversion)


def _diversion(sent: str) -> Diversion | None:
    try:
        return Diversion(sent or Diversion.NONE)
    except ValueError:
        return None
