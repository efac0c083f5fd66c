"""The brake: a mailbox that is suddenly empty is read a second time before anything is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.time import interval_of

SUSPICIOUS_FROM = 5


def wants_second_look(view: View, kept: Iterable[Kept], zone: ZoneInfo) -> bool:
    """Tell whether a view is suspiciously empty: no row at all where at least five bookings were known (semantics 9).

    Rows that are private or cancelled are not "empty". Empty twice in the same run is believed.
    """
    if not view.is_empty:
        return False
    known = sum(
        1
        for each in kept
        if each.booking.when is not None and interval_of(each.booking.when, zone).overlaps(view.window)
    )
    return known >= SUSPICIOUS_FROM
