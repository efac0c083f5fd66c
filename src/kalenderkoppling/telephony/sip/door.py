"""Which exchange a request comes from: by its address, else by its login; a stranger costs next to nothing.

Everything here is before the stack: who is turned away leaves no transaction, no timer and no cache entry behind.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from kalenderkoppling.telephony.sip.digest import Digest
from kalenderkoppling.telephony.sip.envelope import FORBIDDEN, UNAUTHORIZED, Envelope, answer_to
from kalenderkoppling.telephony.sip.options import SipExchange, SipOptions

MOST_SOURCES = 4_096
"""Hosts whose refusals are counted at a time; the one that was quiet longest is forgotten first."""

MOST_AT_ONCE = 20
REFUSALS_A_SECOND = 2.0
"""How many refusals one host gets at once, and a second from then on; what it sends beyond is dropped."""

Address = tuple[str, int]


def _nobody() -> None:
    """Tell nobody."""


class Door:
    """Knows the exchanges; `now` is a monotonic clock in seconds, and `refused` hears of each stranger."""

    def __init__(self, options: SipOptions, now: Callable[[], float], refused: Callable[[], None] = _nobody) -> None:
        self._exchanges = options.exchanges
        self._asks = any(each.asks_login for each in options.exchanges)
        self._digest = Digest(now)
        self._refusals = Refusals(now)
        self._refused = refused

    def by_address(self, host: str) -> SipExchange | None:
        """Return the exchange that a host belongs to, None for any other host."""
        return next((each for each in self._exchanges if each.has(host)), None)

    def by_login(self, envelope: Envelope, host: str, datagram: bytes) -> SipExchange | None:
        """Return the exchange whose login a request bears, None for a stranger's."""
        if not envelope.first("authorization"):
            return None
        for each in self._exchanges:
            if each.asks_login and self._digest.accepts(envelope, host, each.asks_login, datagram):
                self._refusals.forget(host)
                return each
        return None

    def refusal(self, envelope: Envelope, source: Address, received_bytes: int) -> tuple[str, Address] | None:
        """Return the one answer to a stranger, or None: nothing to an ACK, to who asks too often, or beyond its size.

        A challenge where any exchange logs in, else 403. It is never larger than what came, so that nobody can have
        us send to somebody else more than was sent to us.
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
    """How many refusals each host may still get; takes no more memory than `MOST_SOURCES` hosts need."""

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
        """Let a host that has logged in begin anew."""
        self._hosts.pop(host, None)

    def __len__(self) -> int:
        return len(self._hosts)
