"""What a search looks for, the same on both databases: folded words, and numbers in any written form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.words import fold

# What a person types; anything longer is not a search.
_LONGEST_TEXT = 200
_MOST_TERMS = 8
_LONGEST_WORD = 40
_SHORTEST_SUFFIX = 2
_MOST_DIGITS = 20

_NUMBER = re.compile(
    r"(?<!\w)[+(]?[0-9](?:[0-9]|[ \t\-()./\u00a0\u2011\u2013](?=[ \t\-()./\u00a0\u2011\u2013]{0,3}[0-9]))*(?!\w)"
)
_TRUNK_ZERO = re.compile(r"\(0\)")
_CALLING_CODES = {"SE": "46", "NO": "47", "DK": "45", "FI": "358", "IS": "354"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing that must be found, by prefix: any of these spellings will do; digits are never a name."""

    spellings: tuple[str, ...]
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindableText:
    """The folded words of a person: those of the name, the others, and the ends of the numbers."""

    name: tuple[str, ...]
    other: tuple[str, ...]
    digits: tuple[str, ...]


class Finder(Protocol):
    """A database's own way to find people by terms; every spelling is letters and digits only."""

    def put(self, people: Sequence[Person], country: str) -> None:
        """Make people findable whose rows have been written, instead of as they were before."""
        ...

    def remove(self, people: Sequence[PersonId]) -> None:
        """Make people unfindable."""
        ...

    def find(self, terms: Sequence[Term], *, limit: int, offset: int) -> Sequence[PersonId]:
        """Return whom all terms fit: first those by whose name alone they fit, each part in name order."""
        ...


def terms_of(text: str) -> list[Term]:
    """Return what a text asks for; empty where it asks for nothing in particular."""
    rest = text[:_LONGEST_TEXT].replace("\0", " ")
    terms = [_number_term(found.group()) for found in _NUMBER.finditer(_TRUNK_ZERO.sub("", rest))]
    words = _words(_NUMBER.sub(" ", _TRUNK_ZERO.sub("", rest)))
    return [*(Term(spellings=(word,)) for word in words), *terms][:_MOST_TERMS]


def findable(person: Person, country: str) -> FindableText:
    """Return what a person is found by; a number's every ending, so that a part of it finds it too."""
    other = (person.title, person.department, person.place, person.responsibilities)
    numbers = (_digits(person.extension), _international(person.mobile, country))
    return FindableText(
        name=_words(person.name),
        other=tuple(dict.fromkeys(word for text in other for word in _words(text))),
        digits=tuple(dict.fromkeys(ending for number in numbers for ending in _endings(number))),
    )


# A company has few titles, departments and places: they are folded once, not for everybody.
@lru_cache(maxsize=4_096)
def _words(text: str) -> tuple[str, ...]:
    split = "".join(each if each.isalnum() else " " for each in fold(text))
    return tuple(word[:_LONGEST_WORD] for word in split.split())


def _number_term(written: str) -> Term:
    """Read digits as a number without its leading zeros, and as they stand."""
    digits = _digits(written)
    spellings = dict.fromkeys((digits.lstrip("0") or digits, digits))
    return Term(spellings=tuple(spellings), is_number=True)


def _digits(written: str) -> str:
    return "".join(each for each in written if each in "0123456789")[:_MOST_DIGITS]


def _international(written: str, country: str) -> str:
    """Return a number's digits with the calling code, so that national and international forms end alike."""
    plain = _TRUNK_ZERO.sub("", written).strip()
    digits = _digits(plain)
    if not digits or plain.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return _CALLING_CODES.get(country, "") + digits.removeprefix("0")


def _endings(number: str) -> Iterator[str]:
    last = max(len(number) - _SHORTEST_SUFFIX, 0) + 1 if number else 0
    return (number[start:] for start in range(last))
