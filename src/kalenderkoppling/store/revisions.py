"""How often that of ours on which looks rest was changed: counted for each mailbox, and for all of a tenant.

Whoever writes such a row counts first and then writes. On PostgreSQL the count locks the mailbox until the transaction
ends; so whoever has locked a mailbox reads rows that belong to its count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.mailboxes import Revision
from kalenderkoppling.store.head import HeadRow
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.tables import mailbox, person

_people: Any = bindparam("people", expanding=True)
_LOCK = (
    select(mailbox.c.person_id, mailbox.c.generation, mailbox.c.revision)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id.in_(_people))
    .order_by(mailbox.c.person_id)
    .with_for_update()
)
_KEEP_FROM_CHANGING = (
    select(person.c.person_id)
    .where(person.c.tenant_id == TENANT, person.c.person_id.in_(_people))
    .order_by(person.c.person_id)
    .with_for_update(read=True)
)
_COUNT = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id.in_(_people))
    .values(revision=mailbox.c.revision + 1)
)


class Revisions(Scoped):
    """The counts of one tenant, each moved at most once by a transaction."""

    def __init__(self, connection: Connection, tenant: str, head: HeadRow) -> None:
        super().__init__(connection, tenant)
        self._head = head
        self._counted: set[PersonId] = set()
        self._all_changed = False

    def lock(self, people: Iterable[PersonId]) -> None:
        """Lock mailboxes, in order of id; SQLite has one writer at a time, and nothing to lock."""
        if self._connection.dialect.name == "postgresql":
            self.locked(people)

    def locked(self, people: Iterable[PersonId]) -> dict[PersonId, tuple[int, int]]:
        """Lock mailboxes, in order of id; return the generation and the person's own revision of each that there is."""
        pieces = chunks(sorted(people))
        return {row[0]: (row[1], row[2]) for piece in pieces for row in self._rows(_LOCK, people=piece)}

    def shared(self) -> int:
        """Return the revision of what all people of the tenant share: read it before what it stands for."""
        return self._head.rules_revision()

    def of(self, people: Iterable[PersonId]) -> dict[PersonId, Revision]:
        """Return the revisions of people's mailboxes, where there are any."""
        shared = self.shared()
        return {id_: Revision(own=own, shared=shared) for id_, (_, own) in self.locked(people).items()}

    def change(self, people: Iterable[PersonId]) -> None:
        """Count a change of what looks at people's mailboxes rest on; to be called before the change is written."""
        fresh = sorted(set(people) - self._counted)
        self._counted.update(fresh)
        if self._connection.dialect.name == "postgresql":
            self._lock_with_those_to_come(fresh)
        for piece in chunks(fresh):
            self._run(_COUNT, people=piece)

    def change_all(self) -> None:
        """Count a change of what looks at all mailboxes rest on; it is written at the end of the transaction."""
        self._all_changed = True

    def settle(self) -> None:
        """Write what waits for the end of the transaction."""
        if self._all_changed:
            self._all_changed = False
            self._head.count_rules_change()

    def _lock_with_those_to_come(self, people: Sequence[PersonId]) -> None:
        """Lock mailboxes; where a person has none, keep others from adding one before this transaction has ended.

        A mailbox is added by whoever has written the person's row.
        """
        missing = set(people) - self.locked(people).keys()
        if missing:
            for piece in chunks(sorted(missing)):
                self._rows(_KEEP_FROM_CHANGING, people=piece)
            self.locked(missing)
