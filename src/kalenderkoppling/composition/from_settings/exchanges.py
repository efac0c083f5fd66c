"""From the settings file to the exchanges that the voice process knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings.telephony import Exchange, Login, Telephony
from kalenderkoppling.telephony.sip import Credentials, SipExchange, SipOptions
from kalenderkoppling.telephony.sip.options import SIP_PORT

_KEY = re.compile(r"[A-Za-z0-9]{16,256}")


def sip_options(telephony: Telephony) -> SipOptions:
    """Return how the SIP endpoint is set up.

    Raises:
        InvalidValueError: an address, a name or a login does not fit; the message names it.
    """
    names = [each.name for each in telephony.exchanges]
    if not names:
        raise InvalidValueError("telephony.exchanges: name at least one exchange that may call")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValueError(f"telephony.exchanges: {twice[0]!r} is there twice")
    return SipOptions(
        host=_own_address(telephony.host),
        port=telephony.port,
        exchanges=tuple(_exchange(each) for each in telephony.exchanges),
    )


def exchange_networks(telephony: Telephony) -> tuple[IPv4Network, ...]:
    """Return the networks of all exchanges.

    Raises:
        InvalidValueError: an address is malformed; the message names it.
    """
    exchanges = sip_options(telephony).exchanges
    return tuple(network for each in exchanges for network in each.networks)


def exchange_keys(telephony: Telephony) -> Iterator[tuple[str, str]]:
    """Return the exchanges that may request decisions, each with its key.

    Raises:
        InvalidValueError: a key cannot be read, or is short enough to be guessed.
    """
    for each in telephony.exchanges:
        if each.key is not None:
            key = each.key.read()
            if not _KEY.fullmatch(key):
                raise InvalidValueError(
                    f"telephony.exchanges {each.name!r}: its key must be 16 letters and digits or more, since dial "
                    "plans write it into addresses"
                )
            yield each.name, key


def _exchange(exchange: Exchange) -> SipExchange:
    where = f"telephony.exchanges {exchange.name!r}"
    if not exchange.addresses and exchange.asks_login is None and exchange.key is None:
        raise InvalidValueError(f"{where}: name its addresses, a login that it answers, or a key that it asks with")
    return SipExchange(
        name=exchange.name,
        tenant=TENANT,
        networks=tuple(_network(each, where) for each in exchange.addresses),
        proxy=_proxy(exchange.proxy, where) if exchange.proxy else None,
        login=_credentials(exchange.login),
        asks_login=_credentials(exchange.asks_login),
        wants_redirects=exchange.redirects,
        transfers=exchange.transfer == "refer",
    )


def _own_address(host: str) -> str:
    try:
        found = IPv4Address(host)
    except ValueError:
        raise InvalidValueError(f"telephony.host: {host!r} is no IPv4 address") from None
    if found.is_unspecified:
        raise InvalidValueError("telephony.host: name the address that exchanges reach, not 0.0.0.0")
    return host


def _network(text: str, where: str) -> IPv4Network:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        raise InvalidValueError(f"{where}: {text!r} is no IPv4 address or network") from None


def _proxy(text: str, where: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536)):  # noqa: PLR2004 - the ports there are
        raise InvalidValueError(f"{where}: {text!r} is no host with a port")
    return host, int(port or SIP_PORT)


def _credentials(login: Login | None) -> Credentials | None:
    return None if login is None else Credentials(user=login.user, password=login.password.read())
