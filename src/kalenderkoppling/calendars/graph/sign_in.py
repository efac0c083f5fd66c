"""Signing in to Microsoft Entra as the application: tokens by certificate or secret, one at a time, kept in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msal
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.token_door import TokenDoor
from kalenderkoppling.calendars.retry_after import Jitter
from kalenderkoppling.domain.errors import InvalidValueError, ReadFailedError, ReadProblem
from kalenderkoppling.ports.clock import Clock

# A token is renewed this long before its end, so that none expires during a request.
_SPARE = timedelta(minutes=5)
_OAUTH_WORD = re.compile(r"[a-z_]{1,64}")


class SignIn:
    """Provides tokens for Graph; concurrent callers wait for the one that is being fetched."""

    def __init__(self, connection: Connection, clock: Clock, jitter: Jitter) -> None:
        self._connection = connection
        self._clock = clock
        self._door = TokenDoor(ca_file=connection.ca_file, proxy=connection.proxy, clock=clock, jitter=jitter)
        self._scope = _scope_of(connection.base_url)
        self._application: Any = None  # msal publishes no types
        self._token = ""
        self._renew_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is valid for a while.

        Raises:
            ReadFailedError: SIGN_IN_REFUSED with Entra's error number, or the service was unreachable or its answer
                malformed.
            PausedError: the sign-in service asks the whole tenant to wait.
        """
        async with self._fetching:
            if self._renew_at is None or self._clock.now() >= self._renew_at:
                self._token, lifetime = await asyncio.to_thread(self._fetch)
                self._renew_at = self._clock.now() + max(lifetime - _SPARE, lifetime / 2)
            return self._token

    def forget(self, token: str) -> None:
        """Fetch a new token next time, if this is still the current one."""
        if token == self._token:
            self._renew_at = None

    def credential_expires_at(self) -> datetime | None:
        """Return when the certificate expires, in UTC; None for a secret, where it is unknown.

        Raises:
            InvalidValueError: the file cannot be read, or holds no certificate.
        """
        if self._connection.certificate_path is None:
            return None
        return _certificate(_read_pem(self._connection.certificate_path)).not_valid_after_utc

    def close(self) -> None:
        """Close connections to the sign-in service."""
        self._door.close()

    def _fetch(self) -> tuple[str, timedelta]:
        application = self._application or self._make_application()
        self._application = application
        # msal caches tokens too, by the machine's clock: one cache is enough.
        application.remove_tokens_for_client()
        try:
            result: Mapping[str, object] = application.acquire_token_for_client([self._scope])
        except (ValueError, TypeError) as error:
            self._application = None
            raise ReadFailedError(ReadProblem.SIGN_IN_REFUSED, "the credential cannot be used") from error
        token, seconds = result.get("access_token"), result.get("expires_in")
        if isinstance(token, str) and isinstance(seconds, int) and seconds > 0:
            return token, timedelta(seconds=seconds)
        # The next attempt reads the certificate again: it may have been replaced.
        self._application = None
        raise ReadFailedError(ReadProblem.SIGN_IN_REFUSED, _reason(result))

    def _make_application(self) -> Any:  # noqa: ANN401 - msal publishes no types
        try:
            return msal.ConfidentialClientApplication(
                self._connection.client_id,
                client_credential=_credential(self._connection),
                authority=self._connection.authority_url,
                http_client=self._door,
                # The administrator names the authority; no instance discovery at Microsoft.
                instance_discovery=False,
            )
        except InvalidValueError as error:
            raise ReadFailedError(ReadProblem.SIGN_IN_REFUSED, str(error)) from error
        except ValueError as error:
            raise ReadFailedError(ReadProblem.SIGN_IN_REFUSED, "the tenant is not known") from error


def _scope_of(base_url: str) -> str:
    """Return the scope to request: all that the application was granted at Graph, or at the pretend one."""
    if base_url.startswith("https://"):
        return "https://" + base_url.split("/")[2] + "/.default"
    return "https://graph.microsoft.com/.default"


def _reason(result: Mapping[str, object]) -> str:
    """Return Entra's error number; its messages name applications and tenants."""
    codes = result.get("error_codes")
    if isinstance(codes, list) and codes and all(isinstance(code, int) for code in codes):
        return " ".join(f"AADSTS{code}" for code in codes[:3])
    word = result.get("error")
    return word if isinstance(word, str) and _OAUTH_WORD.fullmatch(word) else "no reason given"


def _credential(connection: Connection) -> str | dict[str, str]:
    if connection.certificate_path is None:
        return connection.secret or ""
    pem = _read_pem(connection.certificate_path)
    _certificate(pem)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise InvalidValueError("the certificate's file holds no private key without a passphrase") from error
    if not isinstance(key, RSAPrivateKey):
        raise InvalidValueError("the certificate's key is not of the kind that Entra takes (RSA)")
    text = pem.decode("ascii", "replace")
    # msal computes the thumbprint from the certificate.
    return {"private_key": _part(text, "PRIVATE KEY"), "public_certificate": _part(text, "CERTIFICATE")}


def _part(pem: str, kind: str) -> str:
    found = re.search(rf"-----BEGIN ([A-Z ]*{kind})-----.*?-----END \1-----", pem, re.DOTALL)
    return found[0] if found else ""


def _read_pem(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidValueError("the certificate's file cannot be read") from error


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise InvalidValueError("the certificate's file holds no certificate") from error
