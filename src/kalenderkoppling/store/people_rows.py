"""Between a person and a row."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kalenderkoppling.domain.person import Entitlements, GroupId, Person, Role

_encode = msgspec.json.Encoder(order="deterministic").encode
# A company has few combinations of groups, roles and services: each is decoded once, and people share it.
_groups = lru_cache(maxsize=4_096)(msgspec.json.Decoder(tuple[GroupId, ...]).decode)
_roles = lru_cache(maxsize=64)(msgspec.json.Decoder(frozenset[Role]).decode)


def groups_of(group_ids: str) -> tuple[GroupId, ...]:
    """Return the groups that stand in the column `group_ids`."""
    return _groups(group_ids)


def encoded_group(group: GroupId) -> str:
    """Return a group in the form of `group_ids`: quoted."""
    return _encode(group).decode()


@cache
def _entitlements(*, calendar_coupling: bool, referral: bool) -> Entitlements:
    return Entitlements(calendar_coupling=calendar_coupling, referral=referral)


def row_of(person: Person, sort_key: str) -> dict[str, object]:
    return {
        "person_id": person.id,
        "name": person.name,
        "mailbox": person.mailbox,
        "title": person.title,
        "department": person.department,
        "place": person.place,
        "responsibilities": person.responsibilities,
        "extension": person.extension,
        "mobile": person.mobile,
        "phone_uri": person.phone_uri,
        "zone": None if person.zone is None else person.zone.key,
        "group_ids": _encode(list(person.groups)).decode(),
        "calendar_coupling": person.entitlements.calendar_coupling,
        "referral": person.entitlements.referral,
        "roles": _encode(sorted(person.roles)).decode(),
        "sort_key": sort_key,
        "entra_oid": person.entra_oid or None,
    }


def person_of(row: Any) -> Person:  # noqa: ANN401 - rows of the driver, without the tenant
    (
        person_id,
        name,
        mailbox,
        title,
        department,
        place,
        responsibilities,
        extension,
        mobile,
        phone_uri,
        zone,
        groups,
        calendar_coupling,
        referral,
        roles,
        _sort_key,
        entra_oid,
    ) = row
    return Person(
        id=person_id,
        name=name,
        mailbox=mailbox,
        title=title,
        department=department,
        place=place,
        responsibilities=responsibilities,
        extension=extension,
        mobile=mobile,
        phone_uri=phone_uri,
        zone=None if zone is None else ZoneInfo(zone),
        groups=_groups(groups),
        entitlements=_entitlements(calendar_coupling=bool(calendar_coupling), referral=bool(referral)),
        roles=_roles(roles),
        entra_oid=entra_oid or "",
    )
