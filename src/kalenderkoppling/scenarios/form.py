"""A parsed scenario: what is given, the steps, and the expected results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kalenderkoppling.scenarios.given import Given
from kalenderkoppling.scenarios.operations import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An expected absence, as an attendant sees it; only the fields named in `said` were written."""

    said: frozenset[str]
    ref: str = ""
    start: datetime | None = None
    end: datetime | None = None
    kind: str = ""
    reason: str = ""
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUser:
    """What is expected of a person; None for entries, and keys missing in `now`, are not checked."""

    entries: Sequence[SeenEntry] | None = None
    now: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Operations at an instant, and the results expected at the same instant."""

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
