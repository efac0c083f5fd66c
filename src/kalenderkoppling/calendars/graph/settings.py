"""The section `[microsoft365]` of the settings file, and the connection that it describes."""

from __future__ import annotations

import msgspec

from kalenderkoppling.calendars.graph.connection import AUTHORITY_URL, GRAPH_URL, Connection
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings.part import CalendarSection, FilePath, Secret


class Microsoft365(CalendarSection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How Microsoft 365 is reached: an application in Entra ID, with a certificate (preferred) or a secret."""

    tenant_id: str
    client_id: str
    certificate: Secret | None = None
    secret: Secret | None = None
    graph_url: str = GRAPH_URL
    authority: str = ""
    ca_file: FilePath = ""
    proxy: str = ""


def connection_of(settings: Microsoft365) -> Connection:
    """Return the connection that the settings describe.

    Raises:
        InvalidValueError: the credential is missing or there are two, or a value does not fit.
    """
    certificate = settings.certificate.file if settings.certificate else None
    if settings.certificate is not None and not certificate:
        raise InvalidValueError("microsoft365.certificate needs `file`: a PEM file with certificate and private key")
    raw = {
        "tenant_id": settings.tenant_id,
        "client_id": settings.client_id,
        "certificate_path": certificate,
        "secret": settings.secret.read() if settings.secret else None,
        "base_url": settings.graph_url,
        "authority": settings.authority or AUTHORITY_URL,
        "ca_file": settings.ca_file or None,
        "proxy": settings.proxy or None,
    }
    try:
        return msgspec.convert({key: value for key, value in raw.items() if value is not None}, Connection)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"microsoft365: {error}") from error
