"""The one reader of the change feed: who changed since a position in it, or that anybody may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.changes import Changed

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPosition:
    """How far a feed has been read; `last` is the row there, None where it was gone already."""

    number: int
    last: Changed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNews:
    """Who changed, each once, and how far the feed was read; `everybody` where anybody may have changed."""

    position: FeedPosition
    people: Sequence[PersonId] = ()
    everybody: bool = False


def read_feed(tx: Transaction, position: FeedPosition | None) -> FeedNews:
    """Read the feed from a position on; None is a reader who knows nothing yet.

    Positions have no holes and follow the order of commits. So anybody may have changed where rows are missing (they
    are trimmed when a day old, and erased with their person), where the feed is shorter than it was, or where the row
    that was read last is another one now: a backup was restored (F-31), and may have grown since.
    """
    latest = tx.changes.latest()
    if position is None or latest < position.number:
        return _everybody(tx, latest)
    known = [] if position.last is None else [position.last]
    # The row that was read last is read again, to see that it is still the same feed.
    begin = position.number - len(known)
    rows = _rows(tx, begin, latest)
    if [each.id for each in rows] != list(range(begin + 1, latest + 1)) or rows[: len(known)] != known:
        return _everybody(tx, latest)
    people = dict.fromkeys(each.person for each in rows[len(known) :])
    reached = FeedPosition(number=latest, last=rows[-1] if rows else None)
    if EVERYBODY in people:
        return FeedNews(position=reached, everybody=True)
    return FeedNews(position=reached, people=list(people))


def _everybody(tx: Transaction, latest: int) -> FeedNews:
    rows = tx.changes.since(latest - 1, 1)
    return FeedNews(position=FeedPosition(number=latest, last=rows[0] if rows else None), everybody=True)


def _rows(tx: Transaction, after: int, latest: int) -> list[Changed]:
    """Return the rows after a number, up to the first piece that is not whole."""
    rows: list[Changed] = []
    while after < latest:
        piece = tx.changes.since(after, _AT_ONCE)
        rows += piece
        if not piece or piece[-1].id != after + len(piece):
            break
        after = piece[-1].id
    return rows
