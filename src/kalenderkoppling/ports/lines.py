"""A telephone system's line states: who is in a call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.person import LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """What the telephone system says of one number; after `valid_until` (UTC) the line is unknown again."""

    number: str
    state: LineState
    valid_until: datetime


class LineStates(Protocol):
    """Watches lines; a lost connection is told as `unknown`, never left as a stale state (R20)."""

    def reports(self) -> AsyncIterator[LineReport]:
        """Yield a report for each change, and for each line anew after a lost connection."""
        ...
