"""Brings a database's tables up to date; the steps stand in migrations/versions, oldest first."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.store.failures import in_our_words

# The advisory lock's number is arbitrary: the letters "kk".
_MIGRATION_LOCK = 0x6B6B


def migrate(url: str) -> None:
    """Bring the tables up to date, all or nothing; two programs that start at once take turns.

    Raises:
        InvalidValueError: the address names no database that the store can be kept in.
        StoreUnavailableError: the database cannot be reached, or a newer version of the program made it.
    """
    engines = open_engines(url)
    try:
        with in_our_words(), engines.writers.connect() as connection, connection.begin():
            _upgrade(connection)
    finally:
        engines.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", "kalenderkoppling.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        message = "the database was made by a newer version of the program: install that version or a later one"
        raise StoreUnavailableError(message) from error
