"""Between a person and a row."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role

_encode = msgspec.json.Encoder(order="deterministic").encode
_groups = msgspec.json.Decoder(tuple[str, ...]).decode
_roles = msgspec.json.Decoder(frozenset[Role]).decode


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
    }


def person_of(row: Any) -> Person:  # noqa: ANN401 - rows of the driver, without the tenant
    return Person(
        id=PersonId(row.person_id),
        name=row.name,
        mailbox=row.mailbox,
        title=row.title,
        department=row.department,
        place=row.place,
        responsibilities=row.responsibilities,
        extension=row.extension,
        mobile=row.mobile,
        phone_uri=row.phone_uri,
        zone=None if row.zone is None else ZoneInfo(row.zone),
        groups=tuple(GroupId(group) for group in _groups(row.group_ids)),
        entitlements=Entitlements(calendar_coupling=bool(row.calendar_coupling), referral=bool(row.referral)),
        roles=_roles(row.roles),
    )
