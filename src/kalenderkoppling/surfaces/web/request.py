"""The type of a request, whoever makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from litestar import Request
from litestar.datastructures import State

AnyRequest: TypeAlias = Request[Any, Any, State]


def marks_of(request: AnyRequest) -> Mapping[str, object]:
    """Return what the route says of itself; nothing where no route was found."""
    handler = cast("Mapping[str, Any]", request.scope).get("route_handler")
    return {} if handler is None else cast("Mapping[str, object]", handler.opt)


def visit_state(request: AnyRequest) -> object:
    """Return the visit that the gate made ready, or None where the request did not get that far."""
    state = cast("Mapping[str, Any]", request.scope).get("state", {})
    return cast("object", state.get("visit"))
