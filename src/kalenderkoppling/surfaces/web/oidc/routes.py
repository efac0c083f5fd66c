"""Signing in at a provider: to it with a request that only this browser can finish, once, and back with its proof.

Authorization code with PKCE (RFC 7636, S256), nonce and state; `iss` in the answer where the
provider sends one (RFC 9207).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from litestar import Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.identities import SignInRequest
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.oidc.id_token import proven_by
from kalenderkoppling.surfaces.web.oidc.provider import TEMPLATE, Metadata, Provider
from kalenderkoppling.surfaces.web.oidc.refusals import SignInFailedError, Why
from kalenderkoppling.surfaces.web.sign_in import sign_in
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.usecases.core import perform
from kalenderkoppling.usecases.sign_in.identities import person_who_is

BEGIN = "/sign-in/with/{provider:str}"
CALLBACK = f"{BEGIN}/callback"
MINUTES_TO_SIGN_IN = 10
_LONGEST_ANSWER = 8_000
_LONGEST_SECRET = 100
_PROVIDERS_FAULT = frozenset({"server_error", "temporarily_unavailable"})

_log = structlog.get_logger("sign_in")


def provider_handlers(providers: Mapping[str, Provider]) -> Sequence[ControllerRouterHandler]:
    """Make the two routes of the providers, by their names."""

    def named(name: str) -> Provider:
        if name not in providers:
            raise NotFoundError
        return providers[name]

    @page(BEGIN)
    async def begin(visit: TheVisit, provider: FromPath[str]) -> Response[str]:
        """Send the browser to a provider."""
        chosen = named(provider)
        try:
            return await _begin(visit, chosen)
        except SignInFailedError as error:
            return _failed(visit, chosen, error)

    @page(CALLBACK)
    async def finish(visit: TheVisit, provider: FromPath[str]) -> Response[str]:
        """Take a browser back from a provider."""
        chosen = named(provider)
        try:
            return await _finish(visit, chosen)
        except SignInFailedError as error:
            return _failed(visit, chosen, error)

    return (begin, finish)


async def _begin(visit: Visit, provider: Provider) -> Response[str]:
    metadata = await provider.metadata()
    browser = visit.request.cookies.get(_cookie_name(visit), "")
    browser = browser if 0 < len(browser) <= _LONGEST_SECRET else secrets.token_urlsafe(32)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    request = SignInRequest(
        state_key=_key(state),
        provider=provider.options.name,
        browser_key=_key(browser),
        nonce=secrets.token_urlsafe(32),
        verifier=verifier,
        next_path=local_path(visit.request.query_params.get("next", ""), otherwise=""),
        at=visit.now,
    )

    def keep(tx: Transaction) -> None:
        tx.sign_in_requests.drop_before(visit.now - timedelta(minutes=MINUTES_TO_SIGN_IN))
        tx.sign_in_requests.put(request)

    await perform(visit.shell.core, visit.shell.options.tenant, lambda unit: keep(unit.tx))
    asked = {
        "response_type": "code",
        "client_id": provider.options.client_id,
        "redirect_uri": _redirect_uri(visit, provider),
        "scope": " ".join(provider.options.scopes),
        "state": state,
        "nonce": request.nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    separator = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
    location = f"{metadata.authorization_endpoint}{separator}{urlencode(asked)}"
    return Response(
        "",
        status_code=303,
        media_type=MediaType.HTML,
        headers={"Location": location},
        cookies=[_cookie(visit, browser)],
    )


async def _finish(visit: Visit, provider: Provider) -> Response[str]:
    answer = _answer(visit)
    request = await _request(visit, provider, answer.get("state", ""))
    _must_come_from(answer.get("iss"), await provider.metadata(), provider)
    if "error" in answer or "code" not in answer:
        is_theirs = answer.get("error") in _PROVIDERS_FAULT
        raise SignInFailedError(Why.PROVIDER_DOWN if is_theirs else Why.DENIED, "the provider's answer is an error")
    tokens = await provider.exchange(answer["code"], request.verifier, _redirect_uri(visit, provider))
    proven = await proven_by(provider, tokens, request.nonce, visit.shell.core.clock.now())
    person = await person_who_is(visit.shell.core, visit.shell.options.tenant, proven)
    if person is None:
        raise SignInFailedError(Why.UNKNOWN_PERSON)
    if not person.roles:
        raise SignInFailedError(Why.NO_ROLE)
    answered = await sign_in(visit, person.id, request.next_path)
    answered.set_cookie(_cookie(visit, ""))
    return answered


def _answer(visit: Visit) -> Mapping[str, str]:
    """Return what the provider answered by way of the browser; a parameter that is there twice counts as wrong."""
    items = list(visit.request.query_params.multi_items())
    found = {str(name): str(value) for name, value in items}
    if len(found) != len(items) or sum(len(each) for each in found.values()) > _LONGEST_ANSWER:
        raise SignInFailedError(Why.STALE, "parameters")
    return found


async def _request(visit: Visit, provider: Provider, state: str) -> SignInRequest:
    """Take the request that a state belongs to: it is finished once, by the browser that began it, within minutes."""
    core, tenant = visit.shell.core, visit.shell.options.tenant
    request = await perform(core, tenant, lambda unit: unit.tx.sign_in_requests.take(_key(state)))
    browser = visit.request.cookies.get(_cookie_name(visit), "")
    if (
        request is None
        or request.provider != provider.options.name
        or not hmac.compare_digest(request.browser_key, _key(browser))
        or visit.now - request.at >= timedelta(minutes=MINUTES_TO_SIGN_IN)
    ):
        raise SignInFailedError(Why.STALE)
    return request


def _must_come_from(issuer: str | None, metadata: Metadata, provider: Provider) -> None:
    """Refuse the answer of another provider (mix-up, RFC 9207 section 2.4)."""
    if issuer is None:
        if metadata.authorization_response_iss_parameter_supported:
            raise SignInFailedError(Why.REFUSED, "iss of the answer is missing")
        return
    tenants = provider.options.entra_tenants or {""}
    if issuer not in {metadata.issuer, *(metadata.issuer.replace(TEMPLATE, each) for each in tenants)}:
        raise SignInFailedError(Why.REFUSED, "iss of the answer")


def _failed(visit: Visit, provider: Provider, error: SignInFailedError) -> Response[str]:
    _log.warning("sign_in_failed", provider=provider.options.name, reason=str(error))
    return visit.render(
        "web/sign_in_failed.html", status=error.why.status, why=error.why, provider=provider.options, Why=Why
    )


def _redirect_uri(visit: Visit, provider: Provider) -> str:
    scheme = "https" if visit.shell.options.https else "http"
    path = visit.path(CALLBACK.replace("{provider:str}", provider.options.name))
    return f"{scheme}://{visit.request.headers['host']}{path}"


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _cookie_name(visit: Visit) -> str:
    return "__Host-sign-in" if visit.shell.options.https else "sign-in"


def _cookie(visit: Visit, secret: str) -> Cookie:
    """Make the cookie that ties a sign-in to a browser; Lax, since the provider's page leads back here."""
    return Cookie(
        key=_cookie_name(visit),
        value=secret,
        path="/",
        httponly=True,
        secure=visit.shell.options.https,
        samesite="lax",
        max_age=MINUTES_TO_SIGN_IN * 60 if secret else 0,
    )
