"""What of an ID token is believed (OpenID Connect Core 1.0 section 3.1.3.7; RFC 8725)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet

from kalenderkoppling.ports.store.identities import Identity
from kalenderkoppling.surfaces.web.oidc.provider import TEMPLATE, Metadata, Provider, Tokens
from kalenderkoppling.surfaces.web.oidc.refusals import SignInFailedError, Why
from kalenderkoppling.usecases.sign_in.identities import Proven

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Asymmetric ones only: `none` proves nothing, and with HS256 whoever knows a public key could sign."""

LEEWAY_SECONDS = 300
"""How far the provider's clock may be from ours."""

_LONGEST_TOKEN = 64 * 1024
_LONGEST_SUBJECT = 255
_OF_TIME = frozenset({"iat", "nbf", "exp"})


async def proven_by(provider: Provider, tokens: Tokens, nonce: str, now: datetime) -> Proven:
    """Return whom an ID token proves.

    Args:
        provider: Who gave the tokens.
        tokens: As they came from the token endpoint.
        nonce: What we sent with the request.
        now: The present (UTC).

    Raises:
        SignInFailedError: the token does not hold (`REFUSED`, `CLOCK`), or is of an organisation that is not listed
            (`WRONG_TENANT`).
    """
    metadata = await provider.metadata()
    key_id = _key_id(tokens.id_token)
    decoded = _decoded(tokens.id_token, await provider.keys(key_id))
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        params={"nonce": nonce, "client_id": provider.options.client_id, "access_token": tokens.access_token},
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except ExpiredTokenError as error:
        raise SignInFailedError(Why.CLOCK, "exp") from error
    except InvalidClaimError as error:
        why = Why.CLOCK if error.claim in _OF_TIME else Why.REFUSED
        raise SignInFailedError(why, str(error.claim)) from error
    except (JoseError, ValueError, TypeError) as error:
        raise SignInFailedError(Why.REFUSED, type(error).__name__) from error
    _must_be_for_us(claims, provider.options.client_id)
    return _proven(claims, metadata, provider)


def _key_id(token: str) -> str | None:
    """Read the key id of a token that nothing is believed of yet."""
    if len(token) > _LONGEST_TOKEN or token.count(".") != 2:  # noqa: PLR2004 - the three parts of a signed token
        raise SignInFailedError(Why.REFUSED, "not a signed token")
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error) as error:
        raise SignInFailedError(Why.REFUSED, "no header") from error
    if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
        raise SignInFailedError(Why.REFUSED, "alg")
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None


def _decoded(token: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SignInFailedError(Why.REFUSED, type(error).__name__) from error


def _must_be_for_us(claims: CodeIDToken, client_id: str) -> None:
    told: Any = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if client_id not in audience or (len(audience) > 1 and claims.get("azp") != client_id):
        raise SignInFailedError(Why.REFUSED, "aud")
    if not claims.get("nonce"):
        raise SignInFailedError(Why.REFUSED, "nonce")


def _proven(claims: CodeIDToken, metadata: Metadata, provider: Provider) -> Proven:
    subject, issuer = claims.get("sub"), claims.get("iss")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise SignInFailedError(Why.REFUSED, "sub")
    name = claims.get("name")
    shown_name = name if isinstance(name, str) else ""
    allowed = provider.options.entra_tenants
    if not allowed:
        if issuer != metadata.issuer:
            raise SignInFailedError(Why.REFUSED, "iss")
        return Proven(identity=Identity(issuer=issuer, subject=subject), shown_name=shown_name)
    tenant, oid = claims.get("tid"), claims.get("oid")
    if not isinstance(tenant, str) or not isinstance(oid, str) or not oid:
        raise SignInFailedError(Why.REFUSED, "tid, oid")
    if issuer != metadata.issuer.replace(TEMPLATE, tenant):
        raise SignInFailedError(Why.REFUSED, "iss")
    if tenant.casefold() not in allowed:
        raise SignInFailedError(Why.WRONG_TENANT)
    identity = Identity(issuer=issuer, subject=f"{tenant.casefold()}/{oid.casefold()}")
    return Proven(identity=identity, entra_oid=oid.casefold(), shown_name=shown_name)
