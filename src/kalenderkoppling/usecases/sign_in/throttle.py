"""Failed attempts to sign in make the next ones wait: for the account tried, and for the address they come from.

An attempt counts as failed before its password is checked, so that many at once get no more tries than one after the
other. Names that do not exist are counted in the same way as those that do.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.sign_in import Failures

FORGET_AFTER = timedelta(hours=24)
"""Failures are forgotten this long after the last one."""

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is counted together: its key in the store, how many failures are free, and the longest wait after one."""

    key: str
    free: int
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next attempt has to wait after so many failures: it doubles from one second."""
        if failures < self.free:
            return _NONE
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


def counted_for(account: str, address: str) -> tuple[Counted, Counted]:
    """Return what an attempt counts for.

    The wait for an account is short, since anybody can cause it; against 14 characters one try a minute is nothing.
    """
    return (
        Counted(key=_key("account", account), free=5, longest=timedelta(minutes=1)),
        Counted(key=_key("address", _network(address)), free=20, longest=timedelta(minutes=15)),
    )


def wait_before(tx: Transaction, counted: Iterable[Counted], now: datetime) -> timedelta:
    """Return how long an attempt has to wait; zero where it may be made now."""
    return max((_wait_of(tx, each, now) for each in counted), default=_NONE)


def count_failure(tx: Transaction, counted: Iterable[Counted], now: datetime) -> None:
    """Count a failed attempt."""
    tx.sign_in_failures.drop_before(now - FORGET_AFTER)
    for each in counted:
        known = tx.sign_in_failures.of(each.key)
        tx.sign_in_failures.put(each.key, Failures(count=known.count + 1 if known else 1, last_at=now))


def forget_failures(tx: Transaction, counted: Iterable[Counted]) -> None:
    """Start again at none, after an attempt that succeeded."""
    for each in counted:
        tx.sign_in_failures.forget(each.key)


def _wait_of(tx: Transaction, counted: Counted, now: datetime) -> timedelta:
    known = tx.sign_in_failures.of(counted.key)
    if known is None:
        return _NONE
    return max(known.last_at + counted.wait_after(known.count) - now, _NONE)


def _key(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind} {name}".encode()).hexdigest()


def _network(address: str) -> str:
    """Return what one customer of a network provider has: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    is_ipv6 = isinstance(parsed, ipaddress.IPv6Address)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if is_ipv6 else address
