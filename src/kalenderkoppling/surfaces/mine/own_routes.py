"""Routes of the own page: look at it, set an absence by a quick key, and why an absence is there."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from kalenderkoppling.domain.absence import AbsenceId, Diversion
from kalenderkoppling.domain.errors import RefusedError
from kalenderkoppling.surfaces.mine.answers import MINE, answer, home_of, show_own_page, undoable
from kalenderkoppling.surfaces.mine.own_page import offered_quick, reader_of
from kalenderkoppling.surfaces.mine.quick import QuickAbsence
from kalenderkoppling.surfaces.mine.reading import Reader
from kalenderkoppling.surfaces.mine.why import Asking, why
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.said import Notice, Undoing
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.explain_absence import explain_absence
from kalenderkoppling.usecases.absences.own_day import own_day
from kalenderkoppling.usecases.directory.live_status import live_statuses


@page("/mine")
async def show_mine(visit: TheVisit) -> Response[str]:
    """Show the own absences."""
    return await show_own_page(visit)


@post("/mine/quick", status_code=303)
async def set_quick(visit: TheVisit, form: TheForm, undoing: NamedDependency[Undoing[Changed]]) -> Response[str]:
    """Set an own absence by a quick key; its times are those of the press, not of the page."""
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
    return await answer(visit, MINE, undoable(visit, undoing, changed, MINE, "done.created", **told))


@page("/absences/{absence_id:str}/why")
async def show_why(visit: TheVisit, absence_id: FromPath[str]) -> Response[str]:
    """Tell the person, an attendant or an administrator why an absence is there."""
    core, actor = visit.shell.core, visit.actor
    explanation = await explain_absence(core, actor, AbsenceId(absence_id))
    person = explanation.person
    status = (await live_statuses(core, actor, [person]))[person]
    asking = Asking(
        viewer=actor.viewer_of(person),
        sick_to_attendants=visit.settings.sick_to_attendants,
        reader=Reader(language=visit.language, reasons=visit.reasons, zone=status.zone, now=visit.now),
    )
    template = "mine/why.html" if visit.is_partial else "mine/why_page.html"
    return visit.render(template, why=why(explanation, asking), back=home_of(visit, person))


def _new(pressed: QuickAbsence, diversion: Diversion) -> NewAbsence:
    interval = pressed.interval
    return NewAbsence(start=interval.start, end=interval.end, reason=pressed.reason, diversion=diversion)


def _diversion(sent: str) -> Diversion | None:
    try:
        return Diversion(sent or Diversion.NONE)
    except ValueError:
        return None
