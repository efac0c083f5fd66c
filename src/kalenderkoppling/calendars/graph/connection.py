"""What an administrator fills in to connect a Microsoft 365 tenant; a form can be generated from these fields."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError

GRAPH_URL = "https://graph.microsoft.com/v1.0"
AUTHORITY_URL = "https://login.microsoftonline.com"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = r"^[A-Za-z0-9][A-Za-z0-9.-]{2,127}$"

Name = Annotated[str, msgspec.Meta(pattern=_NAME)]
Path = Annotated[str, msgspec.Meta(min_length=1, extra={"kind": "path"})]
Secret = Annotated[str, msgspec.Meta(min_length=1, extra={"kind": "secret"})]
Url = Annotated[str, msgspec.Meta(min_length=1, extra={"kind": "url"})]


class Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant, the application that reads in it, and the credential: a certificate (preferred) or a secret.

    `certificate_path` is a PEM file with certificate and private key. `base_url` and `authority` differ in national
    clouds and with a pretend Graph; `ca_file` has the certificate authorities to trust there. Plain http is for
    loopback only.

    Raises:
        InvalidValueError: no credential or two, or an address that is not https.
    """

    tenant_id: Name
    client_id: Name
    certificate_path: Path | None = None
    secret: Secret | None = None
    base_url: Url = GRAPH_URL
    authority: Url = AUTHORITY_URL
    ca_file: Path | None = None
    proxy: Url | None = None

    def __post_init__(self) -> None:
        if (self.certificate_path is None) == (self.secret is None):
            raise InvalidValueError("name a certificate or a secret, not both and not neither")
        for url in (self.base_url, self.authority):
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
                raise InvalidValueError("the addresses of Graph and its sign-in must be https")
            if parts.username is not None or parts.query or parts.fragment or not parts.hostname:
                raise InvalidValueError("the addresses of Graph and its sign-in are plain addresses")

    def __repr__(self) -> str:
        return f"Connection(tenant_id={self.tenant_id!r}, client_id={self.client_id!r})"

    @property
    def authority_url(self) -> str:
        """The authority of this tenant."""
        return f"{self.authority.rstrip('/')}/{self.tenant_id}"
