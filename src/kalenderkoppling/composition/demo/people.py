"""From the pretend company to people of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kalenderkoppling.domain.person import Entitlements, Person, PersonId, Role
from kalenderkoppling.sandbox import CompanyPerson


def directory_people(company: Sequence[CompanyPerson]) -> list[Person]:
    """Return the pretend company's people; everybody is an employee."""
    return [_person(each) for each in company]


def cast_roles(people: Sequence[Person]) -> tuple[list[Person], tuple[str, ...]]:
    """Give a few people further roles, and return everybody and whom to sign in as first.

    First an employee with both services, then an attendant, then an administrator.
    """
    served = [each for each in people if each.entitlements.calendar_coupling and each.entitlements.referral]
    employee, attendant, administrator = served[:3]
    roles = {
        attendant.id: frozenset({Role.EMPLOYEE, Role.ATTENDANT}),
        administrator.id: frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR}),
    }
    cast = [replace(each, roles=roles.get(each.id, each.roles)) for each in people]
    return cast, (employee.id, attendant.id, administrator.id)


def _person(each: CompanyPerson) -> Person:
    return Person(
        id=PersonId(each.user_id),
        name=each.name,
        mailbox=each.mail,
        title=each.title,
        department=each.department,
        place=each.place,
        responsibilities=", ".join(each.responsibilities),
        extension=each.extension,
        mobile=each.mobile or "",
        phone_uri=f"sip:{each.extension}@{each.mail.partition('@')[2]}",
        entitlements=Entitlements(calendar_coupling=each.has_service, referral=each.has_referral),
        roles=frozenset({Role.EMPLOYEE}),
    )
