"""Removes deleted content from the files of the database (S-1)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import SQLITE_BUSY, Connection, OperationalError, connect

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.store import gaps
from kalenderkoppling.store.engine import Engines, pragmas
from kalenderkoppling.store.search_fts import FORGET_DELETED
from kalenderkoppling.store.tables import metadata

# How long one attempt keeps writers waiting, and how long they are let through before the next.
_ATTEMPT_SECONDS = 0.1
_BREATH_SECONDS = 0.02
_OVERWRITING_SECONDS = 120


def scrub(engines: Engines, patience: timedelta) -> None:
    """Make deleted content unreadable in the database's files.

    SQLite: rows are overwritten when they are deleted (secure_delete); here the write-ahead log, which still has
    their pages, is written back and emptied, and then the copies that moved rows left are overwritten. That waits for
    readers of an older state, at most `patience`.
    PostgreSQL: VACUUM gives the space of deleted rows free for others to overwrite, and needs the owner's role or
    MAINTAIN; what lies in free space until then, in the log's archives and in backups is the operator's.

    Raises:
        StoreUnavailableError: readers or writers outlasted the patience, or the file could not be overwritten.
    """
    if engines.file is None:
        _vacuum(engines)
    else:
        scrub_file(engines.file, patience.total_seconds())


def scrub_file(file: Path, patience_seconds: float) -> None:
    """Do as `scrub` with the file of an SQLite database."""
    deadline = time.monotonic() + patience_seconds
    # A connection of its own: its commit tells all others that the pages which they remember are out of date.
    with closing(connect(file, timeout=_ATTEMPT_SECONDS, isolation_level=None)) as connection:
        for pragma in pragmas(busy_seconds=_ATTEMPT_SECONDS):
            connection.execute(pragma)
        steps = (_forget_deleted_words, _empty_log, _overwrite_gaps, _empty_log)
        for step in steps:
            while not _succeeds(step, connection, file):
                if time.monotonic() > deadline:
                    message = "a reader or writer keeps the database busy: deleted text may still be in its files"
                    raise StoreUnavailableError(message)
                time.sleep(_BREATH_SECONDS)


def _succeeds(step: Callable[[Connection, Path], bool], connection: Connection, file: Path) -> bool:
    """Try a step; False where others keep the database busy."""
    try:
        return step(connection, file)
    except OperationalError as error:
        if error.sqlite_errorcode & 0xFF != SQLITE_BUSY:
            raise
        return False
    finally:
        if connection.in_transaction:
            connection.rollback()


def _forget_deleted_words(connection: Connection, _file: Path) -> bool:
    connection.execute(FORGET_DELETED)
    return True


def _empty_log(connection: Connection, _file: Path) -> bool:
    """Write the log back and empty it; False where a reader still needs it."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _overwrite_gaps(connection: Connection, file: Path) -> bool:
    """Overwrite unused space while there is no writer and no page to write back; False where there is.

    Without the commit at the end, others would write the old copies back with the pages that they remember.
    """
    connection.execute("BEGIN IMMEDIATE")
    if file.with_name(f"{file.name}-wal").stat().st_size > 0:
        # Somebody wrote between the steps: again from the emptying on.
        connection.execute("ROLLBACK")
        _empty_log(connection, file)
        return False
    _overwrite_in_own_process(file)
    # Written even though nothing changes: a counter would tell how often something was purged.
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("COMMIT")
    return True


def _overwrite_in_own_process(file: Path) -> None:
    """Overwrite unused space in a process of its own: closing the file here would drop this process's locks on it."""
    command = [sys.executable, "-I", "-S", gaps.__file__, str(file)]
    done = subprocess.run(command, check=False, timeout=_OVERWRITING_SECONDS, capture_output=True)  # noqa: S603 - ours
    if done.returncode != 0:
        message = "the unused space of the database's file could not be overwritten"
        raise StoreUnavailableError(message)


def _vacuum(engines: Engines) -> None:
    with engines.writers.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"VACUUM {table.name}")
