"""Find people, with their live status in the hit itself (R19, R20, R23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.directory.live_status import LiveStatus, live_status
from kalenderkoppling.usecases.situation import near_situations_of

LONGEST_TEXT = 200
MOST_HITS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One person found, with status, and whether the searcher marked that person."""

    person: Person
    status: LiveStatus
    is_favourite: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found, in the order to show it."""

    hits: Sequence[Hit]
    has_more: bool


async def search_people(core: Core, actor: Actor, text: str, *, limit: int = 50, offset: int = 0) -> Hits:
    """Find people by several words; an empty text lists everybody in name order.

    A text longer than 200 characters is cut; at most 100 hits come at once.
    """
    now = core.clock.now()

    def work(tx: Transaction) -> Hits:
        found = tx.people.search(text[:LONGEST_TEXT], limit=min(limit, MOST_HITS), offset=max(offset, 0))
        return Hits(hits=_hits(tx, actor, found.people, tx.favourites.of(actor.person), now), has_more=found.has_more)

    return await look_up(core, actor.tenant, work)


async def favourite_people(core: Core, actor: Actor) -> Hits:
    """Return the people whom somebody marked, in the order they were marked."""
    now = core.clock.now()

    def work(tx: Transaction) -> Hits:
        marked = tx.favourites.of(actor.person)
        known = tx.people.many(marked)
        people = [known[id_] for id_ in marked if id_ in known]
        return Hits(hits=_hits(tx, actor, people, marked, now), has_more=False)

    return await look_up(core, actor.tenant, work)


def _hits(
    tx: Transaction, actor: Actor, people: Sequence[Person], marked: Sequence[PersonId], now: datetime
) -> Sequence[Hit]:
    found = near_situations_of(tx, {each.id: each for each in people}, now)
    favourites = frozenset(marked)
    return [
        Hit(person=each, status=live_status(found[each.id], actor), is_favourite=each.id in favourites)
        for each in people
    ]
