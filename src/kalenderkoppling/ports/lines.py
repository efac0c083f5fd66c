"""A telephone system's line states: who is in a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from kalenderkoppling.domain.person import LineState, PersonId, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """A line as a tenant's exchange knows it: by its number, as written in the directory."""

    tenant: TenantId
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A line that is known by its person: that of a call that goes through us."""

    tenant: TenantId
    person: PersonId


Line: TypeAlias = NumberLine | PersonLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """A report of one line's state; after `valid_until` (UTC) the line is unknown again.

    For an unknown line, `valid_until` is the time of the report.
    """

    line: Line
    state: LineState
    valid_until: datetime

    @classmethod
    def unknown(cls, line: Line, now: datetime) -> LineReport:
        """Return a report that nothing is known of a line from `now` (UTC) on."""
        return cls(line=line, state=LineState.UNKNOWN, valid_until=now)


class LineStates(Protocol):
    """Reports line states; a lost connection is reported as `unknown` at once, never left as a stale state (R20)."""

    def reports(self) -> AsyncIterator[LineReport]:
        """Yield the state of each line, then each change, and a lasting state again before its `valid_until`.

        After a lost connection each line is reported again. Of several pending reports of a line the last is yielded.
        It has one reader at a time and ends after `run`.
        """
        ...

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow the lines until `stopping` is set; then all are unknown. No failure of the exchange ends it."""
        ...


class WatchedLines(LineStates, Protocol):
    """Lines that are subscribed to one by one."""

    def watch(self, numbers: Iterable[str]) -> None:
        """Watch these numbers and no others, before or during `run`; lines no longer watched become unknown."""
        ...
