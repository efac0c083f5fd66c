"""One identity provider: its metadata and keys, read when needed and kept for a while, and its token endpoint.

Sources: OpenID Connect Discovery 1.0; RFC 6749 section 4.1.3; RFC 7523 section 2.2 (private_key_jwt).
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from joserfc.jwk import KeySet, import_key

from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.surfaces.web.oidc.refusals import SignInFailedError, Why

KEPT_FOR = timedelta(hours=1)
READ_AGAIN_AFTER = timedelta(minutes=1)
"""Keys are read again for an unknown key id at most this often: whoever sends made-up ids makes us ask no more."""

TEMPLATE = "{tenantid}"
"""What Entra ID writes in the issuer of an application for several organisations, in the place of the tenant's id."""

_LARGEST_ANSWER_BYTES = 512 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOptions:
    """A provider as it is set.

    Args:
        name: Its name in our addresses.
        title: What people read on the button.
        issuer: Its issuer, to which `/.well-known/openid-configuration` is added.
        client_id: Our name there.
        client_secret: Our secret there; or
        private_key: our private key (PEM), with `certificate_thumbprint` (`x5t#S256`) where the provider asks for one.
        entra_tenants: The ids of the organisations in Entra ID that may sign in; empty for other providers.
        scopes: What is asked for.
        ca_file: Who vouches for its certificate; empty for the system's authorities.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str = ""
    private_key: str = ""
    certificate_thumbprint: str = ""
    entra_tenants: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ("openid", "profile")
    ca_file: str = ""


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider tells of itself, as far as we need it (Discovery 1.0 section 3; RFC 9207 section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What the token endpoint gives; nothing of it is kept."""

    id_token: str
    access_token: str = ""


class _Keys(msgspec.Struct, frozen=True, kw_only=True):
    keys: list[dict[str, object]]


class Provider:
    """Asks a provider; its answers are believed only over TLS, or from loopback."""

    def __init__(self, options: ProviderOptions, clock: Clock) -> None:
        self.options = options
        self._clock = clock
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._turn = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Return the metadata, read at most an hour ago.

        Raises:
            SignInFailedError: the provider is down, or tells another issuer or an address without TLS.
        """
        async with self._turn:
            now = self._clock.now()
            if self._metadata is None or now - self._metadata[0] >= KEPT_FOR:
                url = f"{self.options.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = _decoded(await self._ask("GET", url), Metadata)
                self._must_be_right(found)
                self._metadata = (now, found)
            return self._metadata[1]

    async def keys(self, key_id: str | None) -> KeySet:
        """Return the signing keys; they are read again where they are old or lack a key that a token names.

        Raises:
            SignInFailedError: the provider is down.
        """
        metadata = await self.metadata()
        async with self._turn:
            now = self._clock.now()
            if self._keys is None or self._is_old(self._keys, key_id, now):
                told = _decoded(await self._ask("GET", metadata.jwks_uri), _Keys)
                self._keys = (now, _signing_keys(told.keys))
            return self._keys[1]

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """Exchange a code for tokens.

        Raises:
            SignInFailedError: the provider is down (`PROVIDER_DOWN`) or refuses the code (`REFUSED`).
        """
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = self._authentication(metadata, form)
        return _decoded(await self._ask("POST", metadata.token_endpoint, form=form, headers=headers), Tokens)

    def _authentication(self, metadata: Metadata, form: dict[str, str]) -> Mapping[str, str]:
        """Add to a form what proves who we are; return the headers that do."""
        options = self.options
        if options.private_key:
            header = {"x5t#S256": options.certificate_thumbprint} if options.certificate_thumbprint else {}
            key = import_key(options.private_key, "RSA")
            form["client_id"] = options.client_id
            form["client_assertion_type"] = ASSERTION_TYPE
            form["client_assertion"] = private_key_jwt_sign(
                key, options.client_id, metadata.token_endpoint, header=header
            )
            return {}
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749 section 2.3.1: both are form-encoded first.
            user, password = quote(options.client_id, safe=""), quote(options.client_secret, safe="")
            return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}
        form["client_id"], form["client_secret"] = options.client_id, options.client_secret
        return {}

    def _must_be_right(self, found: Metadata) -> None:
        told, wanted = found.issuer, self.options.issuer
        is_template = TEMPLATE in told and bool(self.options.entra_tenants)
        if told.rstrip("/") != wanted.rstrip("/") and not is_template:
            raise SignInFailedError(Why.PROVIDER_DOWN, "the metadata names another issuer")
        for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            if not is_safe_url(url):
                raise SignInFailedError(Why.PROVIDER_DOWN, "the metadata names an address without TLS")

    def _is_old(self, keys: tuple[datetime, KeySet], key_id: str | None, now: datetime) -> bool:
        age = now - keys[0]
        is_known = key_id is None or any(each.kid == key_id for each in keys[1].keys)
        return age >= KEPT_FOR or (not is_known and age >= READ_AGAIN_AFTER)

    async def _ask(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            trust = ssl.create_default_context(cafile=self.options.ca_file) if self.options.ca_file else True
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.request(method, url, data=form, headers=headers, ssl=trust, allow_redirects=False) as response,
            ):
                body = await response.content.read(_LARGEST_ANSWER_BYTES)
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SignInFailedError(Why.PROVIDER_DOWN, type(error).__name__) from error
        if status != 200:  # noqa: PLR2004 - the one status of a good answer
            is_ours = method == "POST" and status in {400, 401}
            raise SignInFailedError(Why.REFUSED if is_ours else Why.PROVIDER_DOWN, f"status {status}")
        return body


def is_safe_url(url: str) -> bool:
    """Tell whether an address has TLS, or is on loopback."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _signing_keys(keys: list[dict[str, object]]) -> KeySet:
    """Return the keys that can sign; those of other kinds or uses are left out."""
    wanted = [each for each in keys if each.get("kty") in {"RSA", "EC"} and each.get("use", "sig") == "sig"]
    try:
        return KeySet.import_key_set({"keys": wanted})  # type: ignore[typeddict-item] # the provider's own
    except (ValueError, TypeError, KeyError) as error:
        raise SignInFailedError(Why.PROVIDER_DOWN, "the keys cannot be read") from error


def _decoded(body: bytes, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise SignInFailedError(Why.PROVIDER_DOWN, f"no {kind.__name__}") from error
