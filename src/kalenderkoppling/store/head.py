"""The last numbers of a tenant's change feed, audit chain and rules: one row, whose lock serialises writers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from kalenderkoppling.store.scoped import TENANT, Scoped, add_missing
from kalenderkoppling.store.tables import head

_READ = select(head.c.change_number, head.c.link_number, head.c.link_hash).where(head.c.tenant_id == TENANT)
_ADVANCE: Any = (
    update(head)
    .where(head.c.tenant_id == TENANT)
    .values(change_number=head.c.change_number + bindparam("count"))
    .returning(head.c.change_number)
)
_SET_LINK = (
    update(head)
    .where(head.c.tenant_id == TENANT)
    .values(link_number=bindparam("number"), link_hash=bindparam("new_hash"))
)


_RULES_REVISION = select(head.c.rules_revision).where(head.c.tenant_id == TENANT)
_COUNT_RULES_CHANGE = update(head).where(head.c.tenant_id == TENANT).values(rules_revision=head.c.rules_revision + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """The number and hash of the chain's last link; 0 and empty before the first."""

    number: int = 0
    hash: str = ""


class HeadRow(Scoped):
    """Locked from the first advance to the end of the transaction; nobody takes another lock while holding it."""

    def change_number(self) -> int:
        row = self._run(_READ).first()
        return 0 if row is None else int(row.change_number)

    def advance_changes(self, count: int) -> int:
        """Return the last of `count` new numbers of the feed."""
        self._make_known()
        return int(self._run(_ADVANCE, count=count).scalar_one())

    def chain_end(self) -> ChainEnd:
        row = self._run(_READ).first()
        return ChainEnd() if row is None else ChainEnd(number=row.link_number, hash=row.link_hash)

    def locked_chain_end(self) -> ChainEnd:
        """Return the end of the chain, locked until this transaction ends."""
        self.advance_changes(0)
        return self.chain_end()

    def set_chain_end(self, end: ChainEnd) -> None:
        self._run(_SET_LINK, number=end.number, new_hash=end.hash)

    def rules_revision(self) -> int:
        """Return how often rules or settings of the tenant were changed."""
        rows = self._rows(_RULES_REVISION)
        return int(rows[0][0]) if rows else 0

    def count_rules_change(self) -> None:
        """Move the revision of the rules; the row stays locked until this transaction ends."""
        self._make_known()
        self._run(_COUNT_RULES_CHANGE)

    def _make_known(self) -> None:
        row = {"tenant_id": self._tenant, "change_number": 0, "link_number": 0, "link_hash": "", "rules_revision": 0}
        self._connection.execute(add_missing(head, self._connection.dialect.name), row)
