"""The network address of whoever asks, through proxies that are known.

A proxy's header is believed only where the connection comes from a listed proxy. Of the addresses in it the right-most
that is no listed proxy counts: whatever stands further left was written by the client itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class ForwardedHeader(StrEnum):
    """The header in which proxies tell the client's address.

    Only one is believed: a proxy that writes one of them passes the other on as the client wrote it.
    """

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"
    """RFC 7239."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """The proxies in front of the pages, as addresses or networks; without any, no header is believed."""

    networks: Sequence[str] = ()
    header: ForwardedHeader = ForwardedHeader.X_FORWARDED_FOR

    def client_address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the client's address.

        Args:
            peer: The address that the connection comes from; empty where there is none, such as on a Unix socket.
            headers: The request's headers, by lower-case names.

        Returns:
            An address as text; the peer's where no proxy tells another.
        """
        found = read_address(peer)
        if found is None or not self._are_ours(found):
            return peer if found is None else str(found)
        for hop in reversed(self._hops(headers.get(self.header, ""))):
            told = read_address(hop)
            if told is None:
                break
            found = told
            if not self._are_ours(told):
                break
        return str(found)

    def _are_ours(self, address: Address) -> bool:
        return any(address in _network(each) for each in self.networks)

    def _hops(self, value: str) -> list[str]:
        elements = [each.strip() for each in value.split(",")]
        if self.header is ForwardedHeader.X_FORWARDED_FOR:
            return elements
        return [_for_of(each) for each in elements]


@cache
def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


_FOR = re.compile(r'(?:^|;)\s*for=(?:"([^"]*)"|([^;"\s]*))', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")


def _for_of(element: str) -> str:
    found = _FOR.search(element)
    return (found[1] or found[2] or "") if found else ""


def read_address(text: str) -> Address | None:
    """Read an address with or without a port; None where it is none. IPv4 in IPv6 form is read as IPv4."""
    with_port = _WITH_PORT.fullmatch(text)
    bare = (with_port[1] or with_port[2]) if with_port else text
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
