"""The addresses of calls: the page and its pieces, and a wish to be called back that has been dealt with."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import FromPath, FromQuery

from kalenderkoppling.domain.call import CallId
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.surfaces.calls.page import calls_before, calls_since, read_instant, waiting
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.calls.history.call_backs import call_back_done

CALLS = "/calls"


@page(CALLS)
async def show_calls(visit: TheVisit, before: FromQuery[str] = "", since: FromQuery[str] = "") -> Response[str]:
    """Show who waits and who called; to a script, the calls alone: older ones, or the newest again."""
    if visit.is_partial:
        return await _calls_alone(visit, before, since)
    return await _whole(visit, before)


@page("/calls/waiting")
async def show_waiting(visit: TheVisit) -> Response[str]:
    """Show who wants to be called back; to a script, that piece alone."""
    return await _waiting(visit)


@post("/call-backs/{request_id:str}/done", status_code=303)
async def done(visit: TheVisit, request_id: FromPath[str]) -> Response[str]:
    """Take somebody off the list who has been called back."""
    try:
        await call_back_done(visit.shell.core, visit.actor, CallId(request_id))
    except NotFoundError:
        # The same answer whether it is done already, never existed or belongs to somebody else.
        return await _waiting(visit, say=Notice(text_key="done.call_back_gone", is_problem=True), status=404)
    say = Notice(text_key="done.called_back")
    return await _waiting(visit, say=say) if visit.is_partial else visit.redirect(CALLS, say=say)


async def _whole(visit: Visit, before: str = "", *, say: Notice | None = None, status: int = 200) -> Response[str]:
    return visit.render(
        "calls/page.html",
        status=status,
        say=say,
        waiting=await waiting(visit),
        calls=await calls_before(visit, read_instant(before)),
        active_menu=CALLS,
    )


async def _waiting(visit: Visit, *, say: Notice | None = None, status: int = 200) -> Response[str]:
    if not visit.is_partial:
        return await _whole(visit, say=say, status=status)
    return visit.render("calls/waiting.html", status=status, say=say, waiting=await waiting(visit))


async def _calls_alone(visit: Visit, before: str, since: str) -> Response[str]:
    from_when = read_instant(since)
    calls = await (calls_since(visit, from_when) if from_when else calls_before(visit, read_instant(before)))
    if calls is None:
        # More came than one fragment has: the page is reloaded.
        return Response("", headers={"HX-Refresh": "true"})
    return visit.render("calls/newest.html" if calls.same_path else "calls/older.html", calls=calls)
