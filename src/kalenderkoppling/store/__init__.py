"""The store in SQLite or PostgreSQL, with the same statements: the single source of truth."""

from kalenderkoppling.store.schema import migrate
from kalenderkoppling.store.sql_store import SqlStore, open_store

__all__ = ["SqlStore", "migrate", "open_store"]
