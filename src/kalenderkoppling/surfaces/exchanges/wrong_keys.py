"""Wrong keys by source address: after too many, an address that is no exchange's is not listened to for a minute.

An exchange's own address is never shut out: whoever shares it could otherwise keep the exchange from asking.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

MOST_A_MINUTE = 20
MINUTE = timedelta(minutes=1)
MOST_ADDRESSES = 10_000
_IPV6_SITE_BITS = 64

Network = IPv4Network | IPv6Network


@dataclass(slots=True)
class _Minute:
    began: datetime
    count: int = 0


class WrongKeys:
    """Counts wrong keys of the last minute; the addresses that were wrong most recently are remembered.

    Args:
        exchanges: The networks of exchanges, which are never shut out.
    """

    def __init__(self, exchanges: Sequence[Network] = ()) -> None:
        self._exchanges = exchanges
        self._minutes: OrderedDict[str, _Minute] = OrderedDict()

    def is_shut_out(self, address: str, now: datetime) -> bool:
        """Return whether an address is blocked now: its keys are not checked."""
        minute = self._minutes.get(_source(address))
        if minute is None or not minute.began <= now < minute.began + MINUTE:
            return False
        return minute.count >= MOST_A_MINUTE and not self._is_exchange(address)

    def note(self, address: str, now: datetime) -> None:
        """Count a wrong key."""
        source = _source(address)
        minute = self._minutes.pop(source, None)
        if minute is None or not minute.began <= now < minute.began + MINUTE:
            minute = _Minute(began=now)
        minute.count += 1
        self._minutes[source] = minute
        if len(self._minutes) > MOST_ADDRESSES:
            self._minutes.popitem(last=False)

    def _is_exchange(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in each for each in self._exchanges)


def _source(address: str) -> str:
    """Return what counts as one source: an IPv4 address, or the network that an IPv6 site is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((found, _IPV6_SITE_BITS), strict=False)) if isinstance(found, IPv6Address) else str(found)
