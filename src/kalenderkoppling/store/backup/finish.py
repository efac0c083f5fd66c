"""What a restored database still needs, in its own transaction: to be brought up to date, and noted outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store.audit_heads import AuditHeads, NotedRestore
from kalenderkoppling.store.engine import enter_tenant
from kalenderkoppling.store.erasure_list import ErasureList
from kalenderkoppling.store.head import ChainEnd, HeadRow
from kalenderkoppling.store.tables import audit_link
from kalenderkoppling.store.transaction import SqlTransaction


@dataclass(slots=True, kw_only=True)
class Restoring:
    """How a restore ends: `work` brings the database up to the present, and begins the log with the restore.

    `note` is what the heads file has to say of it, once `finish` has run; None where nothing was logged.
    """

    tenant: TenantId
    at: datetime
    work: Callable[[Transaction], None]
    heads: AuditHeads | None
    erasures: ErasureList | None
    note: NotedRestore | None = None
    end: ChainEnd | None = field(default=None)

    def finish(self, connection: Connection) -> None:
        """Bring a restored database up to the present, in the transaction that the connection is in."""
        enter_tenant(connection, self.tenant)
        before = HeadRow(connection, self.tenant).chain_end()
        transaction = SqlTransaction(connection, self.tenant, self.erasures)
        self.work(transaction)
        transaction.settle()
        first = select(audit_link.c.hash).where(
            audit_link.c.tenant_id == self.tenant, audit_link.c.number == before.number + 1
        )
        by = ChainEnd(number=before.number + 1, hash=connection.execute(first).scalar_one())
        self.note = NotedRestore(at=self.at, after=before, by=by)
        self.end = transaction.audit.new_end

    def note_outside(self) -> None:
        """Note the restore in the heads file: right before the restored database takes the other's place."""
        if self.heads is not None and self.note is not None:
            self.heads.note_restore(self.tenant, self.note)

    def done(self) -> None:
        """Write the head of the restored log, once it is in force."""
        if self.heads is not None and self.end is not None:
            self.heads.append(self.tenant, self.end)
