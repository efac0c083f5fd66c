"""Finding people on PostgreSQL: a table of folded words, since extensions for searching may not be installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, not_, or_, select, true

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.store.bulk import insert_rows
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.search import Term, findable
from kalenderkoppling.store.tables import person as people_rows
from kalenderkoppling.store.tables import person_word

# Comparison instead of LIKE: under row level security only comparisons may use the index.
_AFTER_EVERY_LETTER = "\U0010ffff"

_REMOVE = delete(person_word).where(
    person_word.c.tenant_id == TENANT, person_word.c.person_id.in_(bindparam("people", expanding=True))
)


class WordFinder(Scoped):
    """One tenant's part of the table of words."""

    def put(self, people: Sequence[Person], country: str) -> None:
        self.remove([person.id for person in people])
        rows: list[tuple[Any, ...]] = []
        for person in people:
            text = findable(person, country)
            words = {**dict.fromkeys((*text.other, *text.digits), False), **dict.fromkeys(text.name, True)}
            rows += [(self._tenant, person.id, word, in_name) for word, in_name in words.items()]
        insert_rows(self._connection, person_word, rows)

    def remove(self, people: Sequence[PersonId]) -> None:
        for piece in chunks(people):
            self._run(_REMOVE, people=piece)

    def find(self, terms: Sequence[Term], *, limit: int, offset: int) -> Sequence[PersonId]:
        by_name = and_(true(), *(_fits(term, in_name=True) for term in terms))
        found = self._find(by_name, limit, offset)
        if len(found) == limit:
            return found
        before = len(self._find(by_name, offset, 0)) if offset else 0
        anywhere = and_(true(), *(_fits(term, in_name=False) for term in terms))
        rest = self._find(and_(anywhere, not_(by_name)), limit - len(found), offset - before)
        return [*found, *rest]

    def _find(self, condition: ColumnElement[bool], limit: int, offset: int) -> list[PersonId]:
        statement = (
            select(people_rows.c.person_id)
            .where(people_rows.c.tenant_id == TENANT, condition)
            .order_by(people_rows.c.sort_key, people_rows.c.person_id)
            .limit(limit)
            .offset(offset)
        )
        return [PersonId(person) for person in self._run(statement).scalars()]


def _fits(term: Term, *, in_name: bool) -> ColumnElement[bool]:
    """Tell in SQL whether a person has a word that begins with one of the term's spellings."""
    word = person_word.alias()
    begins = (
        and_(word.c.word >= spelling, word.c.word < spelling + _AFTER_EVERY_LETTER) for spelling in term.spellings
    )
    where = [word.c.tenant_id == TENANT, word.c.person_id == people_rows.c.person_id, or_(*begins)]
    if in_name:
        where.append(word.c.in_name)
    return exists().where(*where)
