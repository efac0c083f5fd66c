"""A scenario as it was read: what is given, the steps, and what must be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kalenderkoppling.scenarios.given import Given
from kalenderkoppling.scenarios.operations import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An absence as an attendant must see it; only the fields named in `said` were written."""

    said: frozenset[str]
    ref: str = ""
    start: datetime | None = None
    end: datetime | None = None
    kind: str = ""
    reason: str = ""
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUser:
    """What must be seen of a person; None for entries, and a key not in `now`, is not asked."""

    entries: Sequence[SeenEntry] | None = None
    now: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Operations at an instant, and what must be seen at the same one."""

    at: datetime
    do: Sequence[Operation] = ()
    users: Mapping[str, SeenUser] = field(default_factory=dict)
    absent_everywhere: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario."""

    id: str
    title: str
    given: Given
    steps: Sequence[Step]
    labels: frozenset[str] = frozenset()
