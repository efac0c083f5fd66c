"""Which addresses may be connected to: public ones, and the private networks that the administrator listed.

A name is resolved once, each address is checked, and the connection goes to a checked address: a name that resolves
otherwise a moment later reaches nothing (server-side request forgery, DNS rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from kalenderkoppling.domain.errors import InvalidValueError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")


class UnreachableByRuleError(OSError):
    """The address lies in a private network that is not listed in the settings."""


class Reach:
    """The addresses that may be connected to; `networks` are the private ones that are allowed.

    Raises:
        InvalidValueError: a network is malformed.
    """

    def __init__(self, networks: Sequence[str]) -> None:
        try:
            self._listed: tuple[Network, ...] = tuple(ip_network(each, strict=False) for each in networks)
        except ValueError:
            raise InvalidValueError("icalendar.networks: name networks such as 10.2.0.0/16") from None

    def is_listed(self, address: str) -> bool:
        """Tell whether an address lies in a listed network."""
        found = _address(address)
        return found is not None and any(found in each for each in self._listed)

    def allows(self, address: str) -> bool:
        """Tell whether an address may be connected to."""
        found = _address(address)
        if found is None:
            return False
        return self.is_listed(address) or (found.is_global and not found.is_multicast)


def _address(text: str) -> Address | None:
    """Return the address that is really connected to: IPv4 within IPv6 is unwrapped."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or found


class CheckedResolver(AbstractResolver):
    """Resolves names and gives only addresses that may be connected to; plain http only reaches listed ones."""

    def __init__(self, reach: Reach, *, only_listed: bool, inner: AbstractResolver | None = None) -> None:
        self._allows = reach.is_listed if only_listed else reach.allows
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name.

        Raises:
            UnreachableByRuleError: one of them must not be connected to.
        """
        found = await self._inner.resolve(host, port, family)
        if not found or not all(self._allows(each["host"]) for each in found):
            raise UnreachableByRuleError("not a listed network")
        return found

    async def close(self) -> None:
        """Close the resolver beneath."""
        await self._inner.close()
