"""The address for notices: every request gets the same answer at once, so that the sender learns nothing from it.

What a request means is for the calendar system's notice reader to say (ports.calendar.ChangeNotices.read).
Source of the limits: Microsoft Graph, "Receive change notifications through webhooks" (202 within 3 seconds, a
handshake within 10); faults F-17, F-18.
"""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, post
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import ChangeNotices, Handshake, NoticeRequest
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.surfaces.web.given import TheCore
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.usecases.mailboxes.receive_notice import receive_notice

LONGEST_HANDSHAKE_BYTES = 2 * 1024
LARGEST_BODY_BYTES = 1_000_000
LONGEST_ROUTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Takes the notices of one calendar system, for the tenants that are served here."""

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
        opt={"answers": "problem"},
        status_code=202,
        request_max_body_size=LARGEST_BODY_BYTES,
    )
    async def take_notice(
        request: AnyRequest, core: TheCore, tenant: FromPath[str], route: FromPath[str]
    ) -> Response[str]:
        """Take notices, or answer a handshake; a forged or malformed request gets the answer of a good one."""
        # Always read the body: a connection with an unread body cannot be reused.
        told = await _told(request)
        if hooks.knows(tenant, route):
            done = await receive_notice(core, hooks.notices, hooks.meter, TenantId(tenant), route=route, request=told)
            if isinstance(done, Handshake) and len(done.answer.encode()) <= LONGEST_HANDSHAKE_BYTES:
                return Response(done.answer, status_code=200, media_type=MediaType.TEXT)
        return Response("", status_code=202, media_type=MediaType.TEXT)

    return [take_notice]


async def _told(request: AnyRequest) -> NoticeRequest:
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, value)
    headers: dict[str, str] = {}
    for name, value in request.headers.multi_items():
        headers.setdefault(name.lower(), value)
    return NoticeRequest(method=request.method, query=query, headers=headers, body=await request.body())
