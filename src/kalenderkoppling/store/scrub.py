"""Leaves no trace of what was deleted in the files of the database (S-1)."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import Connection, Engine

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.store.engine import BUSY_SECONDS, Engines
from kalenderkoppling.store.search_fts import FORGET_DELETED
from kalenderkoppling.store.tables import metadata

# How long one attempt keeps writers waiting, and how long they are let through before the next.
_ATTEMPT_MILLISECONDS = 100
_BREATH_SECONDS = 0.02


def scrub(engines: Engines, patience: timedelta) -> None:
    """Make deleted content unreadable in the database's files.

    SQLite: deleted rows are overwritten at once (secure_delete); here the write-ahead log, which still has their
    pages, is written back and emptied. That waits for readers of an older state, at most `patience`.
    PostgreSQL: VACUUM frees the space of deleted rows; what lies in its log archives and backups is the operator's.

    Raises:
        StoreUnavailableError: readers outlasted the patience, so that the log could not be emptied.
    """
    if engines.file is None:
        _vacuum(engines.writers)
    else:
        _empty_log(engines, patience)


def _empty_log(engines: Engines, patience: timedelta) -> None:
    with engines.writers.connect() as connection, connection.begin():
        connection.exec_driver_sql(FORGET_DELETED)
    deadline = time.monotonic() + patience.total_seconds()
    while not _checkpoint(engines.writers):
        if time.monotonic() > deadline:
            message = "a reader keeps an old state of the database open: deleted text may still be in its log"
            raise StoreUnavailableError(message)
        time.sleep(_BREATH_SECONDS)


def _checkpoint(writers: Engine) -> bool:
    """Write the log back and empty it; False where a reader still needs it."""
    with writers.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            return False
        try:
            driver.execute(f"PRAGMA busy_timeout={_ATTEMPT_MILLISECONDS}")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return not busy


def _vacuum(writers: Engine) -> None:
    with writers.connect() as plain:
        connection: Connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"VACUUM {table.name}")
