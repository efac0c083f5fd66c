"""Base of every part of a transaction: its connection, and its tenant as a parameter of every statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from kalenderkoppling.store.prepared import LONGEST_LIST, Rows, rows_of

_Each = TypeVar("_Each")

TENANT: Any = bindparam("tenant")


class Scoped:
    """Statements of one tenant's transaction: each names the parameter `tenant`, which is filled in here."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant

    def _run(self, statement: Executable, /, **values: object) -> Any:  # noqa: ANN401 - rows of any shape
        return self._connection.execute(statement, {"tenant": self._tenant, **values})

    def _rows(self, statement: Select[Any], /, **values: object) -> Rows:
        """Return all rows of a query that many requests make, at the least cost; see `rows_of`."""
        return rows_of(self._connection, statement, {"tenant": self._tenant, **values})

    def _rows_of(self, statement: Select[Any], people: Iterable[str], /, **values: object) -> Iterator[Any]:
        """Yield the rows of a query about `people`, however many these are."""
        for piece in chunks(people):
            yield from self._rows(statement, people=piece, **values)

    def _upsert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows, or replace those with the same key."""
        if rows:
            statement = upsert(table, self._connection.dialect.name)
            self._connection.execute(statement, [{"tenant_id": self._tenant, **row} for row in rows])


@cache
def upsert(table: Table, dialect: str) -> Executable:
    """Return the statement that adds rows of all columns, or replaces those with the same key."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


@cache
def add_missing(table: Table, dialect: str) -> Executable:
    """Return the statement that adds rows of all columns and leaves those with the same key as they are."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing()


def chunks(values: Iterable[_Each]) -> Iterator[list[_Each]]:
    """Split values, each once, into chunks short enough for one statement."""
    distinct = iter(dict.fromkeys(values))
    while piece := list(islice(distinct, LONGEST_LIST)):
        yield piece
