"""A person in a company's directory, and what the company has ordered for that person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

TenantId = NewType("TenantId", str)
PersonId = NewType("PersonId", str)
GroupId = NewType("GroupId", str)


class Role(StrEnum):
    """What a signed-in person may do; there is no default role."""

    EMPLOYEE = "employee"
    ATTENDANT = "attendant"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


_LOCAL_ADMINISTRATOR = "administrator:"


def local_administrator_id(name: str) -> PersonId:
    """Return the id that stands for a local administrator where a person's id is asked for: sessions, the audit log.

    Nobody in the directory can have it (`is_reserved`).
    """
    return PersonId(f"{_LOCAL_ADMINISTRATOR}{name}")


def local_administrator_name(id_: PersonId) -> str | None:
    """Return the name of the local administrator whom an id stands for; None where it is a person's."""
    return id_.removeprefix(_LOCAL_ADMINISTRATOR) if is_reserved(id_) else None


def is_reserved(id_: PersonId) -> bool:
    """Tell whether no person of the directory may have an id, since it stands for a local administrator."""
    return id_.startswith(_LOCAL_ADMINISTRATOR)


class LineState(StrEnum):
    """A person's line state as the telephone system reports it; unrelated to show-as."""

    FREE = "free"
    RINGING = "ringing"
    IN_CALL = "in_call"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlements:
    """What a person has been given: the calendar coupling (R7) and the referral service (R2)."""

    calendar_coupling: bool = False
    referral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a tenant's directory.

    `zone` is None where the tenant's holds; `mailbox` is the address that the calendar system knows, or empty.
    `entra_oid` is the object id of the person's account in Entra ID, by which a sign-in finds the person; or empty.
    `phone_uri` is what rings, never the number that was called. Numbers are kept as they were written.
    """

    id: PersonId
    name: str
    mailbox: str = ""
    title: str = ""
    department: str = ""
    place: str = ""
    responsibilities: str = ""
    extension: str = ""
    mobile: str = ""
    phone_uri: str = ""
    zone: ZoneInfo | None = None
    groups: Sequence[GroupId] = ()
    entitlements: Entitlements = Entitlements()
    roles: frozenset[Role] = frozenset()
    entra_oid: str = ""
