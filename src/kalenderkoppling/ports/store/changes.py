"""The change feed and the line states in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.person import LineState, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One row of the feed: its position, whose state changed, and when (UTC).

    Positions begin at 1 and have no holes; they are given in the order of commits.
    """

    id: int
    person: PersonId
    at: datetime


class Changes(Protocol):
    """The feed that other processes follow; it names people, never what changed."""

    def add(self, people: Iterable[PersonId], at: datetime) -> None:
        """Record that people's state changed, in the transaction that changes it."""
        ...

    def since(self, id: int, limit: int) -> Sequence[Changed]:  # noqa: A002 - the feed's own word
        """Return changes after a position in the feed, in order."""
        ...

    def latest(self) -> int:
        """Return the position of the newest change, 0 for none."""
        ...

    def drop_before(self, at: datetime) -> None:
        """Delete changes from before an instant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line's state, valid until an instant (UTC)."""

    state: LineState
    valid_until: datetime


class Lines(Protocol):
    """Line states as last reported by the telephone system."""

    def put(self, person: PersonId, row: LineRow) -> None:
        """Set a person's line state."""
        ...

    def states(self, people: Iterable[PersonId], now: datetime) -> Mapping[PersonId, LineState]:
        """Return the states that are still valid; an expired one is left out (unknown)."""
        ...
