"""Finding a person of the pretend company by name, department or title."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from kalenderkoppling.sandbox.company import CompanyPerson

_LAST_LETTERS = str.maketrans({"å": "z1", "ä": "z2", "ö": "z3"})


def in_order(people: Iterable[CompanyPerson]) -> list[CompanyPerson]:
    """Sort by name as Swedes do: å, ä and ö last."""
    return sorted(people, key=lambda person: _sort_key(f"{person.given_name} {person.family_name}"))


def found(people: Iterable[CompanyPerson], asked: str) -> list[CompanyPerson]:
    """Return the people whose name, department, title and place contain all the words, diacritics ignored."""
    words = _folded(asked).split()
    return [person for person in people if all(word in _haystack(person) for word in words)]


def _haystack(person: CompanyPerson) -> str:
    return _folded(f"{person.name} {person.department} {person.title} {person.place} {person.extension} {person.mail}")


def _folded(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(letter)
    )


def _sort_key(name: str) -> str:
    return _folded(unicodedata.normalize("NFC", name.casefold()).translate(_LAST_LETTERS))
