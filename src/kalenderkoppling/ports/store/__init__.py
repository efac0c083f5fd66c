"""The store: all lasting state, in transactions; a tenant's transaction sees only that tenant (S-7)."""

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
from kalenderkoppling.ports.store.erasures import Erasures
from kalenderkoppling.ports.store.identities import Identities, SignInRequests
from kalenderkoppling.ports.store.mailboxes import Mailboxes, Subscriptions
from kalenderkoppling.ports.store.people import People
from kalenderkoppling.ports.store.rules import Choosing, Ruling
from kalenderkoppling.ports.store.services import ServiceRecords
from kalenderkoppling.ports.store.sign_in import LocalAdministrators, SignInFailures

__all__ = [
    "Absences",
    "Audit",
    "CallBacks",
    "Calls",
    "Changes",
    "Choosing",
    "Erasures",
    "Favourites",
    "Identities",
    "Lines",
    "LocalAdministrators",
    "Mailboxes",
    "People",
    "Recordings",
    "Ruling",
    "ServiceRecords",
    "Sessions",
    "SignInFailures",
    "SignInRequests",
    "Store",
    "Subscriptions",
    "Transaction",
]


class Transaction(Protocol):
    """One tenant's transaction: atomic, committed at the end of the block.

    Every instant is aware and in UTC. A transaction belongs to one thread.
    """

    @property
    def people(self) -> People: ...
    @property
    def services(self) -> ServiceRecords: ...
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
    def erasures(self) -> Erasures: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def favourites(self) -> Favourites: ...
    @property
    def administrators(self) -> LocalAdministrators: ...
    @property
    def sign_in_failures(self) -> SignInFailures: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def sign_in_requests(self) -> SignInRequests: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def call_backs(self) -> CallBacks: ...
    @property
    def recordings(self) -> Recordings: ...


class Store(Protocol):
    """Opens transactions. Methods block, so asynchronous callers use a thread, once per unit of work."""

    def read(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """Open a read-only transaction on one snapshot."""
        ...

    def write(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """Open a transaction that commits at the end of the block and rolls back on an error."""
        ...

    def tenants(self) -> Sequence[TenantId]:
        """Return all tenants, in order of id."""
        ...

    def add_tenant(self, tenant: TenantId) -> None:
        """Add a tenant; idempotent."""
        ...

    def scrub(self) -> None:
        """Overwrite what was deleted, in free pages and the write-ahead log too (S-1); retried until done."""
        ...
