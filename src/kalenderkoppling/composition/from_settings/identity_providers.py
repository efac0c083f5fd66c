"""From the settings file to the identity providers."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.settings.sign_in import IdentityProvider, SignIn
from kalenderkoppling.surfaces.web.oidc.provider import Provider, ProviderOptions, is_safe_url

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_ENTRA = frozenset({"login.microsoftonline.com", "sts.windows.net", "login.microsoftonline.us"})


def identity_providers(section: SignIn, clock: Clock) -> Mapping[str, Provider]:
    """Return the providers by their names, in the order of the file.

    Raises:
        InvalidValueError: a value does not fit; the message names the provider and the key.
    """
    found: dict[str, Provider] = {}
    for each in section.providers:
        if each.name in found:
            raise InvalidValueError(f"sign_in.providers: the name {each.name!r} is there twice")
        found[each.name] = Provider(_options(each), clock)
    return found


def _options(section: IdentityProvider) -> ProviderOptions:
    where = f"sign_in.providers, {section.name!r}"
    if not _NAME.fullmatch(section.name):
        raise InvalidValueError(f"{where}: a name is made of a-z, 0-9 and hyphens")
    if not is_safe_url(section.issuer):
        raise InvalidValueError(f"{where}: the issuer must be an https address")
    if not section.client_id or "openid" not in section.scopes:
        raise InvalidValueError(f"{where}: client_id must not be empty, and scopes must have openid")
    if bool(section.client_secret) == bool(section.certificate):
        raise InvalidValueError(f"{where}: either client_secret or certificate")
    if urlsplit(section.issuer).hostname in _ENTRA and not section.entra_tenants:
        raise InvalidValueError(f"{where}: with Entra ID, entra_tenants must name whose people may sign in")
    if section.ca_file and not Path(section.ca_file).is_file():
        raise InvalidValueError(f"{where}: there is no file {section.ca_file}")
    options = ProviderOptions(
        name=section.name,
        title=section.title or section.name,
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=section.client_secret.read() if section.client_secret else "",
        entra_tenants=frozenset(_tenant(each, where) for each in section.entra_tenants),
        scopes=section.scopes,
        ca_file=section.ca_file,
    )
    return _with_certificate(options, section.certificate.read(), where) if section.certificate else options


def _tenant(text: str, where: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise InvalidValueError(f"{where}: entra_tenants: {text!r} is no id of an organisation") from error


def _with_certificate(options: ProviderOptions, pem: str, where: str) -> ProviderOptions:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except (ValueError, TypeError) as error:
        raise InvalidValueError(
            f"{where}: certificate must be a PEM file with a private key and a certificate"
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise InvalidValueError(f"{where}: the private key must be an RSA key")
    thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    return replace(options, private_key=pem, certificate_thumbprint=thumbprint)
