"""The pretend token endpoint: client credentials by secret or certificate, and the tokens it issued."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from kalenderkoppling.sandbox import ids
from kalenderkoppling.sandbox.refusal import unauthorized

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEMO_CLIENT_ID = ids.guid("application")
DEMO_SECRET = "pretend-secret"  # noqa: S105 - valid in the pretend world only


@dataclass(slots=True, kw_only=True)
class Application:
    """An application registration with its credentials and its scope.

    `certificate` is PEM. `mailboxes` are the user ids that Exchange's RBAC for Applications grants; None is all.
    `consented` False takes the whole permission away. Expiry dates are by the world's clock.
    """

    client_id: str = DEMO_CLIENT_ID
    secret: str | None = DEMO_SECRET
    secret_expires: datetime | None = None
    certificate: bytes | None = None
    mailboxes: Collection[str] | None = None
    consented: bool = True

    def reaches(self, user_id: str) -> bool:
        """Tell whether the application may read a mailbox."""
        return self.consented and (self.mailboxes is None or user_id in self.mailboxes)


class TokenRefused(Exception):
    """An error of the token endpoint: HTTP status, OAuth error, Entra's code and message."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.number, self.message = status, error, number, message

    def body(self, now: datetime) -> dict[str, object]:
        """Return the JSON of Entra's answer."""
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        stamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
        tail = f" Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
        return {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.message}{tail}",
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }


@dataclass(slots=True)
class TokenOffice:
    """Issues and verifies bearer tokens.

    `assertion_clock` checks the times of certificate assertions. msal uses the real time of day, whatever clock the
    world has, so it is the real clock unless set.
    """

    clock: Callable[[], datetime]
    tenant_id: str
    lifetime: timedelta = timedelta(seconds=3599)
    assertion_clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    applications: dict[str, Application] = field(default_factory=dict)
    given: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def register(self, application: Application) -> Application:
        """Register an application."""
        self.applications[application.client_id] = application
        return application

    def issue(self, client_id: str = DEMO_CLIENT_ID) -> str:
        """Issue a token as if the application had signed in."""
        now = self.clock()
        expires = now + self.lifetime
        claims = {
            "aud": "https://graph.microsoft.com",
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": expires,
            "appid": client_id,
            "tid": self.tenant_id,
            "idtyp": "app",
            "roles": ["Calendars.Read", "User.Read.All"],
            "ver": "1.0",
            "uti": uuid.uuid4().hex,
        }
        token = jwt.encode(claims, self._key, algorithm="HS256")
        self.given[token] = (client_id, expires)
        return token

    def revoke_all(self) -> None:
        """Revoke every token issued so far: the next request with one gets 401."""
        self.given.clear()

    def application_of(self, authorization: str | None) -> Application:
        """Return the application whose token an Authorization header has.

        Raises:
            Refusal: 401, where there is none, it is unknown, or it has expired.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise unauthorized("Access token is empty.")
        client_id, expires = self.given.get(token, ("", self.clock()))
        if expires <= self.clock():
            raise unauthorized("Lifetime validation failed, the token is expired.")
        return self.applications[client_id]

    def grant(self, tenant: str, form: Mapping[str, str], audiences: Collection[str]) -> dict[str, object]:
        """Answer a token request.

        `audiences` are the addresses that a certificate assertion may be made out to.

        Raises:
            TokenRefused: with Entra's error.
        """
        if tenant.casefold() != self.tenant_id:
            raise TokenRefused(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if not form.get("scope", "").endswith("/.default"):
            raise TokenRefused(400, "invalid_scope", 1002012, "The provided value for scope is not valid.")
        application = self._application(form.get("client_id", ""))
        self._check_credential(application, form, audiences)
        seconds = int(self.lifetime.total_seconds())
        token = self.issue(application.client_id)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}

    def _application(self, client_id: str) -> Application:
        application = self.applications.get(client_id)
        if application is None:
            message = f"Application with identifier '{client_id}' was not found in the directory."
            raise TokenRefused(400, "unauthorized_client", 700016, message)
        return application

    def _check_credential(self, application: Application, form: Mapping[str, str], audiences: Collection[str]) -> None:
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            self._check_assertion(application, form.get("client_assertion", ""), audiences)
            return
        if application.secret is None or form.get("client_secret") != application.secret:
            raise TokenRefused(401, "invalid_client", 7000215, "Invalid client secret provided.")
        if application.secret_expires is not None and application.secret_expires <= self.clock():
            raise TokenRefused(401, "invalid_client", 7000222, "The provided client secret keys are expired.")

    def _check_assertion(self, application: Application, assertion: str, audiences: Collection[str]) -> None:
        if application.certificate is None:
            raise TokenRefused(401, "invalid_client", 700027, "The certificate is not registered on the application.")
        certificate = x509.load_pem_x509_certificate(application.certificate)
        claims = self._verified(certificate, assertion, audiences)
        if not {claims.get("iss"), claims.get("sub")} == {application.client_id}:
            raise TokenRefused(401, "invalid_client", 700021, "The assertion is made out for another application.")
        now = self.assertion_clock().timestamp()
        if not float(str(claims.get("nbf", 0))) <= now < float(str(claims["exp"])):
            raise TokenRefused(401, "invalid_client", 700024, "Client assertion is not within its valid time range.")
        if certificate.not_valid_after_utc <= self.assertion_clock():
            raise TokenRefused(401, "invalid_client", 700027, "The certificate with the given thumbprint has expired.")

    @staticmethod
    def _verified(certificate: x509.Certificate, assertion: str, audiences: Collection[str]) -> Mapping[str, object]:
        key = certificate.public_key()
        try:
            header = jwt.get_unverified_header(assertion)
            if not isinstance(key, RSAPublicKey) or not _names(header, certificate):
                raise TokenRefused(401, "invalid_client", 700027, "The key was not found by its thumbprint.")
            return jwt.decode(
                assertion,
                key,
                algorithms=["RS256", "PS256"],
                audience=list(audiences),
                options={
                    "require": ["exp", "aud", "iss", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidAudienceError as error:
            message = "Client assertion audience claim does not match Realm issuer."
            raise TokenRefused(401, "invalid_client", 700023, message) from error
        except jwt.InvalidTokenError as error:
            message = "Client assertion failed signature validation."
            raise TokenRefused(401, "invalid_client", 700027, message) from error


def _names(header: Mapping[str, object], certificate: x509.Certificate) -> bool:
    """Tell whether a JWT header names the certificate by its thumbprint (RFC 7515, 4.1.7 and 4.1.8)."""
    der = certificate.public_bytes(Encoding.DER)
    prints = {"x5t": hashlib.sha1(der, usedforsecurity=False).digest(), "x5t#S256": hashlib.sha256(der).digest()}
    named = {name: header[name] for name in prints if name in header}
    # msal pads its thumbprints with `=`, which RFC 7515 does not; Entra takes both.
    return bool(named) and all(str(value).rstrip("=") == _base64url(prints[name]) for name, value in named.items())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def openid_configuration(origin: str, tenant: str) -> dict[str, object]:
    """Return the discovery document that msal reads before its first token request."""
    root = f"{origin}/{tenant}"
    return {
        "issuer": f"{root}/v2.0",
        "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
        "token_endpoint": f"{root}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{root}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
    }
