"""What the change feed tells since a place in it; whatever is missing from it may concern everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNews:
    """Who changed, each once, and the place up to which the feed was read; `everybody` where it may be anybody."""

    place: int
    people: Sequence[PersonId] = ()
    everybody: bool = False


def news_since(tx: Transaction, place: int | None) -> FeedNews:
    """Read the feed from a place on; None is from the beginning, when nothing is known of anybody.

    Its numbers follow one another, so rows that were trimmed (a day old), or erased with their person, leave a gap; a
    feed that is shorter than it was is that of a backup (F-31). Either way everybody may have changed.
    """
    latest = tx.changes.latest()
    if place is None or latest < place:
        return FeedNews(place=latest, everybody=True)
    people: dict[PersonId, None] = {}
    read = place
    while read < latest:
        rows = tx.changes.since(read, _AT_ONCE)
        if not rows or [each.id for each in rows] != list(range(read + 1, read + 1 + len(rows))):
            return FeedNews(place=latest, everybody=True)
        people.update((each.person, None) for each in rows)
        read = rows[-1].id
    if EVERYBODY in people:
        return FeedNews(place=read, everybody=True)
    return FeedNews(place=read, people=list(people))
