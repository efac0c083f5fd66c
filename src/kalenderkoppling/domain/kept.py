"""What is stored of a booking that gives an absence, and the choices that people made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One booking as it is stored, with the edit that a person laid over it (S-15).

    Removals are stored too, and edits without effect because the rules give no absence; both without a subject.
    """

    id: AbsenceId
    booking: Booking
    edit: Edit | None = None

    @property
    def is_removed(self) -> bool:
        """Tell whether a person removed the absence."""
        return self.edit is not None and self.edit.removed


def same_facts(one: Booking, other: Booking) -> bool:
    """Tell whether start, end, all-day and show-as are the same: then an edit stands (C-11)."""
    return one.when == other.when and one.show_as is other.show_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The choices of one person, by the key of the occurrence, single booking or series."""

    by_key: Mapping[BookingKey, Choice] = field(default_factory=dict)

    def on(self, booking: Booking) -> Choice | None:
        """Return the choice that counts: the occurrence's own, `rule` included, before its series' (C-17)."""
        own = self.by_key.get(booking.key)
        if own is None and booking.series_key is not None:
            return self.by_key.get(booking.series_key)
        return own
