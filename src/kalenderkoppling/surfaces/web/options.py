"""How the web is set up: the tenant served, the address, what the pages say of the installation."""

from __future__ import annotations

from dataclasses import dataclass, field

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.surfaces.web.client_address import Proxies


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLinks:
    """What a demo's pages point to: the pretend Outlook, and people to sign in as first (their ids)."""

    outlook_url: str = ""
    suggested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What the composition decides.

    Args:
        tenant: The tenant whose directory is served.
        company: Its name, shown beside the product's; empty shows none.
        base_path: Where a proxy mounts the application, without a slash at the end; empty for the root.
        trusted_hosts: Host names, without ports, that requests may name (against DNS rebinding).
        https: Whether people reach it by https; then the cookie is `__Host-` and Secure, and HSTS is sent.
        has_telephone_system: Whether anything tells line states; without, the pages say once that they are unknown.
        takes_calls: Whether any exchange sends us its calls; without, the pages say that none is diverted yet.
        demo: Set in the demo only.
        proxies: The proxies that may tell from which address a request comes.
    """

    tenant: TenantId
    company: str = ""
    base_path: str = ""
    trusted_hosts: frozenset[str] = field(default_factory=lambda: frozenset({"127.0.0.1", "localhost", "::1"}))
    https: bool = False
    has_telephone_system: bool = False
    takes_calls: bool = False
    demo: DemoLinks | None = None
    proxies: Proxies = field(default_factory=Proxies)
