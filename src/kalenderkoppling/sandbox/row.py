"""One booking as a row of a Graph answer: all of Microsoft's fields, or the selected ones."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import ids, zones
from kalenderkoppling.sandbox.event import Attendee, Event, EventKind, When
from kalenderkoppling.sandbox.mailbox import Mailbox
from kalenderkoppling.sandbox.series import Frequency, Recurrence

Json = dict[str, object]
_NEVER = "0001-01-01T00:00:00Z"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The form of rows that a client asked for: time zone and its label, kind of id."""

    zone: ZoneInfo = ZoneInfo("UTC")
    zone_label: str = "UTC"
    immutable: bool = False

    def id_of(self, event: Event) -> str:
        """Return the item's id in the form asked for."""
        return ids.immutable_id(event.token) if self.immutable else ids.mutable_id(event.token, event.moves)

    def master_id(self, event: Event) -> str | None:
        """Return the id of an occurrence's series."""
        if event.master is None:
            return None
        return ids.immutable_id(event.master) if self.immutable else ids.mutable_id(event.master, event.moves)


def row(
    event: Event,
    mailbox: Mailbox,
    wording: Wording,
    select: Iterable[str] | None = None,
    properties: Iterable[str] = (),
) -> Json:
    """Write a booking as Graph does.

    Args:
        event: The booking, an occurrence or a master.
        mailbox: The mailbox that holds it.
        wording: Time zone and kind of ids.
        select: Names from `FIELDS`; None for all that Graph gives unasked. `id` is always there.
        properties: Ids of the extended properties to expand; only those that are set are written.
    """
    place = Place(event, mailbox, wording)
    names = UNASKED if select is None else ("id", *select)
    out: Json = {"@odata.etag": f'W/"{ids.change_key(event.token, event.version)}"'}
    for name in names:
        out[name] = FIELDS[name](place)
    for name, value in event.raw.items():
        if name in out or name not in FIELDS:
            out[name] = value
    for name in event.left_out:
        out.pop(name, None)
    expanded = list(_expanded(event, properties))
    if expanded:
        out["singleValueExtendedProperties"] = expanded
    return out


def _expanded(event: Event, wanted: Iterable[str]) -> Iterable[Json]:
    asked = {name.casefold() for name in wanted}
    for name, value in event.properties.items():
        if name.casefold() in asked:
            yield {"id": _canonical(name), "value": value}


def _canonical(property_id: str) -> str:
    # Exchange writes the GUID in lower case whatever the request had: clients have to compare case-insensitively.
    return re.sub(r"\{[^}]*\}", lambda guid: guid[0].lower(), property_id)


def _when(when: When, event: Event, wording: Wording) -> Json:
    label = event.zone_label or wording.zone_label
    if isinstance(when, datetime):
        return {"dateTime": zones.graph_time(when.astimezone(wording.zone)), "timeZone": label}
    # All-day bookings are midnights whatever zone was asked for (docs#1802).
    return {"dateTime": f"{when.isoformat()}T00:00:00.0000000", "timeZone": label}


def _location(name: str) -> Json:
    if not name:
        return {
            "displayName": "",
            "locationType": "default",
            "uniqueIdType": "unknown",
            "address": {},
            "coordinates": {},
        }
    return {"displayName": name, "locationType": "default", "uniqueId": name, "uniqueIdType": "private"}


def _person(name: str, address: str) -> Json:
    return {"emailAddress": {"name": name, "address": address}}


def _attendee(attendee: Attendee) -> Json:
    status = {"response": attendee.response, "time": _NEVER}
    return {"type": "required", "status": status, **_person(attendee.name, attendee.address)}


def _organizer(event: Event, mailbox: Mailbox) -> Json:
    if event.response == "organizer" or not event.attendees:
        return _person(mailbox.display_name, mailbox.mail)
    return _person(event.attendees[0].name, event.attendees[0].address)


def _recurrence(event: Event, mailbox: Mailbox) -> Json | None:
    if event.kind is not EventKind.MASTER:
        return None
    series = mailbox.series[event.token]
    return {
        "pattern": _pattern(series.recurrence, series.first_day.weekday()),
        "range": _range(series.recurrence, series.first_day.isoformat()),
    }


def _pattern(recurrence: Recurrence, weekday: int) -> Json:
    pattern: Json = {
        "type": recurrence.freq.value,
        "interval": recurrence.interval,
        "month": 0,
        "dayOfMonth": 0,
        "firstDayOfWeek": _WEEKDAYS[recurrence.week_starts],
        "index": "first",
    }
    if recurrence.freq is Frequency.WEEKLY:
        pattern["daysOfWeek"] = [_WEEKDAYS[day] for day in recurrence.days or (weekday,)]
    return pattern


