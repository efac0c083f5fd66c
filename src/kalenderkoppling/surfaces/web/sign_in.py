"""The sign-in port, and the step that every kind of sign-in ends with: starting a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from litestar import Response
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import PersonId, local_administrator_name
from kalenderkoppling.surfaces.web.browser_name import browser_name
from kalenderkoppling.surfaces.web.sessions import begin, end, session_cookie
from kalenderkoppling.surfaces.web.visit import Visit


class SignIn(Protocol):
    """A kind of sign-in: it brings the routes at `/sign-in` and below, each open to anybody.

    It promises to call `sign_in` only for a person of the tenant who has proven to be that person. There is no
    default role: somebody in the directory without a role is refused.
    """

    @property
    def handlers(self) -> Sequence[ControllerRouterHandler]:
        """The routes, among them GET `/sign-in`, which takes `next` and `ended`."""
        ...


async def sign_in(visit: Visit, who: PersonId, go_to: str) -> Response[str]:
    """Begin a session for a person and send the browser on; an earlier session of this browser ends.

    Args:
        visit: The request that proved it.
        who: Who was proven: a person with at least one role, or a local administrator.
        go_to: A path of ours, already checked by `local_path`; empty for the first page that is theirs.
    """
    options = visit.shell.options
    is_local = local_administrator_name(who) is not None
    if visit.signed_in is not None:
        await end(visit.shell.core, options.tenant, visit.signed_in.session)
        visit.shell.streams.end_session(visit.session_key)
    browser = browser_name(visit.request.headers.get("user-agent", ""))
    secret = await begin(visit.shell.core, options.tenant, who, visit.language, browser)
    return Response(
        "",
        status_code=303,
        media_type=MediaType.HTML,
        headers={"Location": visit.path(go_to or visit.home(is_local=is_local))},
        cookies=[session_cookie(secret, https=options.https)],
    )
