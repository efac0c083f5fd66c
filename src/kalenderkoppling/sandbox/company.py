"""A pretend company: believable people with mailboxes, for the demo, the bench and the tests.

Telephone numbers are those that the Swedish Post and Telecom Authority sets aside for books and films
(PTS, "Telefonnummer för användning i böcker, filmer etc."): 08-465 004 00 to 99, 031-390 06 00 to 99,
040-628 04 00 to 99, 0980-319 200 to 299 and 070-174 06 05 to 99. Addresses end in `.example` (RFC 2606).
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.sandbox import ids
from kalenderkoppling.sandbox.company_names import DEPARTMENTS, FAMILY_NAMES, GIVEN_NAMES, PLACES
from kalenderkoppling.sandbox.company_week import fill_week
from kalenderkoppling.sandbox.world import World

COMPANY_NAME = "Lindås Samhällsbyggnad AB"
DOMAIN = "lindas.example"
_FIXED = {
    "Stockholm": tuple(f"+46846500{400 + n}" for n in range(100)),
    "Göteborg": tuple(f"+46313900{600 + n}" for n in range(100)),
    "Malmö": tuple(f"+46406280{400 + n}" for n in range(100)),
    "Kiruna": tuple(f"+46980319{200 + n}" for n in range(100)),
}
_MOBILES = tuple(f"+46701740{605 + n}" for n in range(95))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPerson:
    """Somebody in the company.

    Numbers are E.164, from the ranges for fiction; when those are used up, people have none. `has_service` is the
    calendar coupling, `has_referral` the right to divert calls.
    """

    user_id: str
    given_name: str
    family_name: str
    title: str
    department: str
    responsibilities: tuple[str, ...]
    place: str
    extension: str
    phone: str | None
    mobile: str | None
    mail: str
    has_service: bool
    has_referral: bool

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"


def pretend_people(count: int = 200, seed: int = 1) -> list[CompanyPerson]:
    """Generate people; deterministic by count and seed, for 50,000 and more."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    fixed = {place: list(reversed(numbers)) for place, numbers in _FIXED.items()}
    mobiles = list(reversed(_MOBILES))
    taken: Counter[str] = Counter()
    digits = max(4, len(str(count)) + 1)
    return [_person(chance, number, digits, taken, fixed=fixed, mobiles=mobiles) for number in range(count)]


def open_mailboxes(world: World, people: Sequence[CompanyPerson]) -> None:
    """Give everybody a mailbox."""
    for person in people:
        world.add_mailbox(person.mail, user_id=person.user_id, display_name=person.name)


def pretend_company(world: World, count: int = 200, seed: int = 1) -> list[CompanyPerson]:
    """Generate a company: people, mailboxes, and a realistic fortnight around the world's present."""
    people = pretend_people(count, seed)
    open_mailboxes(world, people)
    meetings = {department.name: department.weekly_meeting for department in DEPARTMENTS}
    fill_week(world, [(person.user_id, meetings[person.department]) for person in people], seed)
    return people


def _person(
    chance: random.Random,
    number: int,
    digits: int,
    taken: Counter[str],
    *,
    fixed: dict[str, list[str]],
    mobiles: list[str],
) -> CompanyPerson:
    department = chance.choice(DEPARTMENTS)
    given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    place = chance.choices(PLACES, weights=(5, 3, 2, 1))[0]
    mail = _mail(given, family, taken)
    has_service = _happens(chance, 0.85)
    return CompanyPerson(
        user_id=ids.guid(f"user/{mail}"),
        given_name=given,
        family_name=family,
        title=chance.choice(department.titles),
        department=department.name,
        responsibilities=tuple(chance.sample(department.responsibilities, chance.randint(1, 2))),
        place=place,
        extension=str(2 * 10 ** (digits - 1) + number),
        phone=fixed[place].pop() if fixed[place] else None,
        mobile=mobiles.pop() if mobiles and _happens(chance, 0.5) else None,
        mail=mail,
        has_service=has_service,
        has_referral=has_service and _happens(chance, 0.7),
    )


def _happens(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _mail(given: str, family: str, taken: Counter[str]) -> str:
    name = f"{_ascii(given)}.{_ascii(family)}"
    taken[name] += 1
    return f"{name}{taken[name] if taken[name] > 1 else ''}@{DOMAIN}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return plain.lower()
