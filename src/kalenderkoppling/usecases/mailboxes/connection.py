"""How a tenant's calendars are reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import CalendarSource, ChangeNotices


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A tenant's calendar system: the source that is looked at, and its notices where it tells of changes."""

    source: CalendarSource
    notices: ChangeNotices | None = None


ConnectionOf = Callable[[TenantId], Connection | None]
"""Gives a tenant's connection, or None where none is set up."""
