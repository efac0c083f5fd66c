"""The store over a database: opens transactions, and leaves no trace of what was deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import select

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import tables
from kalenderkoppling.store.audit_heads import AuditHeads
from kalenderkoppling.store.engine import Engines, enter_tenant, open_engines
from kalenderkoppling.store.erasure_list import ErasureList
from kalenderkoppling.store.failures import in_our_words
from kalenderkoppling.store.schema import migrate
from kalenderkoppling.store.scoped import add_missing
from kalenderkoppling.store.scrub import scrub
from kalenderkoppling.store.transaction import SqlTransaction

_log = structlog.get_logger("store")

_TENANTS = select(tables.tenant.c.tenant_id).order_by(tables.tenant.c.tenant_id)


class SqlStore:
    """A store in SQLite or PostgreSQL; any number of threads may use it, a transaction belongs to one.

    Raises:
        StoreUnavailableError: from any call, when the database cannot be used just now.
    """

    def __init__(
        self,
        engines: Engines,
        *,
        scrub_patience: timedelta = timedelta(seconds=30),
        audit_heads: AuditHeads | None = None,
        erasure_list: ErasureList | None = None,
    ) -> None:
        self._engines = engines
        self._audit_heads = audit_heads
        self._erasure_list = erasure_list
        self._scrub_patience = scrub_patience

    @contextmanager
    def read(self, tenant: TenantId) -> Iterator[Transaction]:
        """Open a transaction that sees one state and writes nothing."""
        with in_our_words(), self._engines.readers.connect() as connection, connection.begin():
            enter_tenant(connection, tenant)
            yield SqlTransaction(connection, tenant, audit_heads=self._audit_heads)

    @contextmanager
    def write(self, tenant: TenantId) -> Iterator[Transaction]:
        """Open a transaction that commits at the end of the block and rolls back when an error leaves it.

        What a person did (it is in the audit log then) is on the disk when the block has ended, power cuts included.
        """
        with in_our_words():
            with self._engines.writers.connect() as connection, connection.begin():
                enter_tenant(connection, tenant)
                transaction = SqlTransaction(connection, tenant, self._erasure_list, self._audit_heads)
                yield transaction
                transaction.settle()
            if transaction.audit.bears_acts:
                self._engines.flush()
        if self._audit_heads is not None and transaction.audit.new_end is not None:
            try:
                self._audit_heads.append(tenant, transaction.audit.new_end)
            except OSError as error:
                # It is committed: to refuse it now would tell a falsehood. The next head covers this one, too.
                _log.error("audit_head_not_written", error=type(error).__name__)

    def tenants(self) -> Sequence[TenantId]:
        """Return all tenants that are known, in order."""
        with in_our_words(), self._engines.readers.connect() as connection, connection.begin():
            return [TenantId(tenant) for tenant in connection.execute(_TENANTS).scalars()]

    def add_tenant(self, tenant: TenantId) -> None:
        """Make a tenant known; one that is known already stays as it is."""
        with in_our_words(), self._engines.writers.connect() as connection, connection.begin():
            connection.execute(add_missing(tables.tenant, connection.dialect.name), {"tenant_id": tenant})

    def scrub(self) -> None:
        """Leave no trace of what was deleted: free pages and write-ahead log included (S-1).

        Raises:
            StoreUnavailableError: a reader held an old state for so long that traces may be left: scrub again.
        """
        with in_our_words():
            scrub(self._engines, self._scrub_patience)

    def close(self) -> None:
        """Let go of every connection."""
        self._engines.dispose()


def open_store(url: str, audit_heads: AuditHeads | None = None, erasure_list: ErasureList | None = None) -> SqlStore:
    """Bring the database's tables up to date and open it: `sqlite:////var/lib/kk.db` or `postgresql://…`.

    With `audit_heads` the end of each audit chain is written there, too, after each commit that moves it. With
    `erasure_list` every erasure is listed there before it is committed.

    Raises:
        InvalidValueError: the address names neither, or the heads or the list cannot be written.
        StoreUnavailableError: the database cannot be reached or was made by a newer version.
    """
    migrate(url)
    if audit_heads is not None:
        audit_heads.must_be_writable()
    if erasure_list is not None:
        erasure_list.must_be_writable()
    return SqlStore(open_engines(url), audit_heads=audit_heads, erasure_list=erasure_list)
