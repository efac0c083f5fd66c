"""Local administrators and failed attempts to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from kalenderkoppling.ports.store.sign_in import Failures, LocalAdministrator
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import local_administrator as administrators
from kalenderkoppling.store.tables import sign_in_failure as failures

_ALL = select(*tuple(administrators.c)[1:]).where(administrators.c.tenant_id == TENANT).order_by(administrators.c.name)
_NAMED = _ALL.where(administrators.c.name == bindparam("name"))
_REMOVE = delete(administrators).where(
    administrators.c.tenant_id == TENANT, administrators.c.name == bindparam("wanted")
)

_THE_KEY = (failures.c.tenant_id == TENANT, failures.c.failure_key == bindparam("key"))
_FAILURES = select(failures.c.count, failures.c.last_at).where(*_THE_KEY)
_FORGET = delete(failures).where(*_THE_KEY)
_DROP = delete(failures).where(failures.c.tenant_id == TENANT, failures.c.last_at < bindparam("before"))


class SqlLocalAdministrators(Scoped):
    """The local administrators of one tenant."""

    def put(self, administrator: LocalAdministrator) -> None:
        row = {
            "name": administrator.name,
            "password_hash": administrator.password_hash,
            "created_at": to_micros(administrator.created_at),
            "password_set_at": to_micros(administrator.password_set_at),
        }
        self._upsert(administrators, [row])

    def get(self, name: str) -> LocalAdministrator | None:
        row = self._run(_NAMED, name=name).first()
        return None if row is None else _administrator(row)

    def all(self) -> Sequence[LocalAdministrator]:
        return [_administrator(row) for row in self._run(_ALL).all()]

    def remove(self, name: str) -> None:
        self._run(_REMOVE, wanted=name)


def _administrator(row: Any) -> LocalAdministrator:  # noqa: ANN401 - any row of the database
    return LocalAdministrator(
        name=row.name,
        password_hash=row.password_hash,
        created_at=from_micros(row.created_at),
        password_set_at=from_micros(row.password_set_at),
    )


class SqlSignInFailures(Scoped):
    """Failed attempts of one tenant."""

    def of(self, key: str) -> Failures | None:
        row = self._run(_FAILURES, key=key).first()
        return None if row is None else Failures(count=row[0], last_at=from_micros(row.last_at))

    def put(self, key: str, found: Failures) -> None:
        row = {"failure_key": key, "count": found.count, "last_at": to_micros(found.last_at)}
        self._upsert(failures, [row])

    def forget(self, key: str) -> None:
        self._run(_FORGET, key=key)

    def drop_before(self, at: datetime) -> None:
        self._run(_DROP, before=to_micros(at))
