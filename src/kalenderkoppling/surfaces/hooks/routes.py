"""The address that notifications come to: answered at once and always alike, so that nobody learns anything from it.

Source: Microsoft Graph, "Receive change notifications through webhooks" (validation within 10 seconds as text/plain,
202 within 3 seconds); faults F-17, F-18.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, post
from litestar.enums import MediaType
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import ChangeNotices
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.surfaces.web.given import TheCore
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.surface import Access
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.receive_notice import may_validate, receive_notice

LONGEST_VALIDATION_BYTES = 2 * 1024
LARGEST_BODY_BYTES = 1_000_000
LONGEST_ROUTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Takes the notifications of one kind of calendar, for the tenants that are served here."""

    notices: ChangeNotices
    meter: Meter
    tenants: frozenset[TenantId]

    def knows(self, tenant: str, route: str) -> bool:
        """Tell whether an address could be one of ours, before anything is looked up."""
        return tenant in self.tenants and 0 < len(route) <= LONGEST_ROUTE and route.isprintable()


def hook_handlers(hooks: Hooks) -> list[ControllerRouterHandler]:
    """Make the route."""

    @post(
        "/hooks/calendar/{tenant:str}/{route:str}",
        opt={"access": Access.MACHINE, "answers": "problem"},
        status_code=202,
        request_max_body_size=LARGEST_BODY_BYTES,
    )
    async def take_notice(
        request: AnyRequest,
        core: TheCore,
        tenant: FromPath[str],
        route: FromPath[str],
        validation_token: Annotated[str | None, QueryParameter(name="validationToken")] = None,
    ) -> Response[str]:
        """Answer a validation, or take notices; a forged or malformed request is answered as a good one."""
        if validation_token is not None:
            return await _validated(core, hooks, tenant=tenant, route=route, token=validation_token)
        body = await request.body()
        if hooks.knows(tenant, route):
            await receive_notice(core, hooks.notices, hooks.meter, TenantId(tenant), route=route, body=body)
        return _accepted()

    return [take_notice]


async def _validated(core: Core, hooks: Hooks, *, tenant: str, route: str, token: str) -> Response[str]:
    """Send the token back, only while we are asking for this very subscription."""
    short = len(token.encode()) <= LONGEST_VALIDATION_BYTES
    if short and hooks.knows(tenant, route) and await may_validate(core, TenantId(tenant), route):
        return Response(token, status_code=200, media_type=MediaType.TEXT)
    return _accepted()


def _accepted() -> Response[str]:
    return Response("", status_code=202, media_type=MediaType.TEXT)
