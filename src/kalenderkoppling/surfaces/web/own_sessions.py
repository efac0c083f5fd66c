"""The page of one's own sessions: where one is signed in, and how to end it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, post

from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.links import SESSIONS
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.sessions import end, end_others, sessions_of
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.situation import zone_of
from kalenderkoppling.words import shown_time

_LENGTH_OF_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as shown: `id` is the beginning of its key, which opens nothing."""

    id: str
    browser: str
    begun: str
    used: str
    is_this: bool


@page(SESSIONS)
async def show_sessions(visit: TheVisit) -> Response[str]:
    """Show the sessions of whoever asks."""
    found = await sessions_of(visit.shell.core, visit.shell.options.tenant, visit.person.id)
    rows = [_row(visit, each) for each in found]
    return visit.render("web/sessions.html", rows=sorted(rows, key=lambda row: not row.is_this))


@post(f"{SESSIONS}/end", status_code=303)
async def end_session(visit: TheVisit, form: TheForm) -> Response[str]:
    """End one of the own sessions; one that has ended already is no error."""
    core, tenant, wanted = visit.shell.core, visit.shell.options.tenant, form.get("session")
    for each in await sessions_of(core, tenant, visit.person.id):
        if each.key[:_LENGTH_OF_ID] == wanted and each.key != visit.session_key:
            await end(core, tenant, each)
            visit.shell.streams.end_session(each.key)
    return visit.redirect(SESSIONS, say=Notice(text_key="sessions.ended"))


@post(f"{SESSIONS}/end-others", status_code=303)
async def end_all_others(visit: TheVisit) -> Response[str]:
    """End all own sessions but this one."""
    ended = await end_others(visit.shell.core, visit.shell.options.tenant, visit.person.id, visit.session_key)
    for key in ended:
        visit.shell.streams.end_session(key)
    return visit.redirect(SESSIONS, say=Notice(text_key="sessions.others_ended"))


def _row(visit: Visit, session: Session) -> SessionRow:
    zone = zone_of(visit.person, visit.settings)
    now = visit.now.astimezone(zone)
    return SessionRow(
        id=session.key[:_LENGTH_OF_ID],
        browser=session.browser or visit.text("sessions.unknown_browser"),
        begun=shown_time(session.created_at.astimezone(zone), now, visit.language),
        used=shown_time(session.seen_at.astimezone(zone), now, visit.language),
        is_this=session.key == visit.session_key,
    )
