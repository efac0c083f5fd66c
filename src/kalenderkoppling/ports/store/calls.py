"""Calls in the store: the history, call-back requests, and recorded phrases."""

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
        """Add calls; a call with the same id is replaced."""
        ...

    def of(self, person: PersonId, *, limit: int, before: datetime | None = None) -> Sequence[CallRecord]:
        """Return a person's calls, those to the person and those that the person made, newest first.

        `before` is for paging: only calls that came before that instant.
        """
        ...

    def erase_numbers(self, before: datetime) -> int:
        """Erase number and colleague of calls that came before an instant; return how many calls had any."""
        ...

    def drop_before(self, at: datetime) -> int:
        """Delete calls that came before an instant; return the number."""
        ...


class CallBacks(Protocol):
    """Open call-back requests."""

    def add(self, request: CallBackRequest) -> None:
        """Add a request; it replaces an earlier one of the same number to the same person."""
        ...

    def get(self, request: CallId) -> CallBackRequest | None:
        """Return a request, or None."""
        ...

    def of(self, person: PersonId) -> Sequence[CallBackRequest]:
        """Return the requests to one person, oldest first."""
        ...

    def all(self, *, limit: int) -> Sequence[CallBackRequest]:
        """Return the requests to everybody, oldest first."""
        ...

    def remove(self, request: CallId) -> None:
        """Delete a request: it has been dealt with."""
        ...

    def drop_before(self, at: datetime) -> int:
        """Delete requests from before an instant; return the number."""
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
        """Return the recorded phrases, each with the hash of its audio."""
        ...

    def remove(self, phrase: PhraseId) -> None:
        """Delete a recording; idempotent."""
        ...
