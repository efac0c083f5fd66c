"""Make a database ready to be copied: what a later restore needs is in it, and the log tells of the copy."""

from __future__ import annotations

from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Unit


def make_restorable(unit: Unit, actor: str) -> None:
    """Put the key of the list of erasures into the database, and the backup into the audit log."""
    unit.tx.erasures.prepare()
    unit.tx.audit.append(Entry(at=unit.now, act=Act.BACK_UP, actor=actor))
