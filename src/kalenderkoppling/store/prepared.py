"""Statements that many requests repeat, compiled to text once; SQLAlchemy would assemble them at each execution.

A list in a statement (`bindparam(…, expanding=True)`) needs one placeholder for each value, so its text depends on how
long the list is. Lists are filled up, by repeating a value, to one of a few lengths: there are few texts, and the
databases recognise them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Select
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import iterate

Rows = Sequence[Any]

_LENGTHS = (1, 2, 8, 24, 64, 160, 500)
LONGEST_LIST = _LENGTHS[-1]
"""SQLite allows 32,766 parameters in a statement; several short lists stay in the cache of plans."""


def rows_of(connection: Connection, statement: Select[Any], values: Mapping[str, object]) -> Rows:
    """Return all rows of a query; values go to the driver as they are, and rows come as the driver gives them.

    A list may hold 1 to 500 values; where a statement has one, every list of it has the same length.
    """
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    length = max(map(len, lists.values()), default=0)
    padded = _LENGTHS[bisect_left(_LENGTHS, length)] if lists else 0
    sql, names = _compiled(statement, connection.dialect, padded)
    plain = dict(values)
    for name, value in lists.items():
        plain.update(zip(_names(name, padded), value + value[-1:] * (padded - len(value)), strict=True))
    return connection.exec_driver_sql(sql, tuple([plain[name] for name in names])).cursor.fetchall()


def run_many(connection: Connection, statement: ClauseElement, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute a statement without lists once for each row of values, which go to the driver as they are."""
    sql, names, constants = _plain(statement, connection.dialect)
    connection.exec_driver_sql(
        sql, [tuple([row[name] if name in row else constants[name] for name in names]) for row in rows]
    )


@lru_cache(maxsize=64)
def _plain(statement: ClauseElement, dialect: Dialect) -> tuple[str, tuple[str, ...], Mapping[str, object]]:
    """Return a statement's text, the names of its parameters in the order of the placeholders, and its constants."""
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined] # every SQL compiler has it
    return str(compiled), names, dict(compiled.params)


@lru_cache(maxsize=512)
def _compiled(statement: Select[Any], dialect: Dialect, length: int) -> tuple[str, tuple[str, ...]]:
    """Return a statement's text and the names of its parameters in the order of the placeholders."""
    binds = [each for each in iterate(statement) if isinstance(each, BindParameter)]
    samples = {each.key: [""] * length if each.expanding else "" for each in binds if each.required}
    compiled = statement.params(samples).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), tuple(compiled.positiontup or ())


@lru_cache(maxsize=64)
def _names(name: str, length: int) -> tuple[str, ...]:
    """Return the names that SQLAlchemy gives to the values of a list."""
    return tuple(f"{name}_{number}" for number in range(1, length + 1))
