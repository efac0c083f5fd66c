"""The reasons that a tenant has: the standard list with what the tenant added, renamed or hid."""

from __future__ import annotations

from kalenderkoppling.domain.absence import ReasonKey
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.words.reasons import TenantReasons, default_reasons


def tenant_reasons(tx: Transaction) -> TenantReasons:
    """Return what the tenant changed of the standard list, by key."""
    return {each.key: each for each in tx.rules.reasons()}


def known_reasons(tx: Transaction) -> frozenset[ReasonKey]:
    """Return the keys that may be set: the standard ones and the tenant's own, hidden ones too."""
    return frozenset({*default_reasons(), *tenant_reasons(tx)})
