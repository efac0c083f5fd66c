"""Brings a database's tables up to date; the steps stand in migrations/versions, oldest first."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.store.failures import in_our_words

# The advisory lock's number is arbitrary: the letters "kk".
_MIGRATION_LOCK = 0x6B6B


def newest_revision() -> str:
    """Return the last step that this version of the program has."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def migrate(url: str) -> None:
    """Bring the tables up to date, all or nothing; two programs that start at once take turns.

    Raises:
        InvalidValueError: the address names no database that the store can be kept in.
        StoreUnavailableError: the database cannot be reached, or a newer version of the program made it.
    """
    engines = open_engines(url)
    try:
        with in_our_words(), engines.writers.connect() as connection, connection.begin():
            upgrade(connection)
    finally:
        engines.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to a step, in the transaction that the connection is in.

    Raises:
        StoreUnavailableError: the tables, or the step, are of a newer version of the program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        message = "the database was made by a newer version of the program: install that version or a later one"
        raise StoreUnavailableError(message) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "kalenderkoppling.store:migrations")
    return config
