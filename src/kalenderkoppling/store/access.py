"""Sessions and favourites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped, add_missing
from kalenderkoppling.store.tables import favourite as favourites
from kalenderkoppling.store.tables import session as sessions

_THE_SESSION = (sessions.c.tenant_id == TENANT, sessions.c.session_key == bindparam("key"))
_GET = select(*tuple(sessions.c)[1:]).where(*_THE_SESSION)
_END = delete(sessions).where(*_THE_SESSION)
_END_OLD = delete(sessions).where(
    sessions.c.tenant_id == TENANT,
    or_(sessions.c.created_at < bindparam("created_before"), sessions.c.seen_at < bindparam("seen_before")),
)
_END_OF_PERSON = delete(sessions).where(sessions.c.tenant_id == TENANT, sessions.c.person_id == bindparam("person"))
_OF_PERSON = (
    select(*tuple(sessions.c)[1:])
    .where(sessions.c.tenant_id == TENANT, sessions.c.person_id == bindparam("person"))
    .order_by(sessions.c.seen_at.desc(), sessions.c.created_at.desc(), sessions.c.session_key)
)

_MARKED_BY = (favourites.c.tenant_id == TENANT, favourites.c.person_id == bindparam("person"))
_OF = select(favourites.c.favourite_id).where(*_MARKED_BY).order_by(favourites.c.number, favourites.c.favourite_id)
_LAST = select(func.max(favourites.c.number)).where(*_MARKED_BY)
_UNMARK = delete(favourites).where(*_MARKED_BY, favourites.c.favourite_id == bindparam("favourite"))


class SqlSessions(Scoped):
    """Sessions of one tenant."""

    def put(self, session: Session) -> None:
        row = {
            "session_key": session.key,
            "person_id": session.person,
            "csrf_token": session.csrf_token,
            "created_at": to_micros(session.created_at),
            "seen_at": to_micros(session.seen_at),
            "language": session.language,
            "browser": session.browser,
        }
        self._upsert(sessions, [row])

    def get(self, key: str) -> Session | None:
        row = self._run(_GET, key=key).first()
        return None if row is None else _session(row)

    def remove(self, key: str) -> None:
        self._run(_END, key=key)

    def of(self, person: PersonId) -> Sequence[Session]:
        return [_session(row) for row in self._run(_OF_PERSON, person=person).all()]

    def end_of(self, person: PersonId) -> None:
        self._run(_END_OF_PERSON, person=person)

    def drop_oldest(self, person: PersonId, keep: int) -> None:
        for session in self.of(person)[keep:]:
            self.remove(session.key)

    def drop_before(self, created_before: datetime, seen_before: datetime) -> None:
        self._run(_END_OLD, created_before=to_micros(created_before), seen_before=to_micros(seen_before))


def _session(row: Any) -> Session:  # noqa: ANN401 - any row of the database
    return Session(
        key=row.session_key,
        person=PersonId(row.person_id),
        csrf_token=row.csrf_token,
        created_at=from_micros(row.created_at),
        seen_at=from_micros(row.seen_at),
        language=row.language,
        browser=row.browser,
    )


class SqlFavourites(Scoped):
    """The favourites of one tenant's people."""

    def of(self, person: PersonId) -> Sequence[PersonId]:
        return [PersonId(each) for (each,) in self._rows(_OF, person=person)]

    def add(self, person: PersonId, favourite: PersonId) -> None:
        number = (self._run(_LAST, person=person).scalar() or 0) + 1
        row = {"tenant_id": self._tenant, "person_id": person, "favourite_id": favourite, "number": number}
        self._connection.execute(add_missing(favourites, self._connection.dialect.name), row)

    def remove(self, person: PersonId, favourite: PersonId) -> None:
        self._run(_UNMARK, person=person, favourite=favourite)
