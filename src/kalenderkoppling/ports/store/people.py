"""People in the store: who is in the directory, and how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId
from kalenderkoppling.domain.service import Scope
from kalenderkoppling.domain.tenant import TenantSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search result: people in display order, and whether there are more."""

    people: Sequence[Person]
    has_more: bool = False


class People(Protocol):
    """The directory of one tenant."""

    def get(self, person: PersonId) -> Person | None:
        """Return a person, or None."""
        ...

    def many(self, people: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Return the people who exist, by id."""
        ...

    def with_entra_oid(self, oid: str) -> Sequence[Person]:
        """Return the people whose account in Entra ID has an object id; nobody for an empty one."""
        ...

    def ids(self) -> Sequence[PersonId]:
        """Return everybody's id, in order of id."""
        ...

    def ids_after(self, person: PersonId, limit: int) -> Sequence[PersonId]:
        """Return the ids that follow one in order of id, at most so many; an empty id is before all others."""
        ...

    def groups(self) -> Mapping[GroupId, int]:
        """Return the groups that anybody is in, in order of id, with their numbers of members."""
        ...

    def put(self, people: Iterable[Person]) -> None:
        """Add people, or replace those with the same id, and index them for search."""
        ...

    def set_entitlements(self, person: PersonId, entitlements: Entitlements) -> None:
        """Set a person's entitlements."""
        ...

    def remove(self, person: PersonId) -> None:
        """Remove a person and everything stored about that person, except the audit log."""
        ...

    def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        """Find people by several words at once, by prefix, folded (a finds å), names before other columns.

        Words are looked for in name, title, department, place, responsibilities; digits in extension and mobile,
        in any written form. An empty text gives everybody in name order (å ä ö last).
        """
        ...

    def departments(self) -> Mapping[str, int]:
        """Return the departments that people are in, each with their number; whoever is in none is not counted."""
        ...

    def members(self, scope: Scope, of: str, *, after: PersonId, limit: int) -> Sequence[Person]:
        """Return people of a department or group in order of id, those behind `after`."""
        ...

    def settings(self) -> TenantSettings:
        """Return the tenant's settings; the defaults where none were set."""
        ...

    def put_settings(self, settings: TenantSettings) -> None:
        """Set the tenant's settings."""
        ...
