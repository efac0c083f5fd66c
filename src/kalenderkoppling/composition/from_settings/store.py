"""From the settings file to the open store, with the audit log's heads beside it."""

from __future__ import annotations

from pathlib import Path

from kalenderkoppling.settings import Settings
from kalenderkoppling.store import SqlStore, open_store
from kalenderkoppling.store.audit_heads import AuditHeads
from kalenderkoppling.store.erasure_list import ErasureList

_SQLITE = "sqlite:///"


def audit_heads(settings: Settings) -> AuditHeads | None:
    """Return the file of the audit log's heads, None where they are not written.

    Without a name in the settings they lie beside SQLite's file; a PostgreSQL server has no file of ours, so
    `read_settings` names one beside the settings file.
    """
    if not settings.audit.write_heads:
        return None
    url, named = settings.database.url, settings.audit.heads_file
    if not named and url.startswith(_SQLITE):
        named = f"{url.removeprefix(_SQLITE)}.audit-heads"
    return AuditHeads(file=Path(named)) if named else None


def erasure_list(settings: Settings) -> ErasureList | None:
    """Return where erasures are listed, so that a restored backup forgets again; None where no file is named.

    As with the heads: beside SQLite's file, beside the settings file with PostgreSQL.
    """
    url, named = settings.database.url, settings.audit.erasures_file
    if not named and url.startswith(_SQLITE):
        named = f"{url.removeprefix(_SQLITE)}.erasures"
    return ErasureList(file=Path(named)) if named else None


def opened_store(settings: Settings) -> SqlStore:
    """Open the store of the settings.

    Raises:
        InvalidValueError: the address is none, or the heads of the audit log or the list of erasures cannot be written.
        StoreUnavailableError: the database cannot be reached or was made by a newer version.
    """
    return open_store(settings.database.url, audit_heads(settings), erasure_list(settings))
