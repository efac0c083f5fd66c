"""Finding people on SQLite: a full text index whose row numbers stand in name order, so the first hits come first.

A search for one letter fits a third of everybody; as the index gives its hits in the order of row numbers,
it stops after a page instead of sorting thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.store.people_rows import person_of
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.search import Term, findable
from kalenderkoppling.store.tables import person as people_rows

# A tenant's row numbers: its slot above, places below with room between neighbours for those who come later.
_PLACE_BITS = 46
_ROOM = 1 << 24
_SLOT = "SELECT slot FROM search_slot WHERE tenant_id = ?"
_NEW_SLOT = "INSERT INTO search_slot (tenant_id) VALUES (?) RETURNING slot"
_COUNT = "SELECT count(*) FROM search_place WHERE tenant_id = ?"
_PLACE_OF = "SELECT place FROM search_place WHERE tenant_id = ? AND person_id = ?"
_BEFORE = (
    "SELECT l.place FROM person p JOIN search_place l ON l.tenant_id = p.tenant_id AND l.person_id = p.person_id"
    " WHERE p.tenant_id = ? AND (p.sort_key, p.person_id) < (?, ?) ORDER BY p.sort_key DESC, p.person_id DESC LIMIT 1"
)
_AFTER = (
    "SELECT l.place FROM person p JOIN search_place l ON l.tenant_id = p.tenant_id AND l.person_id = p.person_id"
    " WHERE p.tenant_id = ? AND (p.sort_key, p.person_id) > (?, ?) ORDER BY p.sort_key, p.person_id LIMIT 1"
)
_SORT_KEY = "SELECT sort_key FROM person WHERE tenant_id = ? AND person_id = ?"
_ADD_PLACE = "INSERT INTO search_place (place, tenant_id, person_id) VALUES (?, ?, ?)"
_ADD_TEXT = "INSERT INTO person_text (rowid, name, other, digits) VALUES (?, ?, ?, ?)"
_DROP_PLACE = "DELETE FROM search_place WHERE place = ?"
_DROP_TEXT = "DELETE FROM person_text WHERE rowid = ?"
_DROP_PLACES = "DELETE FROM search_place WHERE place BETWEEN ? AND ?"
_DROP_TEXTS = "DELETE FROM person_text WHERE rowid BETWEEN ? AND ?"
_FIND = (
    "SELECT l.person_id FROM person_text t CROSS JOIN search_place l ON l.place = t.rowid"
    " WHERE person_text MATCH ? AND t.rowid BETWEEN ? AND ? ORDER BY t.rowid LIMIT ? OFFSET ?"
)
_COUNT_FOUND = "SELECT count(*) FROM person_text WHERE person_text MATCH ? AND rowid BETWEEN ? AND ?"
# Deleted words stay in the index's older parts until these are merged: this leaves none behind.
FORGET_DELETED = "INSERT INTO person_text (person_text) VALUES ('optimize')"
_EVERYBODY = (
    select(*tuple(people_rows.c)[1:])
    .where(people_rows.c.tenant_id == TENANT)
    .order_by(people_rows.c.sort_key, people_rows.c.person_id)
)


class FullTextFinder(Scoped):
    """One tenant's part of the full text index."""

    def put(self, people: Sequence[Person], country: str) -> None:
        self.remove([person.id for person in people])
        if len(people) > 100 + self._count() // 8:
            self._number_anew(country)
            return
        for person in people:
            place = self._free_place(person.id)
            if place is None:
                self._number_anew(country)
                return
            self._add([(place, person)], country)

    def remove(self, people: Sequence[PersonId]) -> None:
        for person in people:
            place = self._scalar(_PLACE_OF, self._tenant, person)
            if place is not None:
                self._driver(_DROP_TEXT, place)
                self._driver(_DROP_PLACE, place)

    def find(self, terms: Sequence[Term], *, limit: int, offset: int) -> Sequence[PersonId]:
        slot = self._scalar(_SLOT, self._tenant)
        if slot is None:
            return []
        by_name = " AND ".join(_match(term, "name : ") for term in terms)
        anywhere = " AND ".join(_match(term, "") for term in terms)
        found = self._find(by_name, slot, limit, offset)
        if len(found) == limit:
            return found
        before = offset and (len(found) + offset if found else self._found(by_name, slot))
        rest = f"({anywhere}) NOT ({by_name})"
        return found + self._find(rest, slot, limit - len(found), max(offset - before, 0))

    def _find(self, match: str, slot: int, limit: int, offset: int) -> list[PersonId]:
        rows = self._driver(_FIND, match, *_range(slot), limit, offset).all()
        return [PersonId(person) for (person,) in rows]

    def _found(self, match: str, slot: int) -> int:
        return self._scalar(_COUNT_FOUND, match, *_range(slot)) or 0

    def _count(self) -> int:
        return self._scalar(_COUNT, self._tenant) or 0

    def _slot(self) -> int:
        known = self._scalar(_SLOT, self._tenant)
        return known if known is not None else int(self._driver(_NEW_SLOT, self._tenant).scalar_one())

    def _free_place(self, person: PersonId) -> int | None:
        """Return a place between the neighbours in name order, or None where there is no room left."""
        first, last = _range(self._slot())
        sort_key = self._driver(_SORT_KEY, self._tenant, person).scalar_one()
        before = self._scalar(_BEFORE, self._tenant, sort_key, person)
        after = self._scalar(_AFTER, self._tenant, sort_key, person)
        if before is None and after is None:
            return (first + last) // 2
        low = before if before is not None else max((after or last) - 2 * _ROOM, first)
        high = after if after is not None else min(low + 2 * _ROOM, last)
        place = (low + high) // 2
        return place if low < place < high else None

    def _number_anew(self, country: str) -> None:
        first, last = _range(self._slot())
        self._driver(_DROP_TEXTS, first, last)
        self._driver(_DROP_PLACES, first, last)
        everybody = [person_of(row) for row in self._run(_EVERYBODY)]
        room = min(_ROOM, (last - first) // (len(everybody) + 1))
        begin = (first + last - room * len(everybody)) // 2
        for piece in chunks(range(len(everybody))):
            self._add([(begin + number * room, everybody[number]) for number in piece], country)

    def _add(self, placed: Sequence[tuple[int, Person]], country: str) -> None:
        places = [(place, self._tenant, person.id) for place, person in placed]
        texts = []
        for place, person in placed:
            text = findable(person, country)
            texts.append((place, " ".join(text.name), " ".join(text.other), " ".join(text.digits)))
        self._connection.exec_driver_sql(_ADD_PLACE, places)
        self._connection.exec_driver_sql(_ADD_TEXT, texts)

    def _driver(self, statement: str, *values: object) -> Any:  # noqa: ANN401 - rows of statements in text
        return self._connection.exec_driver_sql(statement, values)

    def _scalar(self, statement: str, *values: object) -> int | None:
        found: int | None = self._driver(statement, *values).scalar()
        return found


def _match(term: Term, column: str) -> str:
    """Return a term in the index's language; a spelling is letters and digits, so nothing in it is an operator."""
    spellings = [f'{column}"{spelling}" *' for spelling in term.spellings]
    return f"({' OR '.join(spellings)})"


def _range(slot: int) -> tuple[int, int]:
    return slot << _PLACE_BITS, ((slot + 1) << _PLACE_BITS) - 1
