"""From the settings file to how people sign in, and to where the pages may be served."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from urllib.parse import urlsplit

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.identity_providers import identity_providers
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.settings import Server, Settings
from kalenderkoppling.surfaces.web.client_address import ForwardedHeader, Proxies
from kalenderkoppling.surfaces.web.configured_sign_in import ConfiguredSignIn
from kalenderkoppling.surfaces.web.demo_sign_in import DemoSignIn
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.sign_in import SignIn


def make_sign_in(settings: Settings | None = None, clock: Clock | None = None) -> SignIn:
    """Return how people sign in: as the section `sign_in` says; without one everybody chooses whom to be.

    Raises:
        InvalidValueError: a provider's value does not fit.
    """
    if settings is None or settings.sign_in is None:
        return DemoSignIn()
    return ConfiguredSignIn(identity_providers(settings.sign_in, clock or SystemClock()))


def with_public_address(options: WebOptions, settings: Settings) -> WebOptions:
    """Return the options with how browsers reach the pages: their public host, by https or not, through which proxies.

    Raises:
        InvalidValueError: the pages would be served beyond this machine without sign-in or without TLS, or a value does
            not fit; the message names the setting and what to do.
    """
    server = settings.server
    if settings.sign_in is None:
        _must_be_loopback(server)
    public = _public_host(server)
    if public is None and not is_loopback(server.host):
        raise InvalidValueError(
            f"server.host: {server.host!r} is not this machine's loopback, and server.pages_url is not set. Set it to "
            "the https address at which a proxy with TLS serves the pages."
        )
    proxies = Proxies(networks=_networks(server), header=ForwardedHeader(server.forwarded_header))
    return replace(
        options,
        https=public is not None,
        trusted_hosts=options.trusted_hosts | ({public} if public else set()),
        proxies=proxies,
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine's loopback."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _must_be_loopback(server: Server) -> None:
    for name, host in (("host", server.host), ("hooks_host", server.hooks_host)):
        if not is_loopback(host):
            raise InvalidValueError(
                f"server.{name}: {host!r} is not this machine's loopback. Without a section [sign_in] anybody can sign "
                "in as anybody: the pages are for this machine only. Publish the hooks port through a proxy with TLS."
            )
    if server.pages_url:
        raise InvalidValueError(
            "server.pages_url is set, but there is no section [sign_in]: anybody could sign in as anybody there"
        )


def _public_host(server: Server) -> str | None:
    if not server.pages_url:
        return None
    try:
        parts = urlsplit(server.pages_url)
        port_is_none_or_fits = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_none_or_fits = urlsplit(""), False
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme != "https" or not parts.hostname or not is_bare or not port_is_none_or_fits:
        raise InvalidValueError(
            f"server.pages_url: {server.pages_url!r} must be an https address without a path, such as "
            "https://telefonbok.example.com"
        )
    return parts.hostname


def _networks(server: Server) -> tuple[str, ...]:
    for each in server.trusted_proxies:
        try:
            network = ipaddress.ip_network(each)
        except ValueError as error:
            raise InvalidValueError(
                f"server.trusted_proxies: {each!r} is neither an address nor a network such as 192.0.2.0/24"
            ) from error
        if network.prefixlen == 0:
            raise InvalidValueError(f"server.trusted_proxies: {each!r} is everybody: name the proxies alone")
    return server.trusted_proxies
