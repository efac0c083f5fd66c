"""Collects a view while a calendar's answer is read, row by row, with the precedence that every kind has to keep."""

from __future__ import annotations

from kalenderkoppling.domain.booking import Booking, BookingKey, Private, View
from kalenderkoppling.domain.time import Interval


class ViewBuilder:
    """Bookings, private keys and unreadable keys of one look; of several rows with one key, private wins."""

    def __init__(self, window: Interval) -> None:
        self.window = window
        self.bookings: dict[BookingKey, Booking] = {}
        self.private: dict[BookingKey, Private] = {}
        self.unreadable: set[BookingKey] = set()

    def add_private(self, key: BookingKey, series_key: BookingKey | None) -> None:
        """Add the key of a row that was not read as normal."""
        self.private[key] = Private(key=key, series_key=series_key)

    def view(self) -> View:
        """Return the view of all rows so far."""
        return View(
            window=self.window,
            bookings=tuple(each for key, each in self.bookings.items() if key not in self.private),
            private=tuple(self.private.values()),
            unreadable=frozenset(self.unreadable - self.private.keys()),
        )
