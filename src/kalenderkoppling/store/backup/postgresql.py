"""Backups of PostgreSQL: `pg_dump` copies one state, `pg_restore` reads it; our own steps make the tables again.

Of the archive only rows are used, never its SQL: a file that somebody changed cannot run statements here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg import Connection as PsycopgConnection
from psycopg import sql
from sqlalchemy import URL, Connection, make_url, text

from kalenderkoppling.domain.errors import InvalidValueError, RefusedRestoreError, StoreUnavailableError
from kalenderkoppling.store.backup.finish import Restoring
from kalenderkoppling.store.engine import enter_tenant, open_engines
from kalenderkoppling.store.failures import in_our_words
from kalenderkoppling.store.schema import upgrade
from kalenderkoppling.store.tables import metadata

_REVISION_TABLE = "alembic_version"
_COPY = re.compile(rb'COPY (?:[^."\s]+\.)?"?([a-z_]+)"? \(([a-z0-9_", ]+)\) FROM stdin;\n')
_END_OF_COPY = b"\\.\n"
_PASSED_ON = 400

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_OURS = text(
    "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND (column_name = 'tenant_id' OR table_name = 'alembic_version') GROUP BY table_name"
)
_FORCED = text(
    "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace"
)


def copy_out(address: str, tenant: str, to: Path) -> None:
    """Copy one state of a tenant's rows, and the tables, into a new file in the custom format of pg_dump.

    Row level security holds for the owner too, so pg_dump is told the tenant.

    Raises:
        StoreUnavailableError: pg_dump is missing or fails; the message says why.
    """
    url = make_url(address)
    command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security"]
    command += [f"--table={name}" for name in (*metadata.tables, _REVISION_TABLE)]
    command += [f"--file={to}", f"--dbname={_without_password(url)}"]
    done = subprocess.run(  # noqa: S603 - no shell, and the address of the settings
        command, check=False, capture_output=True, env=_environment(url, tenant)
    )
    if done.returncode != 0:
        raise StoreUnavailableError(f"nothing was backed up: {_told(done.stderr)}")


def is_empty(address: str, tenant: str) -> bool:
    """Tell whether a database holds nothing: no tables of ours, or nobody and no log in them."""
    with _connected(address) as connection:
        enter_tenant(connection, tenant)
        tables = set(connection.execute(_OURS).scalars())
        return not any(
            connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {table})")).scalar_one()  # noqa: S608 - our names
            for table in ("person", "audit_link")
            if table in tables
        )


def must_not_be_in_use(address: str) -> None:
    """Refuse while anybody else is connected to the database.

    Raises:
        RefusedRestoreError: somebody is.
    """
    with _connected(address) as connection:
        _must_be_alone(connection)


def restore(copy: Path, revision: str, address: str, restoring: Restoring) -> None:
    """Replace the tables by those of a copy, in one transaction.

    Raises:
        RefusedRestoreError: somebody else is connected to the database.
        InvalidValueError: the copy is damaged.
        StoreUnavailableError: the copy is of a newer version, pg_restore is missing, or the database gave up.
    """
    with _connected(address) as connection:
        _must_be_alone(connection)
        for table in connection.execute(_OURS).scalars().all():
            connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
        upgrade(connection, revision)
        forced = connection.execute(_FORCED).scalars().all()
        _force(connection, forced, "NO FORCE")
        _copy_in(connection, copy)
        _force(connection, forced, "FORCE")
        upgrade(connection)
        restoring.finish(connection)
        restoring.note_outside()
    restoring.done()


def _copy_in(connection: Connection, copy: Path) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, PsycopgConnection)  # noqa: S101 - the engine of this address has no other
    command = [_program("pg_restore"), "--data-only", "--file=-", str(copy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:  # noqa: S603 - no shell
        assert reader.stdout is not None and reader.stderr is not None  # noqa: S101, PT018 - both are pipes
        for table, columns, rows in _tables(reader.stdout):
            if table == _REVISION_TABLE:
                for _ in rows:
                    pass
                continue
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with driver.cursor() as cursor, cursor.copy(into) as target:
                for row in rows:
                    target.write(row)
        told = reader.stderr.read()
    if reader.returncode != 0:
        raise InvalidValueError(f"the backup is damaged: {_told(told)}")


def _tables(script: IO[bytes]) -> Iterator[tuple[str, Sequence[str], Iterator[bytes]]]:
    """Give the tables of a script of pg_restore with their columns and rows; whatever else it says is left out."""
    for line in script:
        begun = _COPY.fullmatch(line)
        if begun is None:
            continue
        table = begun[1].decode()
        if table not in metadata.tables and table != _REVISION_TABLE:
            raise InvalidValueError(f"the backup has a table that is not ours: {table}")
        columns = [name.strip().strip('"') for name in begun[2].decode().split(",")]
        yield table, columns, iter(script.readline, _END_OF_COPY)


def _force(connection: Connection, tables: Sequence[str], how: str) -> None:
    """Let row level security hold for the owner or not: COPY does not work where it does."""
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY')


def _must_be_alone(connection: Connection) -> None:
    if connection.execute(_OTHERS).scalar_one():
        raise RefusedRestoreError


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    engines = open_engines(address)
    try:
        with in_our_words(), engines.writers.connect() as connection, connection.begin():
            yield connection
    finally:
        engines.dispose()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise StoreUnavailableError(
            f"{name} is not installed, or not on PATH: on Debian it is in the package postgresql-client, in the "
            "version of the server or a later one"
        )
    return found


def _without_password(url: URL) -> str:
    """Return the address as libpq reads it; the password goes by the environment, which others cannot list."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environment(url: URL, tenant: str) -> Mapping[str, str]:
    given = {**os.environ, "PGOPTIONS": f"-c app.tenant={tenant}"}
    return {**given, "PGPASSWORD": str(url.password)} if url.password else given


def _told(stderr: bytes) -> str:
    """Return the last line that a program wrote about its failure."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[-1][:_PASSED_ON] if lines else "no reason was told"
