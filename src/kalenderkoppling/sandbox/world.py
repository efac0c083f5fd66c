"""The pretend Microsoft 365 itself: every mailbox, and what people do in Outlook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from typing import Unpack, cast

from kalenderkoppling.sandbox.event import (
    DEFAULT_CALENDAR,
    Event,
    EventFields,
    EventKind,
    OccurrenceFields,
    When,
    as_utc,
    check_times,
)
from kalenderkoppling.sandbox.mailbox import Mailbox
from kalenderkoppling.sandbox.registry import Registry
from kalenderkoppling.sandbox.series import Recurrence, Series, with_change


class ChangeType(StrEnum):
    """Graph's change types of an item."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of an item in a mailbox's default calendar; subscribers are notified."""

    user_id: str
    type: ChangeType
    event: Event


class World(Registry):
    """Mailboxes and what people do in them; `Registry` has the methods for the mailboxes themselves.

    A user is named by id, userPrincipalName or mail; a booking by its token, which is unique in the world and is
    the caller's own or made up. Occurrences are named `master@YYYY-MM-DD` after their original local date, and
    every method that takes a token takes those too. `clock` gives the present, aware.

    Raises (all methods): KeyError for a user or booking that does not exist, ValueError for times that mix dates
    with instants or lack a zone.
    """

    def __init__(self, clock: Callable[[], datetime], *, tenant_id: str | None = None) -> None:
        super().__init__(clock, tenant_id=tenant_id)
        self._homes: dict[str, Mailbox] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._serial = count(1)

    def remove_mailbox(self, user: str) -> None:
        """Delete a mailbox with its contents, without notifications about the bookings."""
        gone = self.mailbox(user)
        super().remove_mailbox(user)
        self._homes = {token: home for token, home in self._homes.items() if home is not gone}

    # Reading

    def events(self, user: str, start: datetime, end: datetime, calendar: str = DEFAULT_CALENDAR) -> list[Event]:
        """List a person's bookings in [start, end) as plain objects, series expanded, in order of start."""
        return self.mailbox(user).view(start, end, calendar)

    def event(self, token: str) -> Event:
        """Find a booking, a master or an occurrence by its token."""
        return self._home(token).find(token)

    def owner(self, token: str) -> Mailbox:
        """Find the mailbox that holds a booking."""
        return self._home(token)

    def on_change(self, listener: Callable[[Change], None]) -> None:
        """Call a function after each change in a default calendar (the server's subscriptions use it)."""
        self._listeners.append(listener)

    # What people do in Outlook

    def create_event(
        self,
        user: str,
        *,
        start: When,
        end: When,
        token: str | None = None,
        calendar: str = DEFAULT_CALENDAR,
        **fields: Unpack[EventFields],
    ) -> Event:
        """Make a booking. Dates for start and end make it all-day. `zone` follows the mailbox unless given."""
        mailbox = self.mailbox(user)
        event = self._new(mailbox, EventKind.SINGLE, fields, start=start, end=end, token=token, calendar=calendar)
        mailbox.singles[event.token] = event
        self._tell(mailbox, ChangeType.CREATED, event)
        return event

    def create_series(
        self,
        user: str,
        recurrence: Recurrence,
        *,
        start: When,
        end: When,
        token: str | None = None,
        calendar: str = DEFAULT_CALENDAR,
        **fields: Unpack[EventFields],
    ) -> Event:
        """Make a recurring booking whose first occurrence is [start, end); gives the master.

        A start that is off the pattern is kept, and the first occurrence is the pattern's next.
        """
        mailbox = self.mailbox(user)
        master = self._new(mailbox, EventKind.MASTER, fields, start=start, end=end, token=token, calendar=calendar)
        mailbox.series[master.token] = Series(master=master, recurrence=recurrence)
        self._tell(mailbox, ChangeType.CREATED, master)
        return master

    def update_event(
        self,
        token: str,
        *,
        start: When | None = None,
        end: When | None = None,
        calendar: str | None = None,
        recurrence: Recurrence | None = None,
        **fields: Unpack[EventFields],
    ) -> Event:
        """Change fields of a booking, a whole series, or (by `master@date`) one occurrence.

        A new time or pattern of a series drops its exceptions and deleted occurrences, as Exchange does; other fields
        flow to the occurrences that do not override them. `calendar` moves it to that calendar.
        """
        changed = cast("OccurrenceFields", dict(fields))
        if start is not None:
            changed["start"] = start
        if end is not None:
            changed["end"] = end
        mailbox = self._home(token)
        if token in mailbox.singles:
            self._update_single(mailbox, token, changed)
        elif token in mailbox.series:
            self._update_series(mailbox, token, changed, recurrence)
        else:
            master, day = self._parted(token)
            self.change_occurrence(master, day, **changed)
        if calendar is not None:
            self.move_event(token, calendar)
        return mailbox.find(token)

    def change_occurrence(self, master: str, day: date, **fields: Unpack[OccurrenceFields]) -> Event:
        """Change one occurrence, named by its original local date; it becomes an exception and may move anywhere."""
        mailbox = self._home(master)
        series = with_change(mailbox.series[master], day, fields)
        changed = series.occurrence(day)
        check_times(changed.start, changed.end)
        mailbox.series[master] = self._touched(series)
        event = mailbox.series[master].occurrence(day)
        self._tell(mailbox, ChangeType.UPDATED, event)
        return event

    def skip_occurrence(self, master: str, day: date) -> None:
        """Delete one occurrence, named by its original local date."""
        mailbox = self._home(master)
        series = mailbox.series[master]
        gone = series.occurrence(day)
        mailbox.series[master] = self._touched(replace(series, skipped=series.skipped | {day}))
        self._tell(mailbox, ChangeType.DELETED, gone)

    def delete_event(self, token: str) -> None:
        """Delete a booking, a whole series, or one occurrence."""
        mailbox = self._home(token)
        if token not in mailbox.singles and token not in mailbox.series:
            self.skip_occurrence(*self._parted(token))
            return
        event = mailbox.find(token)
        mailbox.singles.pop(token, None)
        mailbox.series.pop(token, None)
        del self._homes[token]
        self._tell(mailbox, ChangeType.DELETED, event)

    def cancel_event(self, token: str) -> Event:
        """Mark a booking, a series or one occurrence as cancelled by its organiser; it stays in the calendar."""
        return self.update_event(token, is_cancelled=True)

    def move_event(self, token: str, calendar: str) -> Event:
        """Move a booking or a series to another calendar: its mutable id changes, the immutable one stays."""
        mailbox = self._home(token)
        before = mailbox.find(token)
        after = self._bumped(replace(before, calendar=calendar, moves=before.moves + 1))
        if token in mailbox.series:
            mailbox.series[token] = replace(mailbox.series[token], master=after)
        else:
            mailbox.singles[token] = after
        mailbox.calendars.setdefault(calendar, calendar)
        self._tell(mailbox, ChangeType.DELETED, before)
        self._tell(mailbox, ChangeType.CREATED, after)
        return after

    def set_property(self, token: str, property_id: str, value: str | None) -> Event:
        """Set an extended property, as the add-in does, or remove it with None.

        Occurrences show the master's properties unless they have their own.
        """
        properties = {**self.event(token).properties}
        if value is None:
            properties.pop(property_id, None)
        else:
            properties[property_id] = value
        return self.update_event(token, properties=properties)

    # Inside

    def _home(self, token: str) -> Mailbox:
        home = self._homes.get(token)
        return home if home is not None else self._homes[token.rpartition("@")[0]]

    @staticmethod
    def _parted(token: str) -> tuple[str, date]:
        master, _, day = token.rpartition("@")
        return master, date.fromisoformat(day)

    def _new(
        self,
        mailbox: Mailbox,
        kind: EventKind,
        fields: EventFields,
        *,
        start: When,
        end: When,
        token: str | None,
        calendar: str,
    ) -> Event:
        token = token or f"e{next(self._serial):08d}"
        if token in self._homes or "@" in token:
            raise ValueError(f"token {token!r} is taken or contains @")
        check_times(start, end)
        now = self.clock()
        made: EventFields = {"zone": mailbox.zone, **fields}
        self._homes[token] = mailbox
        mailbox.calendars.setdefault(calendar, calendar)
        return Event(
            token=token,
            start=as_utc(start),
            end=as_utc(end),
            calendar=calendar,
            kind=kind,
            created=now,
            modified=now,
            **made,
        )

    def _bumped(self, event: Event) -> Event:
        return replace(event, version=event.version + 1, modified=self.clock())

    def _touched(self, series: Series) -> Series:
        return replace(series, master=self._bumped(series.master))

    def _update_single(self, mailbox: Mailbox, token: str, changed: OccurrenceFields) -> None:
        event = _changed(mailbox.singles[token], changed)
        mailbox.singles[token] = self._bumped(event)
        self._tell(mailbox, ChangeType.UPDATED, mailbox.singles[token])

    def _update_series(
        self, mailbox: Mailbox, token: str, changed: OccurrenceFields, recurrence: Recurrence | None
    ) -> None:
        old = mailbox.series[token]
        master = _changed(old.master, changed)
        series = replace(old, master=master, recurrence=recurrence or old.recurrence)
        if (master.start, master.end, series.recurrence) != (old.master.start, old.master.end, old.recurrence):
            series = replace(series, changes={}, skipped=frozenset())
        mailbox.series[token] = self._touched(series)
        self._tell(mailbox, ChangeType.UPDATED, mailbox.series[token].master)

    def _tell(self, mailbox: Mailbox, kind: ChangeType, event: Event) -> None:
        mailbox.version += 1
        if event.calendar != DEFAULT_CALENDAR:
            return
        for listener in self._listeners:
            listener(Change(user_id=mailbox.user_id, type=kind, event=event))


def _changed(event: Event, changed: OccurrenceFields) -> Event:
    after = replace(event, **changed)
    check_times(after.start, after.end)
    return replace(after, start=as_utc(after.start), end=as_utc(after.end))
