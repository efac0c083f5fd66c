"""A person's mailbox: calendars, single bookings and series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kalenderkoppling.sandbox import ids
from kalenderkoppling.sandbox.event import DEFAULT_CALENDAR, Event
from kalenderkoppling.sandbox.series import Series


class Blocked(StrEnum):
    """Why Graph refuses a mailbox: the error code that it then answers with."""

    NO_SUCH_USER = "ErrorInvalidUser"
    ACCESS_DENIED = "ErrorAccessDenied"
    NOT_ENABLED = "MailboxNotEnabledForRESTAPI"


@dataclass(slots=True, kw_only=True)
class Mailbox:
    """What Exchange keeps for one person. Change it through `World`, which tells the subscribers."""

    user_id: str
    principal_name: str
    mail: str
    display_name: str
    zone: str = "Europe/Stockholm"
    calendars: dict[str, str] = field(default_factory=lambda: {DEFAULT_CALENDAR: "Kalender"})
    singles: dict[str, Event] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    blocked: Blocked | None = None
    blocked_until: datetime | None = None
    version: int = 0

    def calendar_id(self, calendar: str) -> str:
        """Return the Graph id of one of its calendars."""
        return ids.immutable_id(f"{self.user_id}/{calendar}")

    def block_at(self, now: datetime) -> Blocked | None:
        """Return why Graph refuses it at an instant, or None."""
        if self.blocked_until is not None and now >= self.blocked_until:
            return None
        return self.blocked

    def view(self, start: datetime, end: datetime, calendar: str = DEFAULT_CALENDAR) -> list[Event]:
        """List what calendarView returns of one calendar in [start, end), by start, series expanded."""
        found = [event for event in self.singles.values() if event.calendar == calendar and event.overlaps(start, end)]
        for series in self.series.values():
            if series.master.calendar == calendar:
                found.extend(series.view(start, end))
        return sorted(found, key=lambda event: (event.hidden_start, event.token))

    def items(self, calendar: str | None = DEFAULT_CALENDAR) -> Iterator[Event]:
        """Return what `/events` lists: single bookings and masters, series not expanded; None for all calendars."""
        for event in (*self.singles.values(), *(series.master for series in self.series.values())):
            if calendar in {None, event.calendar}:
                yield event

    def find(self, token: str) -> Event:
        """Find a single booking, a master, or an occurrence (`master@YYYY-MM-DD`).

        Raises:
            KeyError: there is none of that name.
        """
        if token in self.singles:
            return self.singles[token]
        if token in self.series:
            return self.series[token].master
        master, _, day = token.rpartition("@")
        return self.series[master].occurrence(date.fromisoformat(day))
