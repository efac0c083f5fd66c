"""The store in SQLite or PostgreSQL, by the same statements; what is true is here."""

from kalenderkoppling.store.schema import migrate
from kalenderkoppling.store.sql_store import SqlStore, open_store

__all__ = ["SqlStore", "migrate", "open_store"]
