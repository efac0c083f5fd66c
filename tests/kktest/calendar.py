"""A calendar system in memory, held to the same contract as the real one, and no kinder than it."""

import hmac
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import Booking, BookingKey, ItemChoice, Private, ShowAs, Standing, Validator, View
from kalenderkoppling.domain.errors import BlockedReason, CalendarError, MailboxBlockedError
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.calendar import Fields

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A booking as a person sees it in Outlook: dates for all-day, aware instants otherwise, series unexpanded.

    `days_apart` and `count` make a series (count None: without end), by the wall clock of the start's zone.
    """

    key: str
    start: datetime | date
    end: datetime | date
    subject: str = ""
    show_as: ShowAs | None = ShowAs.BUSY
    sensitivity: str | None = "normal"
    cancelled: bool = False
    declined: bool = False
    calendar: str = DEFAULT
    zone_is_known: bool = True
    choice: ItemChoice | None = None
    days_apart: int | None = None
    count: int | None = 1
    series: str | None = None


@dataclass(slots=True)
class FakeCalendar:
    """Mailboxes by name; `fail` makes the next looks raise, as often as told; `looks` is what was asked."""

    mailboxes: dict[str, dict[str, Item]] = field(default_factory=dict)
    looks: list[tuple[str, Interval, Fields]] = field(default_factory=list)
    _failures: dict[str, list[CalendarError]] = field(default_factory=dict)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def open(self, mailbox: str) -> None:
        """Give somebody a mailbox."""
        self.mailboxes.setdefault(mailbox, {})

    def put(self, mailbox: str, item: Item) -> None:
        """Make or replace a booking or a series."""
        self.open(mailbox)
        self.mailboxes[mailbox][item.key] = item

    def take_away(self, mailbox: str, key: str) -> None:
        """Delete a booking."""
        del self.mailboxes[mailbox][key]

    def fail(self, mailbox: str, error: CalendarError, times: int = 1) -> None:
        """Let the next looks at a mailbox fail."""
        self._failures.setdefault(mailbox, []).extend([error] * times)

    @property
    def looks_by_mailbox(self) -> Counter[str]:
        """How often each mailbox was looked at, in vain or not."""
        return Counter(mailbox for mailbox, _, _ in self.looks)

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """See the port."""
        self.looks.append((mailbox, window, fields))
        if self._failures.get(mailbox):
            raise self._failures[mailbox].pop(0)
        if mailbox not in self.mailboxes:
            raise MailboxBlockedError(BlockedReason.NOT_FOUND)
        private, unreadable, bookings = [], set(), []
        for item in self._instances(mailbox, window):
            key, series = BookingKey(item.key), BookingKey(item.series) if item.series else None
            if item.sensitivity != "normal":
                private.append(Private(key=key, series_key=series))
            elif not item.zone_is_known:
                unreadable.add(key)
            elif touches(item, window, zone):
                bookings.append(booking(item, key, series, fields))
        view = View(window=window, bookings=tuple(bookings), private=tuple(private), unreadable=frozenset(unreadable))
        return replace(view, validator=self._validator((mailbox, zone.key, fields, view)))

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """See the port."""
        view = await self.view(mailbox, window, zone, fields)
        return None if view.validator == validator else view

    def _validator(self, answer: object) -> Validator:
        return Validator(hmac.digest(self._key, repr(answer).encode("utf-8", "surrogatepass"), "sha256"))

    def _instances(self, mailbox: str, window: Interval) -> Iterator[Item]:
        own = self.mailboxes[mailbox]
        for item in own.values():
            if item.calendar != DEFAULT:
                continue
            if item.days_apart is None:
                yield item
                continue
            yield from (each for each in occurrences(item, window) if each.key not in own)


def occurrences(item: Item, window: Interval) -> Iterator[Item]:
    """Expand a series as far as the window reaches; each is named `series@YYYY-MM-DD` after its original day."""
    number = 0
    while item.count is None or number < item.count:
        gap = timedelta(days=number * (item.days_apart or 1))
        start, end = item.start + gap, item.end + gap
        if isinstance(start, datetime) and start >= window.end + timedelta(days=1):
            return
        day = start.date() if isinstance(start, datetime) else start
        yield replace(item, key=f"{item.key}@{day}", start=start, end=end, days_apart=None, series=item.key)
        number += 1


def touches(item: Item, window: Interval, zone: ZoneInfo) -> bool:
    """Tell whether an item overlaps the window; one of no length lies in it."""
    when = when_of(item)
    if when is None:
        return not isinstance(item.start, datetime) or window.holds(item.start.astimezone(UTC))
    return (when.interval(zone) if isinstance(when, Days) else when).overlaps(window)


def when_of(item: Item) -> When | None:
    """Return when an item is, None for no length."""
    start, end = item.start, item.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        return Interval(start=first, end=last) if last > first else None
    return Days(first=start, after=end) if end > start else None


def booking(item: Item, key: BookingKey, series: BookingKey | None, fields: Fields) -> Booking:
    """Return a normal item as the port promises it."""
    when = when_of(item)
    return Booking(
        key=key,
        series_key=series,
        when=when,
        show_as=item.show_as,
        standing=standing(item, when),
        subject=item.subject if fields.subject else None,
        item_choice=item.choice if fields.item_choices else None,
    )


def standing(item: Item, when: When | None) -> Standing:
    """Return whether an item still holds for the person."""
    if item.cancelled:
        return Standing.CANCELLED
    if item.declined:
        return Standing.DECLINED
    return Standing.HELD if when is not None else Standing.NO_LENGTH
