"""The address that exchanges ask what a call meets."""

from __future__ import annotations

from typing import Annotated

from litestar import Response
from litestar.enums import MediaType
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.surfaces.exchanges.key_check import KeyCheck
from kalenderkoppling.surfaces.exchanges.refusals import FORMS, Refusal, refusal, wants_line
from kalenderkoppling.surfaces.exchanges.told import DecisionTold, Telling, is_failed_open, line
from kalenderkoppling.surfaces.web.failures import Failure
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.usecases.calls.answer_call import AnswerCall

DECISION_PATH = "/v1/calls/decision"

_BAD_REQUEST = Failure(status=400, key="bad_request", text_key="problem.unknown")

Answer = Response[DecisionTold] | Refusal


def decision_handler(answering: AnswerCall, telling: Telling, keys: KeyCheck, meter: Meter) -> ControllerRouterHandler:
    """Make the route."""

    @page(DECISION_PATH, opt={"answers": "problem", "any_host": True})
    async def decide(
        request: AnyRequest,
        to: FromQuery[str | None] = None,
        calling: Annotated[str | None, QueryParameter(name="from")] = None,  # noqa: ARG001 - part of the contract; a decision does not depend on who calls
        as_: Annotated[str | None, QueryParameter(name="as")] = None,
    ) -> Answer:
        """Tell what a call to a number meets now."""
        tenant = keys.tenant_of(request)
        if not isinstance(tenant, str):
            return tenant
        wrong = _wrong(to, as_)
        if to is None or wrong is not None:
            return refusal(request, _BAD_REQUEST, RefusedError(wrong or FieldProblem(field="to", problem="missing")))
        decision = await answering.decide(tenant, [to])
        told = telling.told(decision)
        if is_failed_open(told, decision):
            meter.count(Count.CALLS_FAILED_OPEN, "no_prompt")
        if wants_line(request):
            return Response(line(told, decision), media_type=MediaType.TEXT, headers=_HEADERS)
        return Response(told, media_type=MediaType.JSON, headers=_HEADERS)

    return decide


_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}


def _wrong(to: str | None, form: str | None) -> FieldProblem | None:
    if not (to or "").strip():
        return FieldProblem(field="to", problem="missing")
    if form is not None and form not in FORMS:
        return FieldProblem(field="as", problem="unknown")
    return None
