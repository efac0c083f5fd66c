"""How a change is answered: with a message that offers to undo it, on the page that it came from."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response
from litestar.status_codes import HTTP_200_OK

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.web.links import MINE, person_path
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.usecases.absences.changed import Changed


def home_of(visit: Visit, person: PersonId) -> str:
    """Return the page on which a person's absences are: the own page, else the contact card."""
    return MINE if person == visit.actor.person else person_path(person)


def back_to(wanted: str, otherwise: str) -> str:
    """Return where to go after a change: where a form or link came from, if that is a page of ours."""
    return local_path(wanted, otherwise)


def undoable(visit: Visit, changed: Changed, back: str, text_key: str, **values: str | int) -> Notice:
    """Make the message of a change, with the way to undo it; Outlook is named where the absence came from it."""
    token = visit.shell.undoing.keep(visit.session_key, changed, visit.now)
    key = f"{text_key}_not_outlook" if changed.before.is_from_calendar else text_key
    path = f"/absences/restore/{token}?back={quote(back, safe='/')}"
    return Notice(text_key=key, values=values, undo_path=path)


async def answer(visit: Visit, back: str, notice: Notice, *, status: int = HTTP_200_OK) -> Response[str]:
    """Answer a change: by the page itself where it shows changes in place, else by sending the browser back to it.

    A page that shows changes in place (`Surface.shows_again`) sends a script the piece that changed, and tells with
    its status what could not be done; on other pages the message tells it.
    """
    show_again = visit.shell.shows_again.get(back)
    if show_again is not None and (visit.is_partial or status != HTTP_200_OK):
        return await show_again(visit, say=notice, status=status)
    if visit.is_partial:
        visit.shell.said.put(visit.session_key, notice)
        return Response("", headers={"HX-Redirect": visit.path(back)})
    return visit.redirect(back, say=notice)
