"""Place absences in time again after a person's zone changed: all-day bookings are dates in it (C-09)."""

from __future__ import annotations

from collections.abc import Iterable

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Days
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.situation import zone_of


def place_again(unit: Unit, people: Iterable[PersonId]) -> None:
    """Move people's all-day absences to the midnights of their zone."""
    settings = unit.tx.people.settings()
    for id_, person in unit.tx.people.many(people).items():
        all_day = [kept for kept in unit.tx.absences.kept(id_) if isinstance(kept.booking.when, Days)]
        unit.tx.absences.change(id_, placed(all_day, zone_of(person, settings)))
