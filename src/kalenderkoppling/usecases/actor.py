"""Who asks: a person of the tenant with roles, or a program; and what that lets them see and change."""

from __future__ import annotations

from dataclasses import dataclass

from kalenderkoppling.absences.visible import Viewer
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId, Role, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody signed in to a tenant."""

    tenant: TenantId
    person: PersonId
    roles: frozenset[Role] = frozenset({Role.EMPLOYEE})

    def viewer_of(self, person: PersonId) -> Viewer:
        """Tell as whom this person looks at another."""
        if person == self.person:
            return Viewer.SELF
        return Viewer.ATTENDANT if Role.ATTENDANT in self.roles else Viewer.COLLEAGUE

    def may_change(self, person: PersonId) -> bool:
        """Tell whether this person may change another's absences: own ones, or as an attendant (R22, R24)."""
        return person == self.person or Role.ATTENDANT in self.roles

    def may_ask_why(self, person: PersonId) -> bool:
        """Tell whether this person may see an absence's origin and have it explained (R19)."""
        return self.may_change(person) or Role.ADMINISTRATOR in self.roles

    def must_change(self, person: PersonId) -> None:
        """Refuse unless this person may change another's absences.

        Raises:
            NotFoundError: it is not for this person; whether it exists is not told.
        """
        if not self.may_change(person):
            raise NotFoundError
