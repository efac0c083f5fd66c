"""Absences: what is kept of bookings, and what was set by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, or_, select, update

from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, Origin, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store.absences import Owned, Placed
from kalenderkoppling.store.boundaries import boundary_after, people_with_boundary
from kalenderkoppling.store.bulk import Row, insert_rows, replace_rows
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.kept_rows import CONTENT, WEEK_MICROS, content_of, kept_of
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.tables import by_hand, kept

# The offset of the westernmost time zone (UTC-12): a day begins there this long after it began in UTC.
_WESTERNMOST = timedelta(hours=12)

_KEPT = (kept.c.person_id, kept.c.absence_id, kept.c.version, *(kept.c[name] for name in CONTENT))
_BY_HAND = tuple(by_hand.c)[1:]


def _of_people(table: Table) -> ColumnElement[bool]:
    return table.c.person_id.in_(bindparam("people", expanding=True))


def _overlapping(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.tenant_id == TENANT,
        _of_people(table),
        table.c.starts_at < bindparam("end"),
        table.c.ends_at > bindparam("start"),
    )


def _in_order(table: Table) -> tuple[Any, ...]:
    return (table.c.starts_at, table.c.ends_at, table.c.absence_id)


_KEPT_OF = (
    select(*_KEPT)
    .where(kept.c.tenant_id == TENANT, kept.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(kept.c.person_id, kept.c.absence_id)
)
_KEPT_BETWEEN = select(*_KEPT).where(*_overlapping(kept)).order_by(*_in_order(kept))
_BY_HAND_BETWEEN = select(*_BY_HAND).where(*_overlapping(by_hand)).order_by(*_in_order(by_hand))
_KEPT_BY_ID = select(*_KEPT).where(kept.c.tenant_id == TENANT, kept.c.absence_id == bindparam("absence"))
_BY_HAND_BY_ID = select(*_BY_HAND).where(by_hand.c.tenant_id == TENANT, by_hand.c.absence_id == bindparam("absence"))
_VERSION = select(by_hand.c.version).where(
    by_hand.c.tenant_id == TENANT,
    by_hand.c.person_id == bindparam("person"),
    by_hand.c.absence_id == bindparam("absence"),
)
_DROP = tuple(
    delete(table).where(table.c.tenant_id == TENANT, table.c.absence_id.in_(bindparam("ids", expanding=True)))
    for table in (kept, by_hand)
)
_DROP_KEPT_OF = delete(kept).where(kept.c.tenant_id == TENANT, kept.c.person_id == bindparam("person"))
_ENDED = (
    kept.c.tenant_id == TENANT,
    kept.c.week <= bindparam("until_week"),
    kept.c.ends_at <= bindparam("before"),
    # An edit may end an absence long before its booking: erased now, the next look would take the booking for new.
    kept.c.finishes.is_(None) | (kept.c.finishes <= bindparam("before")),
    kept.c.after_day.is_(None) | (kept.c.after_day <= bindparam("before_day")),
)
_OWNERS_OF_ENDED = select(kept.c.person_id).where(*_ENDED).distinct()
_DROP_ENDED = (
    delete(kept).where(*_ENDED),
    delete(by_hand).where(by_hand.c.tenant_id == TENANT, by_hand.c.ends_at <= bindparam("before")),
)
_WITHOUT_SUBJECT = {"subject": None, "version": kept.c.version + 1}
_PURGE_SUBJECTS = (
    update(kept)
    .where(kept.c.tenant_id == TENANT, _of_people(kept), kept.c.subject.is_not(None))
    .values(_WITHOUT_SUBJECT)
)
_WITH_SUBJECT = (
    select(kept.c.person_id).where(kept.c.tenant_id == TENANT, _of_people(kept), kept.c.subject.is_not(None)).distinct()
)
_OWNERS = (
    select(kept.c.person_id)
    .where(kept.c.tenant_id == TENANT, kept.c.absence_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)
_SHOWN_AS = (
    kept.c.tenant_id == TENANT,
    _of_people(kept),
    or_(kept.c.show_as.in_(bindparam("kinds", expanding=True)), kept.c.show_as.is_(None) & bindparam("unknown")),
)
_OWNERS_BY_SHOW_AS = select(kept.c.person_id).distinct().where(*_SHOWN_AS)
_DROP_UNEDITED = delete(kept).where(*_SHOWN_AS, kept.c.edit.is_(None))
_FORGET_SUBJECT = (
    update(kept).where(*_SHOWN_AS, kept.c.edit.is_not(None), kept.c.subject.is_not(None)).values(_WITHOUT_SUBJECT)
)


class SqlAbsences(Scoped):
    """All absences of one tenant's people."""

    def __init__(self, connection: Connection, tenant: str, revisions: Revisions) -> None:
        super().__init__(connection, tenant)
        self._revisions = revisions

    def kept(self, person: PersonId) -> Sequence[Kept]:
        return self.kept_by_person([person]).get(person, [])

    def kept_by_person(self, people: Iterable[PersonId]) -> Mapping[PersonId, Sequence[Kept]]:
        found: dict[PersonId, list[Kept]] = defaultdict(list)
        for piece in chunks(people):
            for row in self._run(_KEPT_OF, people=piece).all():
                found[row[0]].append(kept_of(row[1], row[3:]))
        return dict(found)

    def kept_between(self, people: Iterable[PersonId], between: Interval) -> Mapping[PersonId, Sequence[Kept]]:
        found: dict[PersonId, list[Kept]] = defaultdict(list)
        for row in self._between(_KEPT_BETWEEN, people, between):
            found[row[0]].append(kept_of(row[1], row[3:]))
        return dict(found)

    def by_hand_between(self, people: Iterable[PersonId], between: Interval) -> Mapping[PersonId, Sequence[Absence]]:
        found: dict[PersonId, list[Absence]] = defaultdict(list)
        for row in self._between(_BY_HAND_BETWEEN, people, between):
            found[row[0]].append(_absence(row))
        return dict(found)

    def owned(self, absence: AbsenceId) -> Owned | None:
        row = self._run(_KEPT_BY_ID, absence=absence).first()
        if row is not None:
            return Owned(person=row[0], version=row[2], kept=kept_of(row[1], row[3:]))
        row = self._run(_BY_HAND_BY_ID, absence=absence).first()
        return None if row is None else Owned(person=row[0], version=row[2], by_hand=_absence(row))

    def add(self, person: PersonId, placed: Iterable[Placed]) -> None:
        self.add_many({person: placed})

    def add_many(self, placed: Mapping[PersonId, Iterable[Placed]]) -> None:
        tenant = self._tenant
        rows: list[Row] = []
        concerned: list[PersonId] = []
        for person, some in placed.items():
            before = len(rows)
            rows += [(tenant, person, each.kept.id, 1, *content_of(each)) for each in some]
            if len(rows) > before:
                concerned.append(person)
        self._revisions.change(concerned)
        insert_rows(self._connection, kept, rows)

    def change(self, person: PersonId, placed: Iterable[Placed]) -> None:
        rows = [(*content_of(each), self._tenant, person, each.kept.id) for each in placed]
        if not rows:
            return
        self._revisions.change([person])
        replace_rows(self._connection, kept, CONTENT, rows)

    def put_by_hand(self, person: PersonId, absence: Absence) -> None:
        version = self._run(_VERSION, person=person, absence=absence.id).scalar() or 0
        row = {
            "person_id": person,
            "absence_id": absence.id,
            "version": version + 1,
            "starts_at": to_micros(absence.interval.start),
            "ends_at": to_micros(absence.interval.end),
            "reason": absence.reason,
            "diversion": absence.diversion,
            "tie": absence.tie,
            "note": absence.note,
        }
        self._upsert(by_hand, [row])

    def drop(self, absences: Iterable[AbsenceId]) -> None:
        pieces = list(chunks(absences))
        self._revisions.change(row[0] for ids in pieces for row in self._rows(_OWNERS, ids=ids))
        for ids in pieces:
            for statement in _DROP:
                self._run(statement, ids=ids)

    def drop_unruled(self, people: Iterable[PersonId], show_as: Iterable[ShowAs | None]) -> int:
        kinds = set(show_as)
        asked = {"kinds": [each for each in kinds if each is not None], "unknown": None in kinds}
        touched = 0
        for piece in chunks(people):
            self._revisions.change(self._run(_OWNERS_BY_SHOW_AS, people=piece, **asked).scalars().all())
            # By person, whose rows lie together: by their own ids it takes many times as long.
            for statement in (_DROP_UNEDITED, _FORGET_SUBJECT):
                touched += self._run(statement, people=piece, **asked).rowcount
        return touched

    def drop_kept_of(self, person: PersonId) -> int:
        self._revisions.change([person])
        return int(self._run(_DROP_KEPT_OF, person=person).rowcount)

    def drop_ended(self, before: datetime) -> int:
        at = to_micros(before)
        values = {"before": at, "until_week": at // WEEK_MICROS, "before_day": str((before - _WESTERNMOST).date())}
        self._revisions.change(row[0] for row in self._rows(_OWNERS_OF_ENDED, **values))
        return sum(self._run(statement, **values).rowcount for statement in _DROP_ENDED)

    def purge_subjects(self, people: Iterable[PersonId]) -> int:
        bearing = [PersonId(row[0]) for row in self._rows_of(_WITH_SUBJECT, people)]
        self._revisions.change(bearing)
        return sum(self._run(_PURGE_SUBJECTS, people=piece).rowcount for piece in chunks(bearing))

    def with_boundary(self, between: Interval) -> Sequence[PersonId]:
        return people_with_boundary(self._run, between)

    def next_boundary(self, after: datetime) -> datetime | None:
        return boundary_after(self._run, after)

    def _between(self, statement: Select[Any], people: Iterable[PersonId], between: Interval) -> Iterable[Any]:
        return self._rows_of(statement, people, start=to_micros(between.start), end=to_micros(between.end))


def _absence(row: Any) -> Absence:  # noqa: ANN401 - rows of the driver
    _, absence_id, _, starts_at, ends_at, reason, diversion, tie, note = row
    return Absence(
        id=AbsenceId(absence_id),
        interval=Interval(start=from_micros(starts_at), end=from_micros(ends_at)),
        reason=ReasonKey(reason),
        diversion=Diversion(diversion),
        origin=Origin.BY_HAND,
        tie=tie,
        note=note,
    )
