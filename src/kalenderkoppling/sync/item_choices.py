"""Which choices that the add-in left on items in Outlook are newer than ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, ChoiceKind, Standing
from kalenderkoppling.domain.kept import Choices


def newer_choices(bookings: Iterable[Booking], choices: Choices, now: datetime) -> dict[BookingKey, Choice]:
    """Return the choices on items that are newer than ours; an item's time is capped at the present.

    A choice with a time in the future is therefore taken over once, not at each look. A cancelled booking has no choice
    any more (C-13).
    """
    newer: dict[BookingKey, Choice] = {}
    for key, theirs in _newest_on_items(bookings).items():
        ours = choices.by_key.get(key)
        is_ahead = theirs.at > now
        if is_ahead and ours is not None and _says(ours) == _says(theirs):
            continue
        received = replace(theirs, at=now) if is_ahead else theirs
        if ours is None or received.at > ours.at:
            newer[key] = received
    return newer


def _newest_on_items(bookings: Iterable[Booking]) -> dict[BookingKey, Choice]:
    """Return the newest choice per key by the items' own times: the occurrences of a series may bear older copies."""
    newest: dict[BookingKey, Choice] = {}
    for booking in bookings:
        item = booking.item_choice
        if item is None or booking.standing is Standing.CANCELLED:
            continue
        key = booking.series_key if item.for_series and booking.series_key else booking.key
        if key not in newest or _rank(item.choice) > _rank(newest[key]):
            newest[key] = item.choice
    return newest


def _rank(choice: Choice) -> tuple[datetime, bool, str, str, str]:
    """Sort key: by time; at the same instant `no` comes last, so that the order of items does not matter."""
    return choice.at, choice.kind is ChoiceKind.NO, *_says(choice)


def _says(choice: Choice) -> tuple[str, str, str]:
    return choice.kind, choice.reason or "", choice.diversion or ""
