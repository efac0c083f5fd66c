"""The one tenant of this program; the core below knows many."""

from __future__ import annotations

from kalenderkoppling.domain.person import TenantId

TENANT = TenantId("default")
