"""Bulk writes directly through the driver: one prepared statement, plain tuples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import BigInteger, Boolean, Connection, Table

Row = tuple[object, ...]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows; each holds all of the table's columns in their order."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_insert_arrays(table), tuple(list(column) for column in zip(*rows, strict=True)))
    else:
        connection.exec_driver_sql(_insert_each(table), list(rows))


def replace_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Update columns of existing rows and increment their version; each row: the columns' values, then the key's."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        statement = _replace_arrays(table, columns)
        connection.exec_driver_sql(statement, tuple(list(column) for column in zip(*rows, strict=True)))
    else:
        connection.exec_driver_sql(_replace_each(table, columns), list(rows))


# Names of tables and columns below are ours, never input.


@cache
def _insert_each(table: Table) -> str:
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - see above


@cache
def _insert_arrays(table: Table) -> str:
    # COPY is refused under row level security; arrays cost as little and need no staging table.
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM {_unnest(table, names)}"  # noqa: S608 - see above


@cache
def _replace_each(table: Table, columns: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    settings = ", ".join(f"{name} = ?" for name in columns)
    where = " AND ".join(f"{name} = ?" for name in keys)
    return f"UPDATE {table.name} SET {settings}, version = version + 1 WHERE {where}"  # noqa: S608 - see above


@cache
def _replace_arrays(table: Table, columns: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    names = [*columns, *keys]
    settings = ", ".join(f"{name} = new.{name}" for name in columns)
    where = " AND ".join(f"{table.name}.{name} = new.{name}" for name in keys)
    source = f"{_unnest(table, names)} AS new({', '.join(names)})"
    return f"UPDATE {table.name} SET {settings}, version = {table.name}.version + 1 FROM {source} WHERE {where}"  # noqa: S608 - see above


def _unnest(table: Table, names: Sequence[str]) -> str:
    return f"unnest({', '.join(f'%s::{_array(table, name)}' for name in names)})"


def _array(table: Table, name: str) -> str:
    kind = table.columns[name].type
    if isinstance(kind, Boolean):
        return "boolean[]"
    return "bigint[]" if isinstance(kind, BigInteger) else "text[]"
