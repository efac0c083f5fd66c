"""Finding people on PostgreSQL: a table of folded words, since extensions for searching may not be installed.

Which way is quick depends on how many a word fits, and the planner cannot know that of a prefix. So it is looked up
first, up to a limit: a word that fits few gives the candidates; where every word fits many, people are walked through
in name order until a page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, any_, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.store.bulk import insert_rows
from kalenderkoppling.store.scoped import TENANT, Scoped, chunks
from kalenderkoppling.store.search import Term, findable
from kalenderkoppling.store.tables import person as people_rows
from kalenderkoppling.store.tables import person_word

_FEW = 2_000
_AFTER_EVERY_LETTER = "\U0010ffff"

_candidates: Any = bindparam("candidates", type_=ARRAY(String))
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
        end = offset + limit
        by_name = self._fitting(terms, (True,), end)
        if len(by_name) < end:
            anywhere = self._fitting(terms, (True, False), end + len(by_name))
            known = set(by_name)
            by_name += [person for person in anywhere if person not in known]
        return by_name[offset:end]

    def _fitting(self, terms: Sequence[Term], places: tuple[bool, ...], most: int) -> list[PersonId]:
        """Return, in name order, whom all terms fit; `places` tells whether in the name, or elsewhere too."""
        candidates: set[str] | None = None
        common: list[Term] = []
        for term in terms:
            few = self._few(term, places)
            if few is None:
                common.append(term)
            else:
                candidates = few if candidates is None else candidates & few
        if candidates is not None and not candidates:
            return []
        conditions = [_fits(term, places) for term in common]
        values: dict[str, object] = {}
        if candidates is not None:
            conditions.append(people_rows.c.person_id == any_(_candidates))
            values["candidates"] = list(candidates)
        statement = (
            select(people_rows.c.person_id)
            .where(people_rows.c.tenant_id == TENANT, *conditions)
            .order_by(people_rows.c.sort_key, people_rows.c.person_id)
            .limit(most)
        )
        return [PersonId(person) for person in self._run(statement, **values).scalars()]

    def _few(self, term: Term, places: tuple[bool, ...]) -> set[str] | None:
        """Return whom a term fits, or None where it has too many words to list."""
        found: set[str] = set()
        for place in places:
            for spelling in term.spellings:
                where = (person_word.c.in_name.is_(place), *_begins(person_word, spelling))
                statement = select(person_word.c.person_id).where(person_word.c.tenant_id == TENANT, *where)
                rows = self._run(statement.limit(_FEW + 1)).scalars().all()
                if len(rows) > _FEW:
                    return None
                found.update(rows)
        return found


def _fits(term: Term, places: tuple[bool, ...]) -> ColumnElement[bool]:
    """Tell in SQL whether a term fits a person; as a value, which the planner leaves where it stands."""
    word = person_word.alias()
    begins = or_(*(and_(*_begins(word, spelling)) for spelling in term.spellings))
    where = [word.c.tenant_id == TENANT, word.c.person_id == people_rows.c.person_id, begins]
    if places == (True,):
        where.append(word.c.in_name)
    return select(word.c.tenant_id).where(*where).limit(1).scalar_subquery().is_not(None)


def _begins(words: Any, spelling: str) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - the table or an alias of it
    # Comparison instead of LIKE: under row level security only comparisons may use the index.
    return words.c.word >= spelling, words.c.word < spelling + _AFTER_EVERY_LETTER
