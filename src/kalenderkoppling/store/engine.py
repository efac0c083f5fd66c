"""Opens the database: one writer at a time on SQLite, many on PostgreSQL, and readers that see one state."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError, UnstorableTextError

BUSY_SECONDS = 20
_READERS = 8
_MORE_READERS = 32
_WRITERS_OF_POSTGRESQL = 8

_PAGES_BEFORE_CHECKPOINT = 8_000


# NORMAL survives a killed process; what a power cut may take is what calendars tell again. What a person did is
# flushed by `flush` before it is answered. Without secure_delete, deleted text stays in free pages (S-1);
# with temp_store in memory, none is spilled to a file that is never scrubbed.
def pragmas(*, busy_seconds: float = BUSY_SECONDS) -> tuple[str, ...]:
    """Return the pragmas of every SQLite connection."""
    return (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA secure_delete=ON",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA busy_timeout={int(busy_seconds * 1000)}",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA cache_size=-32000",
        # A checkpoint waits for the disk: the same pages are often written again before the next.
        f"PRAGMA wal_autocheckpoint={_PAGES_BEFORE_CHECKPOINT}",
        "PRAGMA mmap_size=0",
    )


UNSTORABLE = "the text has a character that cannot be stored"

_SET_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Connection pools for readers and writers of one database; `file` is SQLite's, None on PostgreSQL."""

    readers: Engine
    writers: Engine
    file: Path | None = None

    def dispose(self) -> None:
        self.readers.dispose()
        self.writers.dispose()

    def flush(self) -> None:
        """Wait until what was committed is on the disk; PostgreSQL has waited at the commit.

        The log takes no locks through its own descriptor, so opening and closing it is harmless.
        """
        if self.file is not None:
            log = os.open(f"{self.file}-wal", os.O_RDONLY)
            try:
                os.fsync(log)
            finally:
                os.close(log)


def open_engines(address: str) -> Engines:
    """Open a database by its address: `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://…`.

    Raises:
        InvalidValueError: it is neither, or SQLite without a file.
        StoreUnavailableError: SQLite's file cannot be made.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Without the cause: an address may hold a password.
        message = "the store's address must look like sqlite:////path/to/file or postgresql://user@host/name"
        raise InvalidValueError(message) from None
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url)
        case "postgresql":
            return _open_postgresql(url.set(drivername="postgresql+psycopg"))
        case other:
            message = f"the database must be sqlite or postgresql, not {other!r}"
            raise InvalidValueError(message)


def enter_tenant(connection: Connection, tenant: str) -> None:
    """Set the tenant of row level security for this transaction; nothing else sets it (S-7)."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SET_TENANT, {"tenant": tenant})


def _open_sqlite(url: URL) -> Engines:
    if not url.database or url.database == ":memory:":
        message = "SQLite needs a file: several connections share it"
        raise InvalidValueError(message)
    file = Path(url.database)
    create_for_us_alone(file)
    timeout = {"timeout": BUSY_SECONDS}
    readers = create_engine(
        url, pool_size=_READERS, max_overflow=_MORE_READERS, connect_args=timeout, hide_parameters=True
    )
    writers = create_engine(
        url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS, connect_args=timeout, hide_parameters=True
    )
    _prepare(readers, begin="BEGIN", told=(*pragmas(), "PRAGMA query_only=ON"))
    _prepare(writers, begin="BEGIN IMMEDIATE", told=pragmas())
    event.listen(writers, "before_cursor_execute", _refuse_nul)
    return Engines(readers=readers, writers=writers, file=file)


def create_for_us_alone(file: Path) -> None:
    """Make the file readable by its owner only, and narrow wider modes of it and of the files beside it.

    SQLite gives the write-ahead log and the shared memory that it makes the mode of the database (sqlite.org/wal.html).
    """
    try:
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm"), Path(f"{file}-journal")):
            if each.exists() and each.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                each.chmod(0o600)
    except OSError as error:
        message = f"the database file cannot be created, or its mode not narrowed to 0600: {error.strerror}"
        raise StoreUnavailableError(message) from error


def _prepare(engine: Engine, *, begin: str, told: tuple[str, ...]) -> None:
    """Begin transactions explicitly: the driver would begin late, and not at all for reads."""

    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        if not isinstance(connection, SqliteConnection):
            return
        connection.isolation_level = None
        for pragma in told:
            connection.execute(pragma)

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _refuse_nul(
    _connection: Connection,
    _cursor: object,
    _statement: str,
    parameters: Sequence[Any],
    _context: object,
    executemany: bool,  # noqa: FBT001 - SQLAlchemy calls it so
) -> None:
    """Refuse text with a NUL, as PostgreSQL does: SQLite would keep it, and cut it in some functions (F-33).

    Raises:
        UnstorableTextError: a value of the statement is such a text.
    """
    for row in parameters if executemany else (parameters,):
        for value in row:
            if type(value) is str and "\0" in value:
                raise UnstorableTextError(UNSTORABLE)


def _open_postgresql(url: URL) -> Engines:
    # After a restart of the database its old connections are found dead before they are used (F-22).
    readers = create_engine(
        url,
        pool_size=_READERS,
        max_overflow=_MORE_READERS,
        pool_pre_ping=True,
        hide_parameters=True,
        paramstyle="format",
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    writers = create_engine(
        url,
        pool_size=_WRITERS_OF_POSTGRESQL,
        max_overflow=_MORE_READERS,
        pool_pre_ping=True,
        hide_parameters=True,
        paramstyle="format",
    )
    return Engines(readers=readers, writers=writers)
