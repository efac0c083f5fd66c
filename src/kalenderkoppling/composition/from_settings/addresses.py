"""The public addresses that Microsoft 365 sends notices to."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import NoticeAddress

AddressOf = Callable[[TenantId, str, str], NoticeAddress]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def addresses_under(public_url: str) -> AddressOf:
    """Return the function that makes a route's addresses under a public URL.

    Raises:
        InvalidValueError: the URL is not https (plain http is for loopback, where a pretend calendar sends).
    """
    parts = urlsplit(public_url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise InvalidValueError("server.public_url must be an https address that Microsoft 365 can reach")
    base = public_url.rstrip("/")

    def address_of(tenant: TenantId, route: str, client_state: str) -> NoticeAddress:
        url = f"{base}/hooks/calendar/{tenant}/{route}"
        return NoticeAddress(changes_url=url, lifecycle_url=url, client_state=client_state)

    return address_of
