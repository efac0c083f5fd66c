"""The store: what is true, in transactions; a tenant's transaction sees only that tenant (S-7)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store.absences import Absences
from kalenderkoppling.ports.store.access import Favourites, Sessions
from kalenderkoppling.ports.store.audit import Audit
from kalenderkoppling.ports.store.calls import CallBacks, Calls, Recordings
from kalenderkoppling.ports.store.changes import Changes, Lines
from kalenderkoppling.ports.store.mailboxes import Mailboxes, Subscriptions
from kalenderkoppling.ports.store.people import People
from kalenderkoppling.ports.store.rules import Choosing, Ruling

__all__ = [
    "Absences",
    "Audit",
    "CallBacks",
    "Calls",
    "Changes",
    "Choosing",
    "Favourites",
    "Lines",
    "Mailboxes",
    "People",
    "Recordings",
    "Ruling",
    "Sessions",
    "Store",
    "Subscriptions",
    "Transaction",
]


class Transaction(Protocol):
    """One tenant's unit of work; what it wrote is there as a whole after the block, or not at all.

    Every instant given and returned is aware and in UTC. A transaction belongs to one thread.
    """

    @property
    def people(self) -> People: ...
    @property
    def rules(self) -> Ruling: ...
    @property
    def choices(self) -> Choosing: ...
    @property
    def mailboxes(self) -> Mailboxes: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def favourites(self) -> Favourites: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def call_backs(self) -> CallBacks: ...
    @property
    def recordings(self) -> Recordings: ...


class Store(Protocol):
    """Opens transactions; calls block, so asynchronous callers hop to a thread once per unit of work."""

    def read(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one state and writes nothing."""
        ...

    def write(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """Open a transaction that commits at the end of the block and rolls back when an error leaves it."""
        ...

    def tenants(self) -> Sequence[TenantId]:
        """Return all tenants that are known, in order."""
        ...

    def add_tenant(self, tenant: TenantId) -> None:
        """Make a tenant known; one that is known already stays as it is."""
        ...

    def scrub(self) -> None:
        """Leave no trace of what was deleted: free pages and write-ahead log included (S-1); repeat until done."""
        ...
