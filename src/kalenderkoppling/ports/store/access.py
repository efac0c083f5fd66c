"""Sessions of signed-in people, and their favourites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.person import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as stored: `key` is a hash of the cookie's secret, never the secret itself. Instants in UTC.

    `person` is a person of the directory, or a local administrator (`domain.person.local_administrator_id`).
    `browser` says by which browser and system it was begun, such as `Firefox, Windows`; empty where that is unknown.
    """

    key: str
    person: PersonId
    csrf_token: str
    created_at: datetime
    seen_at: datetime
    language: str = ""
    browser: str = ""


class Sessions(Protocol):
    """Sessions as rows on the server."""

    def put(self, session: Session) -> None:
        """Add or replace a session."""
        ...

    def get(self, key: str) -> Session | None:
        """Return a session, or None."""
        ...

    def remove(self, key: str) -> None:
        """End a session."""
        ...

    def of(self, person: PersonId) -> Sequence[Session]:
        """Return a person's sessions, the most recently used first."""
        ...

    def end_of(self, person: PersonId) -> None:
        """End all of a person's sessions."""
        ...

    def drop_oldest(self, person: PersonId, keep: int) -> None:
        """End all but a person's `keep` most recently used sessions."""
        ...

    def drop_before(self, created_before: datetime, seen_before: datetime) -> None:
        """End sessions that are too old or idle for too long."""
        ...


class Favourites(Protocol):
    """A person's favourites."""

    def of(self, person: PersonId) -> Sequence[PersonId]:
        """Return a person's favourites, in the order they were marked."""
        ...

    def add(self, person: PersonId, favourite: PersonId) -> None:
        """Mark a favourite; idempotent."""
        ...

    def remove(self, person: PersonId, favourite: PersonId) -> None:
        """Unmark a favourite."""
        ...
