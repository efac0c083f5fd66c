"""The change feed and the line states; numbers follow the order of commits, so that no reader misses a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from kalenderkoppling.domain.person import LineState, PersonId
from kalenderkoppling.ports.store.changes import Changed, LineRow
from kalenderkoppling.store.bulk import insert_rows
from kalenderkoppling.store.head import HeadRow
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import change, line_state

_SINCE = (
    select(change.c.number, change.c.person_id, change.c.at)
    .where(change.c.tenant_id == TENANT, change.c.number > bindparam("after"))
    .order_by(change.c.number)
    .limit(bindparam("most"))
)
_DROP_BEFORE = delete(change).where(change.c.tenant_id == TENANT, change.c.at < bindparam("before"))
_STATES = select(line_state.c.person_id, line_state.c.state).where(
    line_state.c.tenant_id == TENANT,
    line_state.c.person_id.in_(bindparam("people", expanding=True)),
    line_state.c.valid_until > bindparam("now"),
)


class SqlChanges(Scoped):
    """The change feed of one tenant; changes are written at the end of the transaction, to hold its lock briefly."""

    def __init__(self, connection: Connection, tenant: str, head: HeadRow) -> None:
        super().__init__(connection, tenant)
        self._head = head
        self._told: dict[PersonId, int] = {}

    def add(self, people: Iterable[PersonId], at: datetime) -> None:
        self._told.update(dict.fromkeys(people, to_micros(at)))

    def since(self, id: int, limit: int) -> Sequence[Changed]:  # noqa: A002 - the feed's own word
        self.settle()
        return [
            Changed(id=row.number, person=PersonId(row.person_id), at=from_micros(row.at))
            for row in self._run(_SINCE, after=id, most=limit)
        ]

    def latest(self) -> int:
        self.settle()
        return self._head.change_number()

    def drop_before(self, at: datetime) -> None:
        self.settle()
        self._run(_DROP_BEFORE, before=to_micros(at))

    def settle(self) -> None:
        """Write what was told; called once more at the end of the transaction."""
        if self._told:
            told, self._told = self._told, {}
            last = self._head.advance_changes(len(told))
            numbered = enumerate(told.items(), start=last - len(told) + 1)
            rows: list[tuple[Any, ...]] = [(self._tenant, number, person, at) for number, (person, at) in numbered]
            insert_rows(self._connection, change, rows)


class SqlLines(Scoped):
    """Line states as last reported by the telephone system."""

    def put(self, person: PersonId, row: LineRow) -> None:
        self._upsert(line_state, [{"person_id": person, "state": row.state, "valid_until": to_micros(row.valid_until)}])

    def states(self, people: Iterable[PersonId], now: datetime) -> Mapping[PersonId, LineState]:
        rows = self._rows_of(_STATES, people, now=to_micros(now))
        return {PersonId(person): LineState(state) for person, state in rows}
