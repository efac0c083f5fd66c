"""How the endpoint is set up: where it listens, and which exchanges it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, ip_address

from kalenderkoppling.domain.person import TenantId

USER_AGENT = "Kalenderkoppling"
SIP_PORT = 5060


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user name and its password for digest authentication (RFC 3261, section 22)."""

    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SipExchange:
    """An exchange that calls come from, and that our calls go to.

    `networks` are the sources of its requests. `proxy` is where our calls go; None sends each to the host in its URI.
    `login` answers the exchange's challenges. With `asks_login` a request from any address is the exchange's if it
    answers our challenge. `transfers`: it keeps a caller whose transfer fails, so that REFER may be used.
    """

    name: str
    tenant: TenantId
    networks: Sequence[IPv4Network] = ()
    proxy: tuple[str, int] | None = None
    login: Credentials | None = None
    asks_login: Credentials | None = None
    wants_redirects: bool = False
    transfers: bool = False

    def has(self, address: str) -> bool:
        """Tell whether an address is one of the exchange's."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SipOptions:
    """Where the endpoint listens (UDP), and its timeouts.

    `host` is this machine's address as exchanges reach it. A phone without even a provisional answer within `no_reply`
    is unreachable; `transfer_reply` is the timeout for accepting a transfer and for each report of its progress.
    Joined sides are polled every `alive_every`; one that does not answer within `alive_reply` is gone. A caller whose
    transfer failed is polled every `watched_every`. Beyond `most_calls` a call is refused with 503. `last_words` is
    how long a stop waits for answers to BYE, which is retransmitted meanwhile.
    """

    host: str
    port: int = SIP_PORT
    exchanges: Sequence[SipExchange] = ()
    no_reply: timedelta = timedelta(seconds=4)
    transfer_reply: timedelta = timedelta(seconds=10)
    alive_every: timedelta = timedelta(minutes=2)
    alive_reply: timedelta = timedelta(seconds=32)
    watched_every: timedelta = timedelta(seconds=2)
    most_calls: int = 1_000
    last_words: timedelta = timedelta(seconds=2)
