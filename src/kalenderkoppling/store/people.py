"""The directory of a tenant: its people, its settings, and the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, literal_column, or_, select, update

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId
from kalenderkoppling.domain.recording import PhraseKind
from kalenderkoppling.domain.service import Scope
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.people import Found
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.store import tables
from kalenderkoppling.store.people_rows import encoded_group, groups_of, person_of, row_of
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.search import Finder, terms_of
from kalenderkoppling.store.search_fts import FullTextFinder
from kalenderkoppling.store.search_words import WordFinder
from kalenderkoppling.words import language_of, languages, sort_key

_rows = tables.person
_PERSON = tuple(_rows.c)[1:]
_GET = select(*_PERSON).where(_rows.c.tenant_id == TENANT, _rows.c.person_id == bindparam("person"))
_MANY = select(*_PERSON).where(_rows.c.tenant_id == TENANT, _rows.c.person_id.in_(bindparam("people", expanding=True)))
_WITH_ENTRA_OID = select(*_PERSON).where(_rows.c.tenant_id == TENANT, _rows.c.entra_oid == bindparam("oid"))
_IDS = select(_rows.c.person_id).where(_rows.c.tenant_id == TENANT).order_by(_rows.c.person_id)
_IDS_AFTER = _IDS.where(_rows.c.person_id > bindparam("last")).limit(bindparam("most"))
_GROUPS = select(_rows.c.group_ids, func.count()).where(_rows.c.tenant_id == TENANT).group_by(_rows.c.group_ids)
_IN_ORDER = (
    select(*_PERSON)
    .where(_rows.c.tenant_id == TENANT)
    .order_by(_rows.c.sort_key, _rows.c.person_id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_SET_ENTITLEMENTS = (
    update(_rows)
    .where(_rows.c.tenant_id == TENANT, _rows.c.person_id == bindparam("person"))
    .values(calendar_coupling=bindparam("coupled"), referral=bindparam("may_refer"))
)
_DEPARTMENTS = select(_rows.c.department, func.count()).where(_rows.c.tenant_id == TENANT).group_by(_rows.c.department)
_BEHIND = (
    select(*_PERSON)
    .where(_rows.c.tenant_id == TENANT, _rows.c.person_id > bindparam("after"))
    .order_by(_rows.c.person_id)
    .limit(bindparam("most"))
)
_IN_DEPARTMENT = _BEHIND.where(_rows.c.department == bindparam("of"))
# Groups are one text, a JSON list: only where a group begins does a quotation mark follow a bracket or a comma.
_IN_GROUP = _BEHIND.where(
    or_(
        func.replace(_rows.c.group_ids, bindparam("as_first"), literal_column("''")) != _rows.c.group_ids,
        func.replace(_rows.c.group_ids, bindparam("as_later"), literal_column("''")) != _rows.c.group_ids,
    )
)
_SETTINGS = select(tables.setting.c.content).where(tables.setting.c.tenant_id == TENANT)

_person: Any = bindparam("person")
# Everything that names a person, except the audit log and, on PostgreSQL, the words (the finder's own).
OF_A_PERSON = (
    tables.kept,
    tables.by_hand,
    tables.choice,
    tables.own_rules,
    tables.mailbox,
    tables.subscription,
    tables.change,
    tables.call,
    tables.call_back,
    tables.line_state,
    tables.session,
    tables.identity,
    tables.favourite,
    tables.service_pin,
    tables.person,
)
_REMOVE = (
    *(delete(table).where(table.c.tenant_id == TENANT, table.c.person_id == _person) for table in OF_A_PERSON),
    delete(tables.favourite).where(tables.favourite.c.tenant_id == TENANT, tables.favourite.c.favourite_id == _person),
    # Others keep the calls to them, without who called.
    update(tables.call)
    .where(tables.call.c.tenant_id == TENANT, tables.call.c.colleague_id == _person)
    .values(number="", colleague_id=None),
    delete(tables.call_back).where(tables.call_back.c.tenant_id == TENANT, tables.call_back.c.colleague_id == _person),
    delete(tables.recording).where(
        tables.recording.c.tenant_id == TENANT,
        tables.recording.c.kind == str(PhraseKind.NAME),
        tables.recording.c.phrase_key == _person,
    ),
    delete(tables.layer).where(
        tables.layer.c.tenant_id == TENANT,
        tables.layer.c.kind == str(LayerKind.PERSON),
        tables.layer.c.scope_id == _person,
    ),
    # The order itself is carried out to its end, by nobody in particular.
    update(tables.service_order)
    .where(tables.service_order.c.tenant_id == TENANT, tables.service_order.c.actor == _person)
    .values(actor=""),
)


def _plain(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value.key
    raise NotImplementedError


def _from_plain(kind: type, value: object) -> object:
    if kind is ZoneInfo:
        return ZoneInfo(str(value))
    raise NotImplementedError


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
# Each request reads the settings of its tenant, which seldom change.
_settings_of = lru_cache(maxsize=64)(msgspec.json.Decoder(TenantSettings, dec_hook=_from_plain).decode)


class SqlPeople(Scoped):
    """The directory of one tenant."""

    def __init__(self, connection: Connection, tenant: str, revisions: Revisions) -> None:
        super().__init__(connection, tenant)
        self._revisions = revisions
        is_sqlite = connection.dialect.name == "sqlite"
        self._finder: Finder = FullTextFinder(connection, tenant) if is_sqlite else WordFinder(connection, tenant)

    def get(self, person: PersonId) -> Person | None:
        row = self._run(_GET, person=person).first()
        return None if row is None else person_of(row)

    def many(self, people: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        return {row[0]: person_of(row) for row in self._rows_of(_MANY, people)}

    def with_entra_oid(self, oid: str) -> Sequence[Person]:
        return [person_of(row) for row in self._rows(_WITH_ENTRA_OID, oid=oid)] if oid else []

    def ids(self) -> Sequence[PersonId]:
        return [PersonId(person) for person in self._run(_IDS).scalars()]

    def ids_after(self, person: PersonId, limit: int) -> Sequence[PersonId]:
        return [PersonId(each) for each in self._run(_IDS_AFTER, last=person, most=limit).scalars()]

    def groups(self) -> Mapping[GroupId, int]:
        members: Counter[GroupId] = Counter()
        for content, count in self._run(_GROUPS):
            members.update(dict.fromkeys(groups_of(content), count))
        return dict(sorted(members.items()))

    def put(self, people: Iterable[Person]) -> None:
        by_id = {person.id: replace(person, groups=tuple(person.groups)) for person in people}
        known = self.many(by_id)
        fresh = [person for person in by_id.values() if known.get(person.id) != person]
        if fresh:
            self._revisions.change(known.keys() & {person.id for person in fresh})
            settings = self.settings()
            self._write(fresh, settings)
            self._finder.put(fresh, settings.country)

    def set_entitlements(self, person: PersonId, entitlements: Entitlements) -> None:
        self._revisions.change([person])
        coupled, may_refer = entitlements.calendar_coupling, entitlements.referral
        if not self._run(_SET_ENTITLEMENTS, person=person, coupled=coupled, may_refer=may_refer).rowcount:
            raise NotFoundError

    def remove(self, person: PersonId) -> None:
        self._revisions.lock([person])
        self._finder.remove([person])
        for statement in _REMOVE:
            self._run(statement, person=person)

    def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        terms = terms_of(text)
        if terms:
            ids = self._finder.find(terms, limit=limit + 1, offset=offset)
            by_id = self.many(ids)
            found = [by_id[person] for person in ids]
        elif text.strip():
            found = []
        else:
            found = [person_of(row) for row in self._rows(_IN_ORDER, most=limit + 1, skipped=offset)]
        return Found(people=found[:limit], has_more=len(found) > limit)

    def departments(self) -> Mapping[str, int]:
        return {department: people for department, people in self._rows(_DEPARTMENTS) if department}

    def members(self, scope: Scope, of: str, *, after: PersonId, limit: int) -> Sequence[Person]:
        match scope:
            case Scope.DEPARTMENT:
                return [person_of(row) for row in self._run(_IN_DEPARTMENT, of=of, after=after, most=limit)]
            case Scope.GROUP:
                wanted = encoded_group(GroupId(of))
                places = {"as_first": f"[{wanted}", "as_later": f",{wanted}"}
                return [person_of(row) for row in self._run(_IN_GROUP, **places, after=after, most=limit)]
            case _:
                assert_never(scope)

    def settings(self) -> TenantSettings:
        rows = self._rows(_SETTINGS)
        return _settings_of(rows[0][0]) if rows else TenantSettings()

    def put_settings(self, settings: TenantSettings) -> None:
        self._revisions.change_all()
        before = self.settings()
        self._upsert(tables.setting, [{"content": _encode(settings).decode()}])
        if (before.language, before.country) != (settings.language, settings.country):
            everybody = list(self.many(self.ids()).values())
            self._write(everybody, settings)
            self._finder.put(everybody, settings.country)

    def _write(self, people: Sequence[Person], settings: TenantSettings) -> None:
        language = language_of(settings.language) or languages()[0]
        # In order of id, so that two who write several people do not wait for each other.
        in_order = sorted(people, key=lambda each: each.id)
        self._upsert(_rows, [row_of(person, sort_key(person.name, language)) for person in in_order])
