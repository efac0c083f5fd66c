"""What people do in Outlook, done in the pretend calendar; invalid values and reversed times included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import cast
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import Attendee, EventFields, Frequency, Recurrence, World
from kalenderkoppling.sandbox.event import Event
from kalenderkoppling.scenarios.given import BookingForm, SeriesForm
from kalenderkoppling.scenarios.node import at_instant
from kalenderkoppling.scenarios.operations import (
    CancelBooking,
    CreateBooking,
    DeleteBooking,
    OnBookings,
    UpdateBooking,
)

NORMAL = "normal"
_WORDS = {"show_as": "showAs", "sensitivity": "sensitivity"}
_LOCAL_PART = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
_TEXTS = ("subject", "location", "body")


def address_of(user: str) -> str:
    """Return the address of a person's mailbox; a name that is not a valid local part is hashed."""
    if _LOCAL_PART.fullmatch(user):
        return f"{user}@exempel.example"
    return f"u-{blake2b(user.encode(), digest_size=8).hexdigest()}@exempel.example"


@dataclass(slots=True)
class Outlook:
    """The bookings of a scenario in the pretend calendar.

    `owners` maps every booking ever made to its person; `born_private` are those that never were normal; `turned` those
    that stopped being normal, with the version of the mailbox in which they did.
    """

    world: World
    zones: Mapping[str, ZoneInfo]
    owners: dict[str, str] = field(default_factory=dict)
    born_private: set[str] = field(default_factory=set)
    turned: dict[str, int] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)

    def do(self, operation: OnBookings) -> None:
        """Do what somebody does in Outlook.

        Raises:
            KeyError: there is no such booking or occurrence. ValueError: times that even Graph cannot carry.
        """
        match operation:
            case CreateBooking():
                self.create(operation.id, operation.booking)
            case UpdateBooking():
                self._update(operation.id, operation.change)
            case DeleteBooking():
                self.world.delete_event(operation.id)
            case CancelBooking():
                self.world.cancel_event(operation.id)

    def owner_of(self, target: str) -> str:
        """Return the owner of a booking, series or occurrence.

        Raises:
            KeyError: it never existed.
        """
        return self.owners.get(target) or self.owners[target.rpartition("@")[0]]

    def create(self, id_: str, form: BookingForm) -> None:
        """Make a booking or a series."""
        said, zone = form.said, self.zones[form.user]
        is_all_day = bool(said.get("all_day"))
        start, end = (_when(said[key], zone, is_all_day=is_all_day) for key in ("start", "end"))
        fields, user = _fields(said, zone), address_of(form.user)
        series, calendar = said.get("series"), str(said.get("calendar") or "default")
        self.owners[id_] = form.user
        if isinstance(series, SeriesForm):
            self.world.create_series(
                user, _recurrence(series, zone), start=start, end=end, token=id_, calendar=calendar, **fields
            )
        else:
            self.world.create_event(user, start=start, end=end, token=id_, calendar=calendar, **fields)
        self._remember(id_, said)
        if not is_normal(self.world.event(id_)):
            self.born_private.add(id_)

    def _update(self, id_: str, form: BookingForm) -> None:
        said, zone = form.said, self.zones[self.owner_of(id_)]
        before = self.world.event(id_)
        is_all_day = bool(said.get("all_day", before.is_all_day))
        times = _times(said, before, zone, is_all_day=is_all_day)
        series = said.get("series")
        recurrence = _recurrence(series, zone) if isinstance(series, SeriesForm) else None
        calendar = cast("str | None", said.get("calendar"))
        after = self.world.update_event(
            id_,
            start=times.get("start"),
            end=times.get("end"),
            calendar=calendar if calendar != before.calendar else None,
            recurrence=recurrence,
            **_fields(said, zone, before),
        )
        self._remember(id_, said)
        if is_normal(after):
            self.born_private.discard(id_)
            self.turned.pop(id_, None)
        elif is_normal(before):
            self.turned[id_] = self.world.owner(id_).version

    def _remember(self, id_: str, said: Mapping[str, object]) -> None:
        attendees = cast("tuple[str, ...]", said.get("attendees", ()))
        texts = {str(said[key]) for key in _TEXTS if said.get(key)} | set(attendees)
        self.texts.setdefault(id_, set()).update(texts)


def is_normal(event: Event) -> bool:
    """Tell whether a booking's sensitivity reads as normal."""
    return event.raw.get("sensitivity", event.sensitivity) == NORMAL


def _times(
    said: Mapping[str, object], before: Event, zone: ZoneInfo, *, is_all_day: bool
) -> dict[str, datetime | date]:
    """Return the changed times; both where a booking becomes all-day or stops being so."""
    times = {key: _when(said[key], zone, is_all_day=is_all_day) for key in ("start", "end") if key in said}
    if is_all_day != before.is_all_day:
        was = {"start": before.start, "end": before.end}
        times = {**{key: _when(each, zone, is_all_day=is_all_day) for key, each in was.items()}, **times}
        if is_all_day and "end" not in said and times["end"] <= times["start"]:
            times["end"] = times["start"] + timedelta(days=1)
    return times


def _when(moment: object, zone: ZoneInfo, *, is_all_day: bool) -> datetime | date:
    when = cast("datetime | date", moment)
    if not is_all_day:
        return at_instant(when, zone)
    return when.astimezone(zone).date() if isinstance(when, datetime) else when


def _fields(said: Mapping[str, object], zone: ZoneInfo, before: Event | None = None) -> EventFields:
    fields: dict[str, object] = {key: said[key] for key in _TEXTS if key in said}
    raw = dict(before.raw) if before is not None else {}
    for key, name in _WORDS.items():
        if key in said:
            raw.pop(name, None)
            word = said[key]
            if word is None or isinstance(word, str):
                fields[key] = word
            else:
                raw[name] = word
    if any(key in said for key in _WORDS):
        fields["raw"] = raw
    if "cancelled" in said:
        fields["is_cancelled"] = said["cancelled"]
    if "declined" in said:
        fields["response"] = "declined" if said["declined"] else "accepted"
    if "attendees" in said:
        invited = cast("tuple[str, ...]", said["attendees"])
        fields["attendees"] = tuple(Attendee(name=who, address=_mail(who)) for who in invited)
    if before is None:
        fields["zone"] = zone.key
    return cast("EventFields", fields)


def _mail(who: str) -> str:
    return who if "@" in who else address_of("".join(who.split()))


def _recurrence(series: SeriesForm, zone: ZoneInfo) -> Recurrence:
    return Recurrence(
        freq=Frequency(series.freq),
        interval=series.interval,
        count=series.count,
        until=series.until,
        zone=(series.zone or zone).key,
    )
