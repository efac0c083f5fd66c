"""What exchanges are answered when they get no decision: a problem, or for dial plans a line on which the phone rings.

A dial plan cuts the first word of a line and acts on it. It must never find anything there that it could take for an
announcement, whatever went wrong (S-13): so every failure begins with `ring`, and its status tells programs the rest.
"""

from __future__ import annotations

from litestar import Response
from litestar.enums import MediaType

from kalenderkoppling.surfaces.web.failures import Failure, failure_of, log_internal, problem, retry
from kalenderkoppling.surfaces.web.request import AnyRequest

RING = "ring|0|0|"
FORMS = ("json", "line")

Refusal = Response[str] | Response[dict[str, object]]


def wants_line(request: AnyRequest) -> bool:
    """Tell whether one line is wanted: by the query, for those that cannot choose a header, else by Accept."""
    form = request.query_params.get("as")
    if form in FORMS:
        return bool(form == "line")
    accepted = request.headers.get("accept", "").lower()
    return "text/plain" in accepted and "json" not in accepted


def refusal(request: AnyRequest, failure: Failure, error: Exception) -> Refusal:
    """Answer a failure in the form that was asked for."""
    if not wants_line(request):
        return problem(failure, error)
    return Response(RING, status_code=failure.status, media_type=MediaType.TEXT, headers=retry(failure))


def answer_exchange(request: AnyRequest, error: Exception) -> Refusal:
    """Answer any error on the exchanges' port; nothing of its text or place reaches the asker."""
    failure = failure_of(error)
    log_internal(request, failure, error)
    return refusal(request, failure, error)
