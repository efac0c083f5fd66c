"""One tenant's unit of work over one connection."""

from __future__ import annotations

from sqlalchemy import Connection

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.store.absences import SqlAbsences
from kalenderkoppling.store.access import SqlFavourites, SqlSessions
from kalenderkoppling.store.audit import SqlAudit
from kalenderkoppling.store.audit_heads import AuditHeads
from kalenderkoppling.store.calls import SqlCallBacks, SqlCalls
from kalenderkoppling.store.changes import SqlChanges, SqlLines
from kalenderkoppling.store.erasure_list import ErasureList
from kalenderkoppling.store.erasures import SqlErasures
from kalenderkoppling.store.head import HeadRow
from kalenderkoppling.store.identities import SqlIdentities, SqlSignInRequests
from kalenderkoppling.store.mailboxes import SqlMailboxes
from kalenderkoppling.store.people import SqlPeople
from kalenderkoppling.store.recordings import SqlRecordings
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.store.rules import SqlChoosing, SqlRuling
from kalenderkoppling.store.services import SqlServices
from kalenderkoppling.store.sign_in import SqlLocalAdministrators, SqlSignInFailures
from kalenderkoppling.store.subscriptions import SqlSubscriptions


class SqlTransaction:
    """The parts of a transaction; each knows the connection and the tenant."""

    def __init__(
        self,
        connection: Connection,
        tenant: TenantId,
        erasure_list: ErasureList | None = None,
        audit_heads: AuditHeads | None = None,
    ) -> None:
        head = HeadRow(connection, tenant)
        revisions = self._revisions = Revisions(connection, tenant, head)
        self.people = SqlPeople(connection, tenant, revisions)
        self.services = SqlServices(connection, tenant)
        self.rules = SqlRuling(connection, tenant, revisions)
        self.choices = SqlChoosing(connection, tenant, revisions)
        self.mailboxes = SqlMailboxes(connection, tenant, revisions)
        self.subscriptions = SqlSubscriptions(connection, tenant)
        self.absences = SqlAbsences(connection, tenant, revisions)
        self.changes = SqlChanges(connection, tenant, head)
        self.lines = SqlLines(connection, tenant)
        self.audit = SqlAudit(connection, tenant, head, audit_heads)
        self.erasures = SqlErasures(connection, tenant, self.audit, erasure_list)
        self.sessions = SqlSessions(connection, tenant)
        self.administrators = SqlLocalAdministrators(connection, tenant)
        self.identities = SqlIdentities(connection, tenant)
        self.sign_in_requests = SqlSignInRequests(connection, tenant)
        self.sign_in_failures = SqlSignInFailures(connection, tenant)
        self.favourites = SqlFavourites(connection, tenant)
        self.calls = SqlCalls(connection, tenant)
        self.call_backs = SqlCallBacks(connection, tenant)
        self.recordings = SqlRecordings(connection, tenant)

    def settle(self) -> None:
        """Write what waits for the end: the feed, the audit log and the rules' revision, whose lock all need."""
        self._revisions.settle()
        self.audit.finish()
        self.changes.settle()
        self.erasures.settle()
