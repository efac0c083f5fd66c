"""Absences in the store: from bookings, and set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A stored booking with its absence's interval: edits and the person's zone applied."""

    kept: Kept
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An absence by its id: its person and stored content; `version` changes with every change."""

    person: PersonId
    version: int
    kept: Kept | None = None
    by_hand: Absence | None = None


class Absences(Protocol):
    """All absences of one tenant's people."""

    def kept(self, person: PersonId) -> Sequence[Kept]:
        """Return everything stored of a person's bookings, including removals and edits without effect."""
        ...

    def kept_by_person(self, people: Iterable[PersonId]) -> Mapping[PersonId, Sequence[Kept]]:
        """Return the same of several people, without those of whom nothing is stored."""
        ...

    def kept_between(self, people: Iterable[PersonId], between: Interval) -> Mapping[PersonId, Sequence[Kept]]:
        """Return what is stored of several people's bookings and overlaps an interval."""
        ...

    def by_hand_between(self, people: Iterable[PersonId], between: Interval) -> Mapping[PersonId, Sequence[Absence]]:
        """Return absences set by hand, of several people, that overlap an interval."""
        ...

    def owned(self, absence: AbsenceId) -> Owned | None:
        """Return an absence by its id, or None."""
        ...

    def add(self, person: PersonId, placed: Iterable[Placed]) -> None:
        """Add rows for bookings that are not stored yet."""
        ...

    def add_many(self, placed: Mapping[PersonId, Iterable[Placed]]) -> None:
        """Add rows for bookings of several people that are not stored yet; all of them or, with an error, none."""
        ...

    def change(self, person: PersonId, placed: Iterable[Placed]) -> None:
        """Replace rows by id; each gets a new version."""
        ...

    def put_by_hand(self, person: PersonId, absence: Absence) -> None:
        """Add or replace an absence that was set by hand."""
        ...

    def drop(self, absences: Iterable[AbsenceId]) -> None:
        """Delete rows by id, from the calendar or by hand; unknown ids are ignored."""
        ...

    def drop_unruled(self, people: Iterable[PersonId], show_as: Iterable[ShowAs | None]) -> int:
        """Delete people's absences from bookings of some show-as, except edited and removed ones.

        Edited ones stay, without subject and without effect (S-15). Returns how many rows were deleted or lost a
        subject.
        """
        ...

    def drop_kept_of(self, person: PersonId) -> int:
        """Delete all that is stored of a person's bookings; return the number of rows. Absences by hand stay (C-06)."""
        ...

    def drop_ended(self, before: datetime) -> int:
        """Delete what ended, edits applied, at or before an instant; return the number of rows (retention).

        An absence that an edit ended early stays until its booking has ended as well: until then a look would take the
        booking for a new one (S-4).
        """
        ...

    def purge_subjects(self, people: Iterable[PersonId]) -> int:
        """Delete the stored subjects of people and return how many rows had one (C-18)."""
        ...

    def with_boundary(self, between: Interval) -> Sequence[PersonId]:
        """Return the people with an absence that starts or ends in (start, end]."""
        ...

    def next_boundary(self, after: datetime) -> datetime | None:
        """Return the first start or end of an absence after an instant, or None."""
        ...
