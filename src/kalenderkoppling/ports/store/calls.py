"""Calls in the store: the history, wishes to be called back, and recorded phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.recording import PhraseId, Recording


class Calls(Protocol):
    """The call history of one tenant (R20)."""

    def add(self, records: Iterable[CallRecord]) -> None:
        """Add calls; one that is there already is replaced."""
        ...

    def of(self, person: PersonId, *, limit: int, before: datetime | None = None) -> Sequence[CallRecord]:
        """Return a person's calls, those to the person and those that the person made, newest first.

        `before` pages on: only calls that came before that instant.
        """
        ...

    def erase_numbers(self, before: datetime) -> int:
        """Erase number and colleague from calls that came before an instant; return how many had any."""
        ...

    def drop_before(self, at: datetime) -> int:
        """Forget calls that came before an instant; return how many."""
        ...


class CallBacks(Protocol):
    """Wishes to be called back that nobody has dealt with."""

    def add(self, request: CallBackRequest) -> None:
        """Add a wish; a later one of the same number to the same person replaces it."""
        ...

    def get(self, request: CallId) -> CallBackRequest | None:
        """Return a wish, or None."""
        ...

    def of(self, person: PersonId) -> Sequence[CallBackRequest]:
        """Return the wishes to one person, oldest first."""
        ...

    def all(self, *, limit: int) -> Sequence[CallBackRequest]:
        """Return the wishes to everybody, oldest first."""
        ...

    def remove(self, request: CallId) -> None:
        """Take a wish away: it has been dealt with."""
        ...

    def drop_before(self, at: datetime) -> int:
        """Forget wishes from before an instant; return how many."""
        ...


class Recordings(Protocol):
    """Recorded phrases of one tenant."""

    def put(self, recording: Recording) -> None:
        """Add a recording, or replace the one of the same phrase."""
        ...

    def get(self, phrase: PhraseId) -> Recording | None:
        """Return a recording with its audio, or None."""
        ...

    def hashes(self) -> Mapping[PhraseId, str]:
        """Return which phrases are recorded, with the hash of each one's audio."""
        ...

    def remove(self, phrase: PhraseId) -> None:
        """Delete a recording; none is nothing."""
        ...
