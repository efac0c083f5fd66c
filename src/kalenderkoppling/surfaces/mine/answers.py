"""How a change is answered: with a message that offers to undo it, on the page that it came from."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response
from litestar.status_codes import HTTP_200_OK

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.mine.own_page import own_page
from kalenderkoppling.surfaces.web.links import person_path
from kalenderkoppling.surfaces.web.said import Notice, Undoing
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.own_day import own_day

MINE = "/mine"


def home_of(visit: Visit, person: PersonId) -> str:
    """Return the page on which a person's absences are: the own page, else the contact card."""
    return MINE if person == visit.actor.person else person_path(person)


def back_to(wanted: str, otherwise: str) -> str:
    """Return where to go after a change: where a form or link came from, if that is a page of ours."""
    return local_path(wanted, otherwise)


def undoable(
    visit: Visit, undoing: Undoing[Changed], changed: Changed, back: str, text_key: str, **values: str | int
) -> Notice:
    """Make the message of a change, with the way to undo it; Outlook is named where the absence came from it."""
    token = undoing.keep(visit.session_key, changed, visit.now)
    key = f"{text_key}_not_outlook" if changed.before.is_from_calendar else text_key
    path = f"/absences/restore/{token}?back={quote(back, safe='/')}"
    return Notice(text_key=key, values=values, undo_path=path)


async def answer(visit: Visit, back: str, notice: Notice, *, status: int = HTTP_200_OK) -> Response[str]:
    """Answer a change: a piece of the own page to a script that shows it, else by sending the browser back.

    What could not be done is told on the own page itself, with its status; on other pages by the message there.
    """
    if back == MINE and (visit.is_partial or status != HTTP_200_OK):
        return await show_own_page(visit, say=notice, status=status)
    if visit.is_partial:
        visit.shell.said.put(visit.session_key, notice)
        return Response("", headers={"HX-Redirect": visit.path(back)})
    return visit.redirect(back, say=notice)


async def show_own_page(visit: Visit, *, say: Notice | None = None, status: int = 200) -> Response[str]:
    """Show the own page, or to a script the piece of it that changes."""
    page = own_page(visit, await own_day(visit.shell.core, visit.actor))
    template = "mine/own_day.html" if visit.is_partial else "mine/page.html"
    return visit.render(template, status=status, say=say, page=page, back=MINE)
