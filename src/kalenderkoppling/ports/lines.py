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
    """A line as a tenant's exchange knows it: by its number, as it stands in the directory."""

    tenant: TenantId
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person's line where whoever tells of it knows the person: a call that goes through us."""

    tenant: TenantId
    person: PersonId


Line: TypeAlias = NumberLine | PersonLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """What is told of one line; after `valid_until` (UTC) the line is unknown again.

    Of an unknown line, `valid_until` is when it was told.
    """

    line: Line
    state: LineState
    valid_until: datetime

    @classmethod
    def unknown(cls, line: Line, now: datetime) -> LineReport:
        """Tell that nothing is known of a line from `now` (UTC) on."""
        return cls(line=line, state=LineState.UNKNOWN, valid_until=now)


class LineStates(Protocol):
    """Tells of lines; a lost connection is told as `unknown` at once, never left as a stale state (R20)."""

    def reports(self) -> AsyncIterator[LineReport]:
        """Yield what is known of each line, then each change, and again what lasts before its `valid_until`.

        After a lost connection each line is told anew. Of several reports that wait, a line's last is given. It has
        one reader at a time, and ends after `run` has.
        """
        ...

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow the lines until `stopping` is set; then all are unknown. Nothing that the exchange does ends it."""
        ...


class WatchedLines(LineStates, Protocol):
    """Lines that an exchange is asked for one by one."""

    def watch(self, numbers: Iterable[str]) -> None:
        """Watch these numbers and no others, before `run` or while it goes on; those that are left are unknown."""
        ...
