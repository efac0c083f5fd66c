"""Which exchange asks: each has a key of its own, which lets it ask for one tenant and nothing else.

A key comes as `Authorization: Bearer KEY` (RFC 6750), or as the password of the exchange's name (`Basic`, RFC 7617),
which dial plans can write into an address. It is not taken from a query: addresses end in logs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from kalenderkoppling.domain.person import TenantId

CHALLENGE = 'Bearer realm="exchange", Basic realm="exchange", charset="UTF-8"'
_LONGEST = 1_000


class ExchangeKeys:
    """The keys of exchanges, by name, and the tenant that each asks for."""

    def __init__(self, keys: Mapping[str, str], tenants: Mapping[str, TenantId]) -> None:
        # Hashes have a fixed length, so comparing them does not leak the length of a key.
        self._known = [(name, _hash(key), tenants[name]) for name, key in keys.items()]

    def tenant_for(self, authorization: str) -> TenantId | None:
        """Return the tenant of the exchange that sent a header, None if its key is unknown.

        Every key is compared, each in constant time, even after a match.
        """
        scheme, _, rest = authorization[:_LONGEST].partition(" ")
        match scheme.lower():
            case "bearer":
                name, key = None, rest.strip()
            case "basic":
                name, key = _from_basic(rest.strip())
            case _:
                return None
        sent = _hash(key)
        fitting = [
            tenant
            for known_name, known, tenant in self._known
            if hmac.compare_digest(known, sent) & (name is None or name == known_name)
        ]
        return fitting[0] if fitting and key else None


def _from_basic(encoded: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()
