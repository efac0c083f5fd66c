"""Kept bookings with their place in time, in the form that the store takes."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.ports.store.absences import Placed


def placed(kept: Iterable[Kept], zone: ZoneInfo) -> list[Placed]:
    """Return kept bookings, each with the interval of its absence: the person's edit and time zone applied (C-09)."""
    return [Placed(kept=each, interval=effective_interval(each, zone)) for each in kept]
