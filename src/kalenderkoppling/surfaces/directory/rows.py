"""A row of the list: somebody found, as the visitor reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kalenderkoppling.domain.person import Person
from kalenderkoppling.surfaces.web.links import person_path
from kalenderkoppling.surfaces.web.status import ShownStatus, shown_status
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.directory.search_people import Hits


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person of the list."""

    person: Person
    status: ShownStatus
    is_favourite: bool
    card_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the list shows: rows, and where the next ones are fetched, None at the end.

    `is_first` is False for rows that a script adds to a list that is there.
    """

    rows: Sequence[PersonRow]
    query: str
    favourites: bool
    next_offset: int | None
    is_first: bool


def listing(visit: Visit, hits: Hits, *, query: str, offset: int = 0, favourites: bool = False) -> Listing:
    """Make the list of what was found."""
    rows = [
        PersonRow(
            person=each.person,
            status=shown_status(each.status, visit.now, visit.language, visit.reasons),
            is_favourite=each.is_favourite,
            card_path=card_path(each.person, query),
        )
        for each in hits.hits
    ]
    following = offset + len(rows) if hits.has_more else None
    is_first = offset == 0 or not visit.is_partial
    return Listing(rows=rows, query=query, favourites=favourites, next_offset=following, is_first=is_first)


def card_path(person: Person, query: str = "", week: str = "") -> str:
    """Return the address of a person's card beside what was searched for."""
    asked = {name: value for name, value in (("week", week), ("q", query)) if value}
    return f"{person_path(person.id)}?{urlencode(asked)}" if asked else person_path(person.id)
