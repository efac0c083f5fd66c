"""The gate before every route: host, forgery, session, and who may (`access.py`)."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from litestar.enums import HttpMethod

from kalenderkoppling.surfaces.web.access import Access
from kalenderkoppling.surfaces.web.forms import TOKEN_HEADER, read_token
from kalenderkoppling.surfaces.web.language import language_for
from kalenderkoppling.surfaces.web.refusals import (
    ForbiddenError,
    ForeignHostError,
    ForgedRequestError,
    SignedOutError,
)
from kalenderkoppling.surfaces.web.request import AnyRequest, marks_of, visit_state
from kalenderkoppling.surfaces.web.sessions import arrive, cookie_name
from kalenderkoppling.surfaces.web.shell import Shell, shell_of
from kalenderkoppling.surfaces.web.visit import Visit

_SAFE: frozenset[str] = frozenset({HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS})
UNATTENDED_HEADER = "X-Unattended"
"""The header of requests that a page makes by itself, such as reloading a card: they do not extend the session."""


async def check_request(request: AnyRequest) -> None:
    """Let a request through to its route, with the visit made ready, or refuse it.

    Raises:
        ForeignHostError, ForgedRequestError, SignedOutError, ForbiddenError: as their docstrings say.
    """
    if request.method == HttpMethod.OPTIONS:
        return
    shell, opt = shell_of(request), marks_of(request)
    access = shell.access_of(request)
    if not opt.get("any_host"):
        _must_name_us(request, shell)
    if access is Access.MACHINE:
        return
    if request.method not in _SAFE:
        _must_come_from_us(request)
    visit = await _visit(request, shell)
    request.state.visit = visit
    if access is Access.ANYBODY:
        return
    await _must_be_allowed(visit, access)


def provide_visit(request: AnyRequest) -> Visit:
    """Pass the visit to the route; routes for machines have none."""
    return cast("Visit", request.state.visit)


async def _visit(request: AnyRequest, shell: Shell) -> Visit:
    now = shell.core.clock.now()
    secret = request.cookies.get(cookie_name(https=shell.options.https), "")
    unattended = bool(marks_of(request).get("unattended")) or UNATTENDED_HEADER in request.headers
    arrival = await arrive(shell.core, shell.options.tenant, secret, unattended=unattended)
    chosen = arrival.signed_in.session.language if arrival.signed_in else ""
    language = language_for(request, chosen, arrival.settings.language)
    return Visit(shell=shell, request=request, language=language, now=now, arrival=arrival)


def nobodys_visit(request: AnyRequest, now: datetime) -> Visit:
    """Make a visit without looking anything up, for pages of errors."""
    shell = shell_of(request)
    visit = visit_state(request)
    if isinstance(visit, Visit):
        return visit
    return Visit(shell=shell, request=request, language=language_for(request, "", ""), now=now)


def _must_name_us(request: AnyRequest, shell: Shell) -> None:
    """Refuse an unknown Host, against DNS rebinding: a foreign name that resolves to us would share our origin."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        name = None
    if name not in shell.options.trusted_hosts:
        raise ForeignHostError


def _must_come_from_us(request: AnyRequest) -> None:
    """Refuse what another site's page sent; browsers tell by Sec-Fetch-Site, older ones by Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise ForgedRequestError
        return
    origin = request.headers.get("origin", "")
    if urlsplit(origin).netloc != request.headers.get("host") or not origin:
        raise ForgedRequestError


async def _must_be_allowed(visit: Visit, access: Access) -> None:
    request = visit.request
    if visit.signed_in is None:
        raise SignedOutError
    if request.method not in _SAFE:
        await _must_bear_token(request, visit.signed_in.session.csrf_token)
    if not access.lets_in(visit.signed_in.person.roles, is_local=visit.is_local):
        raise ForbiddenError


async def _must_bear_token(request: AnyRequest, token: str) -> None:
    sent = request.headers.get(TOKEN_HEADER)
    if sent is None:
        sent = await read_token(request)
    if not hmac.compare_digest(sent.encode(), token.encode()):
        raise ForgedRequestError
