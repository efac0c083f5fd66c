"""What went wrong, told to people as a page in their language and to programs as a problem (RFC 9457)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar import Response
from litestar.exceptions import HTTPException, InternalServerException
from litestar.status_codes import (
    HTTP_401_UNAUTHORIZED,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from kalenderkoppling.domain.errors import (
    ConflictError,
    NotFoundError,
    RefusedError,
    SpeechFailedError,
    StoreUnavailableError,
    UnstorableTextError,
)
from kalenderkoppling.surfaces.web.gate import nobodys_visit
from kalenderkoppling.surfaces.web.refusals import (
    BusyError,
    ForbiddenError,
    ForeignHostError,
    ForgedRequestError,
    SignedOutError,
)
from kalenderkoppling.surfaces.web.request import AnyRequest, marks_of
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.sessions import cookie_name
from kalenderkoppling.surfaces.web.shell import shell_of
from kalenderkoppling.surfaces.web.visit import Visit

_LOG = logging.getLogger(__name__)

AnswerFailure = Callable[[AnyRequest, Exception], Response[str] | Response[dict[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure as it is answered: status, a stable key for programs, the key of its text for people."""

    status: int
    key: str
    text_key: str


_KNOWN: dict[type[Exception], Failure] = {
    NotFoundError: Failure(status=404, key="not_found", text_key="error.not_found"),
    # A name that nothing can be stored under is the name of nothing.
    UnstorableTextError: Failure(status=404, key="not_found", text_key="error.not_found"),
    ConflictError: Failure(status=409, key="conflict", text_key="error.conflict"),
    RefusedError: Failure(status=422, key="refused", text_key="problem.unknown"),
    StoreUnavailableError: Failure(status=503, key="unavailable", text_key="error.unavailable"),
    SpeechFailedError: Failure(status=503, key="speech_failed", text_key="listen.failed"),
    BusyError: Failure(status=503, key="busy", text_key="error.unavailable"),
    SignedOutError: Failure(status=401, key="signed_out", text_key="error.signed_out"),
    ForbiddenError: Failure(status=403, key="forbidden", text_key="error.forbidden"),
    ForgedRequestError: Failure(status=403, key="stale_form", text_key="error.stale_form"),
    ForeignHostError: Failure(status=400, key="foreign_host", text_key="error.not_found"),
}
_BY_STATUS = {
    404: Failure(status=404, key="not_found", text_key="error.not_found"),
    405: Failure(status=405, key="method_not_allowed", text_key="error.not_found"),
    413: Failure(status=413, key="too_large", text_key="error.too_large"),
}
_BAD_REQUEST = Failure(status=400, key="bad_request", text_key="problem.unknown")
_INTERNAL = Failure(status=500, key="internal", text_key="error.internal")


def answer_failure(request: AnyRequest, error: Exception) -> Response[str] | Response[dict[str, object]]:
    """Answer an error; nothing of its text or place reaches the reader."""
    failure = failure_of(error)
    log_internal(request, failure, error)
    if wants_problem(request):
        return problem(failure, error)
    visit = nobodys_visit(request, shell_of(request).core.clock.now())
    if isinstance(error, SignedOutError):
        return _signed_out(visit)
    if visit.request.headers.get("HX-Request") == "true":
        return _in_place(visit, failure)
    return visit.render("web/error.html", status=failure.status, failure=failure, headers=retry(failure))


def problem(failure: Failure, error: Exception) -> Response[dict[str, object]]:
    """Make a problem document (RFC 9457); `key` is stable, fields that are wrong stand in `problems`."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": failure.key.replace("_", " "),
        "status": failure.status,
        "key": failure.key,
    }
    if isinstance(error, RefusedError):
        body["problems"] = [{"field": each.field, "problem": each.problem} for each in error.problems]
    return Response(body, status_code=failure.status, media_type="application/problem+json", headers=retry(failure))


def wants_problem(request: AnyRequest) -> bool:
    """Return whether the client is a program: by its route, or because it does not accept HTML."""
    if marks_of(request).get("answers") == "problem":
        return True
    accepted = request.headers.get("accept", "*/*")
    return "json" in accepted and "text/html" not in accepted


def failure_of(error: Exception) -> Failure:
    """Return how an error is answered; an unforeseen one is an internal error."""
    known = next((each for kind, each in _KNOWN.items() if isinstance(error, kind)), None)
    if known is not None:
        return known
    if isinstance(error, HTTPException) and error.status_code < HTTP_500_INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(error.status_code, replace(_BAD_REQUEST, status=error.status_code))
    return _BAD_REQUEST if _is_the_clients(error) else _INTERNAL


def _is_the_clients(error: Exception) -> bool:
    """Tell whether a request could not be read to its end: its client left, or its JSON is nested too deeply.

    Litestar raises the first as an error of the server, and msgspec the second as one of recursion.
    """
    left = isinstance(error, InternalServerException) and error.detail == "client disconnected prematurely"
    return left or (isinstance(error, RecursionError) and "deserializing" in str(error))


def _signed_out(visit: Visit) -> Response[str]:
    """Redirect a page to sign-in; a script in a stale tab gets an error message, not part of a page."""
    if visit.request.headers.get("HX-Request") == "true":
        return _in_place(visit, _KNOWN[SignedOutError])
    had_session = cookie_name(https=visit.shell.options.https) in visit.request.cookies
    here = visit.request.url.path.removeprefix(visit.shell.options.base_path)
    query = f"?{visit.request.url.query}" if visit.request.url.query else ""
    return visit.redirect(sign_in_path(f"{here}{query}" if visit.request.method == "GET" else "/", ended=had_session))


def sign_in_path(wanted: str, *, ended: bool) -> str:
    """Return the path to sign in at, and to come back from to what was wanted."""
    asked = {"next": wanted} if wanted not in {"", "/"} else {}
    query = urlencode({**asked, **({"ended": "1"} if ended else {})})
    return f"/sign-in?{query}" if query else "/sign-in"


def _in_place(visit: Visit, failure: Failure) -> Response[str]:
    headers = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", "HX-Replace-Url": "false", **retry(failure)}
    notice = Notice(text_key=failure.text_key, is_problem=True)
    return visit.render(
        "web/said.html",
        status=failure.status,
        headers=headers,
        notice=notice,
        sign_in=failure.status == HTTP_401_UNAUTHORIZED,
    )


def retry(failure: Failure) -> dict[str, str]:
    """Return the headers that tell when to ask again, where that is worth telling."""
    return {"Retry-After": "5"} if failure.status == HTTP_503_SERVICE_UNAVAILABLE else {}


def log_internal(request: AnyRequest, failure: Failure, error: Exception) -> None:
    """Log an internal error: of what kind, and where, never its message: that may quote what people wrote."""
    if failure is not _INTERNAL:
        return
    frames = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("%s in %s\n%s", type(error).__name__, request.scope.get("path_template", ""), frames)
