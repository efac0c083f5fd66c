"""Bookings of a complete look that cannot be stored: found by trying, left as they were, and named (semantics 9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from kalenderkoppling.domain.booking import Booking, BookingKey, View
from kalenderkoppling.domain.text import storable

MOST_NAMED = 50
"""How many bookings of a mailbox are named."""

_MOST_TRIES = 200

Try = Callable[[View], Awaitable[bool]]
"""Tells whether a view can be written, without writing it."""


async def without_unstorable(view: View, can_be_written: Try) -> View | None:
    """Return the view with every booking that cannot be written among the unreadable ones, which change nothing.

    Halves are tried until the single bookings are found. After 200 tries, what is not known to be storable is left out.

    Returns:
        None where the failure is not that of a booking: nothing can be written at all.
    """
    if not await can_be_written(_leaving_out(view, view.bookings)):
        return None
    bad: list[Booking] = []
    waiting: list[Sequence[Booking]] = [view.bookings]
    tries = 0
    while waiting:
        part = waiting.pop()
        tries += 1
        keys = {each.key for each in part}
        others = [each for each in view.bookings if each.key not in keys]
        if not part or (tries <= _MOST_TRIES and await can_be_written(_leaving_out(view, others))):
            continue
        if len(part) == 1 or tries > _MOST_TRIES:
            bad += part
        else:
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
    return _leaving_out(view, bad)


def named(view: View) -> tuple[BookingKey, ...]:
    """Return the keys of the bookings that a view leaves out, in order, at most 50; never a private one's (S-1)."""
    return tuple(sorted(BookingKey(storable(each)) for each in view.unreadable))[:MOST_NAMED]


def _leaving_out(view: View, bookings: Sequence[Booking]) -> View:
    keys = {each.key for each in bookings}
    return replace(
        view,
        bookings=tuple(each for each in view.bookings if each.key not in keys),
        unreadable=view.unreadable | keys,
        validator=None,  # The same answer is to be tried in full again.
    )
