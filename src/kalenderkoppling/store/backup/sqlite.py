"""Backups of SQLite: its online backup copies one state while others read and write (sqlite.org/backup.html)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection, DatabaseError, OperationalError, connect

from kalenderkoppling.domain.errors import InvalidValueError, RefusedRestoreError, StoreUnavailableError
from kalenderkoppling.store.backup.archive import new_file
from kalenderkoppling.store.backup.finish import Restoring
from kalenderkoppling.store.engine import BUSY_SECONDS, create_for_us_alone, open_engines
from kalenderkoppling.store.schema import migrate
from kalenderkoppling.store.scrub import scrub_file

_PATIENCE_SECONDS = 30.0
_WAIT_FOR_LOCK_SECONDS = 2.0


def copy_out(database: Path, to: Path) -> None:
    """Copy one state of a database into a new file.

    All pages in one step: a reader of the write-ahead log hinders no writer, while a copy in several steps would begin
    again at each write of another process.

    Raises:
        StoreUnavailableError: the database cannot be read.
    """
    with new_file(to):
        pass
    try:
        # Not as a URI in read-only mode: the log's index may have to be made.
        with closing(connect(database, timeout=BUSY_SECONDS)) as source, closing(connect(to)) as target:
            source.execute("PRAGMA query_only=ON")
            source.backup(target, pages=-1)
    except DatabaseError as error:
        raise StoreUnavailableError("the database cannot be read: nothing was backed up") from error
    _one_file(to)


def is_empty(database: Path) -> bool:
    """Tell whether a database holds nothing: there is no file, or nobody and no log in it."""
    if not database.exists():
        return True
    try:
        with closing(connect(database, timeout=BUSY_SECONDS)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return not any(
                connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608 - our names
                for table in ("person", "audit_link")
                if table in tables
            )
    except DatabaseError:
        return False


def restore(copy: Path, database: Path, restoring: Restoring) -> None:
    """Put a copy in the place of a database: in one step, so that a kill leaves the former or the new one whole.

    `copy` is migrated, brought up to the present and purged first.

    Raises:
        RefusedRestoreError: the database is in use.
        InvalidValueError: the copy is damaged.
        StoreUnavailableError: the copy is of a newer version, or the disk is full.
    """
    _must_be_whole(copy)
    try:
        address = f"sqlite:///{copy}"
        migrate(address)
        engines = open_engines(address)
        try:
            with engines.writers.connect() as connection, connection.begin():
                restoring.finish(connection)
        finally:
            engines.dispose()
        scrub_file(copy, _PATIENCE_SECONDS)
        _one_file(copy)
        create_for_us_alone(database)
        with _alone(database) as target, closing(connect(copy)) as source:
            restoring.note_outside()
            source.backup(target, pages=-1)
        restoring.done()
    except (DatabaseError, OSError) as error:
        raise StoreUnavailableError(f"the database was not restored: {error}") from error


def must_not_be_in_use(database: Path) -> None:
    """Refuse while another process has the database open.

    Raises:
        RefusedRestoreError: one has.
    """
    if database.exists():
        with _alone(database):
            pass


@contextmanager
def _alone(database: Path) -> Iterator[Connection]:
    """Open a database that nobody else has open, and keep others out.

    Every open connection to a write-ahead log holds a lock for as long as it is open, also when it is idle; leaving
    that mode needs all of them gone (sqlite.org/wal.html). It also writes the log back, which is of the former content.
    """
    with closing(connect(database, timeout=_WAIT_FOR_LOCK_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA secure_delete=ON")
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except OperationalError as error:
            raise RefusedRestoreError from error
        if mode != "delete":
            raise RefusedRestoreError
        yield connection


def _must_be_whole(copy: Path) -> None:
    try:
        with closing(connect(copy)) as connection:
            (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except DatabaseError:
        told = "no database"
    if told != "ok":
        raise InvalidValueError("the backup is damaged: its database is not whole")


def _one_file(database: Path) -> None:
    """Write the log back into a database that nobody else has open, and wait for the disk: it is one file then."""
    with closing(connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    descriptor = os.open(database, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
