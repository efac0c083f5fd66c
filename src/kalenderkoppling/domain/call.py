"""A call to a person: who called, what became of it, and a wish to be called back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from kalenderkoppling.domain.person import PersonId

CallId = NewType("CallId", str)
"""Opaque and random: the exchange's own ids are not stored."""


class CallResult(StrEnum):
    """What became of a call."""

    ANSWERED = "answered"
    """The person's phone was answered."""
    ANNOUNCED = "announced"
    """The caller heard the announcement."""
    TRANSFERRED = "transferred"
    """The caller heard the announcement and was put through to the attendant."""
    CALL_BACK = "call_back"
    """The caller heard the announcement and asked to be called back."""
    LOST = "lost"
    """The caller heard the announcement and was lost while the exchange put the call through to the attendant."""
    MISSED = "missed"
    """The phone rang, and nobody answered before the caller gave up."""
    FAILED = "failed"
    """The phone could not be reached, or was busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as the exchange reports it; both fields are empty where the number is withheld.

    `number` is as received, `name` is a display name; neither is authenticated.
    """

    number: str = ""
    name: str = ""

    @property
    def is_hidden(self) -> bool:
        """Tell whether the number is withheld, so that the caller cannot be called back."""
        return not self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call in the history. It has no absence, reason or return: those would be traces of a booking (S-1).

    `person` was called; `colleague` called, where the number is a colleague's. `number` is empty where it was withheld
    or has been erased. `at` (UTC) is when the call came, `length` how long it was talked or announced.
    """

    id: CallId
    person: PersonId
    colleague: PersonId | None = None
    number: str = ""
    at: datetime
    length: timedelta = timedelta()
    result: CallResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackRequest:
    """Somebody who heard the announcement and wants to be called back by `person`; `at` is in UTC."""

    id: CallId
    person: PersonId
    colleague: PersonId | None = None
    number: str
    at: datetime
