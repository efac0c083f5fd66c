"""The call history of a tenant, and the wishes to be called back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Executable, Row, bindparam, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store.instants import from_micros, length_in_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import call as calls
from kalenderkoppling.store.tables import call_back as call_backs

_FOR_EVER = 2**63 - 1
"""Later than any instant, in microseconds since 1970."""

_before: Any = bindparam("before")


def _newest(column: Column[Any]) -> Executable:
    """Return the statement for the newest calls with a person in one column: one stretch of that column's index."""
    return (
        select(*tuple(calls.c)[1:])
        .where(calls.c.tenant_id == TENANT, column == bindparam("person"), calls.c.at < _before)
        .order_by(calls.c.at.desc(), calls.c.call_id.desc())
        .limit(bindparam("most"))
    )


_TO = _newest(calls.c.person_id)
_BY = _newest(calls.c.colleague_id)
_CAME_BEFORE = (calls.c.tenant_id == TENANT, calls.c.at < _before)
# In the words of the index that holds no other calls, so that erased ones are not looked at again each hour.
_NAMES_A_CALLER = text("(number <> '' OR colleague_id IS NOT NULL)")
_ERASE_CALLERS = update(calls).where(*_CAME_BEFORE, _NAMES_A_CALLER).values(number="", colleague_id=None)
_DROP_CALLS = delete(calls).where(*_CAME_BEFORE)

_REQUEST = tuple(call_backs.c)[1:]
_THE_REQUEST = (call_backs.c.tenant_id == TENANT, call_backs.c.call_id == bindparam("call"))
_GET = select(*_REQUEST).where(*_THE_REQUEST)
_REMOVE = delete(call_backs).where(*_THE_REQUEST)
_OLDEST = select(*_REQUEST).where(call_backs.c.tenant_id == TENANT).order_by(call_backs.c.at, call_backs.c.call_id)
_OF = _OLDEST.where(call_backs.c.person_id == bindparam("person"))
_ALL = _OLDEST.limit(bindparam("most"))
_DROP_REQUESTS = delete(call_backs).where(call_backs.c.tenant_id == TENANT, call_backs.c.at < _before)


class SqlCalls(Scoped):
    """The call history of one tenant."""

    def add(self, records: Iterable[CallRecord]) -> None:
        rows = [
            {
                "call_id": record.id,
                "person_id": record.person,
                "colleague_id": record.colleague,
                "number": record.number,
                "at": to_micros(record.at),
                "length": length_in_micros(record.length),
                "result": record.result,
            }
            for record in records
        ]
        self._upsert(calls, rows)

    def of(self, person: PersonId, *, limit: int, before: datetime | None = None) -> Sequence[CallRecord]:
        until = _FOR_EVER if before is None else to_micros(before)
        rows = (row for each in (_TO, _BY) for row in self._run(each, person=person, before=until, most=limit))
        # Whoever calls the own number is in both.
        found = {row.call_id: row for row in rows}
        newest = sorted(found.values(), key=lambda row: (row.at, row.call_id), reverse=True)
        return [_record_of(row) for row in newest[:limit]]

    def erase_numbers(self, before: datetime) -> int:
        return int(self._run(_ERASE_CALLERS, before=to_micros(before)).rowcount)

    def drop_before(self, at: datetime) -> int:
        return int(self._run(_DROP_CALLS, before=to_micros(at)).rowcount)


class SqlCallBacks(Scoped):
    """Wishes to be called back by the people of one tenant."""

    def add(self, request: CallBackRequest) -> None:
        self.remove(request.id)
        row = {
            "tenant_id": self._tenant,
            "person_id": request.person,
            "number": request.number,
            "call_id": request.id,
            "colleague_id": request.colleague,
            "at": to_micros(request.at),
        }
        self._connection.execute(_ask(self._connection.dialect.name), row)

    def get(self, request: CallId) -> CallBackRequest | None:
        row = self._run(_GET, call=request).first()
        return None if row is None else _request_of(row)

    def of(self, person: PersonId) -> Sequence[CallBackRequest]:
        return [_request_of(row) for row in self._run(_OF, person=person)]

    def all(self, *, limit: int) -> Sequence[CallBackRequest]:
        return [_request_of(row) for row in self._run(_ALL, most=limit)]

    def remove(self, request: CallId) -> None:
        self._run(_REMOVE, call=request)

    def drop_before(self, at: datetime) -> int:
        return int(self._run(_DROP_REQUESTS, before=to_micros(at)).rowcount)


@cache
def _ask(dialect: str) -> Executable:
    """Return the statement that adds a wish; of two from one number to one person, the later stays."""
    insert = postgresql.insert(call_backs) if dialect == "postgresql" else sqlite.insert(call_backs)
    keys = [column.name for column in call_backs.primary_key]
    others = {column.name: insert.excluded[column.name] for column in call_backs.columns if not column.primary_key}
    return insert.on_conflict_do_update(
        index_elements=keys, set_=others, where=insert.excluded["at"] >= call_backs.c["at"]
    )


def _record_of(row: Row[Any]) -> CallRecord:
    return CallRecord(
        id=CallId(row.call_id),
        person=PersonId(row.person_id),
        colleague=_colleague_of(row),
        number=row.number,
        at=from_micros(row.at),
        length=timedelta(microseconds=row.length),
        result=CallResult(row.result),
    )


def _request_of(row: Row[Any]) -> CallBackRequest:
    return CallBackRequest(
        id=CallId(row.call_id),
        person=PersonId(row.person_id),
        colleague=_colleague_of(row),
        number=row.number,
        at=from_micros(row.at),
    )


def _colleague_of(row: Row[Any]) -> PersonId | None:
    return None if row.colleague_id is None else PersonId(row.colleague_id)
