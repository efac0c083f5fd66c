"""Which exchange a request comes from: by its address, else by its login.

This runs before the stack: a rejected request creates no transaction, no timer and no cache entry.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from kalenderkoppling.telephony.sip.digest import Digest
from kalenderkoppling.telephony.sip.envelope import FORBIDDEN, UNAUTHORIZED, Envelope, answer_to
from kalenderkoppling.telephony.sip.options import SipExchange, SipOptions

MOST_SOURCES = 4_096
"""How many hosts' refusals are counted at a time; the least recently seen host is evicted first."""

MOST_AT_ONCE = 20
REFUSALS_A_SECOND = 2.0
"""How many refusals one host gets at once, and per second after that; further requests are dropped."""

Address = tuple[str, int]


def _nobody() -> None:
    """Tell nobody."""


class Door:
    """Knows the exchanges; `now` is a monotonic clock in seconds, `refused` is called for each unknown sender."""

    def __init__(self, options: SipOptions, now: Callable[[], float], refused: Callable[[], None] = _nobody) -> None:
        self._exchanges = options.exchanges
        self._asks = any(each.asks_login for each in options.exchanges)
        self._digest = Digest(now)
        self._refusals = Refusals(now)
        self._refused = refused

    def by_address(self, host: str) -> SipExchange | None:
        """Return the exchange that a host belongs to, None for an unknown host."""
        return next((each for each in self._exchanges if each.has(host)), None)

    def by_login(self, envelope: Envelope, host: str, datagram: bytes) -> SipExchange | None:
        """Return the exchange whose login a request has, None without a valid one."""
        if not envelope.first("authorization"):
            return None
        for each in self._exchanges:
            if each.asks_login and self._digest.accepts(envelope, host, each.asks_login, datagram):
                self._refusals.forget(host)
                return each
        return None

    def refusal(self, envelope: Envelope, source: Address, received_bytes: int) -> tuple[str, Address] | None:
        """Return the answer to an unknown sender: a challenge where any exchange logs in, else 403.

        None for an ACK and for a host over its rate. The answer is never larger than the request, so that a forged
        source address cannot use us for amplification; None where it would be.
        """
        if envelope.method == "ACK":
            return None
        self._refused()
        if not self._refusals.may_be_told(source[0]):
            return None
        status, extra = FORBIDDEN, []
        if self._asks and envelope.method != "CANCEL":
            status, extra = UNAUTHORIZED, [self._digest.challenge(envelope, source[0])]
        answer, address = answer_to(envelope, status, source, extra)
        return (answer, address) if len(answer) <= received_bytes else None


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float


class Refusals:
    """How many refusals each host may still get, for `MOST_SOURCES` hosts at most."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._hosts: OrderedDict[str, _Allowance] = OrderedDict()

    def may_be_told(self, host: str) -> bool:
        """Tell whether a host gets one more refusal, and count it."""
        now = self._now()
        known = self._hosts.pop(host, None) or _Allowance(MOST_AT_ONCE, now)
        left = min(known.left + (now - known.at) * REFUSALS_A_SECOND, MOST_AT_ONCE)
        is_told = left >= 1
        self._hosts[host] = _Allowance(left - 1 if is_told else left, now)
        if len(self._hosts) > MOST_SOURCES:
            self._hosts.popitem(last=False)
        return is_told

    def forget(self, host: str) -> None:
        """Reset the count of a host that has logged in."""
        self._hosts.pop(host, None)

    def __len__(self) -> int:
        return len(self._hosts)