def _range(recurrence: Recurrence, first: str) -> Json:
    kind = "numbered" if recurrence.count else "endDate" if recurrence.until else "noEnd"
    return {
        "type": kind,
        "startDate": first,
        "endDate": recurrence.until.isoformat() if recurrence.until else "0001-01-01",
        "recurrenceTimeZone": zones.windows_label(recurrence.zone),
        "numberOfOccurrences": recurrence.count or 0,
    }


def _preview(event: Event) -> str:
    return html.unescape(_TAG.sub("", event.body)).strip()[:255]


def _occurrence_id(event: Event, wording: Wording) -> str | None:
    if event.original_day is None:
        return None
    return f"OID.{wording.master_id(event)}.{event.original_day.isoformat()}"


def _original_start(event: Event, mailbox: Mailbox) -> str | None:
    if event.master is None or event.original_day is None:
        return None
    return zones.utc_stamp(mailbox.series[event.master].regular_start(event.original_day))


def _skipped(event: Event, mailbox: Mailbox, wording: Wording) -> list[str]:
    if event.kind is not EventKind.MASTER:
        return []
    return [f"OID.{wording.id_of(event)}.{day.isoformat()}" for day in sorted(mailbox.series[event.token].skipped)]


def _web_link(event: Event, wording: Wording) -> str:
    item = quote(wording.id_of(event), safe="")
    return f"https://outlook.office365.com/owa/?itemid={item}&exvsurl=1&path=/calendar/item"


class Place(NamedTuple):
    """What a field's writer gets."""

    event: Event
    mailbox: Mailbox
    wording: Wording


Writer = Callable[[Place], object]


def _always(value: object, /) -> Writer:
    return lambda _: value


_YES, _NO, _NULL = (_always(value) for value in (True, False, None))

FIELDS: dict[str, Writer] = {
    "id": lambda at: at.wording.id_of(at.event),
    "createdDateTime": lambda at: zones.utc_stamp(at.event.created),
    "lastModifiedDateTime": lambda at: zones.utc_stamp(at.event.modified),
    "changeKey": lambda at: ids.change_key(at.event.token, at.event.version),
    "categories": lambda at: list(at.event.categories),
    "transactionId": _NULL,
    "originalStartTimeZone": lambda at: zones.windows_label(at.event.zone),
    "originalEndTimeZone": lambda at: zones.windows_label(at.event.zone),
    "iCalUId": lambda at: ids.ical_uid(at.event.master or at.event.token),
    "uid": lambda at: ids.ical_uid(at.event.master or at.event.token),
    "reminderMinutesBeforeStart": _always(15),
    "isReminderOn": _YES,
    "hasAttachments": _NO,
    "subject": lambda at: at.event.subject,
    "bodyPreview": lambda at: _preview(at.event),
    "importance": _always("normal"),
    "sensitivity": lambda at: at.event.sensitivity,
    "isAllDay": lambda at: at.event.is_all_day,
    "isCancelled": lambda at: at.event.is_cancelled,
    "isOrganizer": lambda at: at.event.response == "organizer",
    "responseRequested": _YES,
    "seriesMasterId": lambda at: at.wording.master_id(at.event),
    "showAs": lambda at: at.event.show_as,
    "type": lambda at: at.event.kind.value,
    "webLink": lambda at: _web_link(at.event, at.wording),
    "onlineMeetingUrl": _NULL,
    "isOnlineMeeting": _NO,
    "onlineMeetingProvider": _always("unknown"),
    "allowNewTimeProposals": _YES,
    "occurrenceId": lambda at: _occurrence_id(at.event, at.wording),
    "isDraft": _NO,
    "hideAttendees": _NO,
    "responseStatus": lambda at: {"response": at.event.response, "time": _NEVER},
    "body": lambda at: {"contentType": "html", "content": at.event.body},
    "start": lambda at: _when(at.event.start, at.event, at.wording),
    "end": lambda at: _when(at.event.end, at.event, at.wording),
    "location": lambda at: _location(at.event.location),
    "locations": lambda at: [_location(at.event.location)] if at.event.location else [],
    "recurrence": lambda at: _recurrence(at.event, at.mailbox),
    "attendees": lambda at: [_attendee(attendee) for attendee in at.event.attendees],
    "organizer": lambda at: _organizer(at.event, at.mailbox),
    "onlineMeeting": _NULL,
    "originalStart": lambda at: _original_start(at.event, at.mailbox),
    "cancelledOccurrences": lambda at: _skipped(at.event, at.mailbox, at.wording),
}
"""Every property of an event that may be selected, with its writer."""

_ONLY_ASKED = {"originalStart", "cancelledOccurrences"}
UNASKED = tuple(name for name in FIELDS if name not in _ONLY_ASKED)
"""Fields of a row when nothing is selected."""


def parse_instant(text: str) -> datetime:
    """Read startDateTime or endDateTime; without an offset it is UTC.

    Raises:
        ValueError: it is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
