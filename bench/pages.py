"""Pages as Graph answers them, made up by seed: `$select` rows of 0.7 kB, and whole rows of 6 kB with their bodies.

The order of a row's fields is that of Microsoft's answers, whatever the order in `$select`.
"""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta

import msgspec

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
"""The instant around which everything made up lies: a Wednesday morning."""

_FULL_BYTES = 6_000
_SHOW_AS = ("busy",) * 70 + ("tentative",) * 10 + ("free",) * 8 + ("oof",) * 7 + ("workingElsewhere",) * 5
_RESPONSES = ("organizer",) * 40 + ("accepted",) * 50 + ("notResponded",) * 7 + ("declined",) * 3
_WORDS = (
    "möte",
    "projekt",
    "budget",
    "uppföljning",
    "ärende",
    "nämnd",
    "bygglov",
    "avstämning",
    "kund",
    "plan",
    "resa",
)
_Json = dict[str, object]


def page(rows: int, *, seed: int, whole: bool = False) -> bytes:
    """Return a page with so many bookings in the 60 days around NOW."""
    chance = random.Random(seed)
    make = _whole_row if whole else _selected_row
    value = [make(chance, number) for number in range(rows)]
    context = "https://graph.microsoft.com/v1.0/$metadata#users('x')/calendarView"
    return msgspec.json.encode({"@odata.context": context, "value": value})


def _selected_row(chance: random.Random, number: int) -> _Json:
    is_all_day = _happens(chance, 0.04)
    start, end = _days(chance) if is_all_day else _hours(chance)
    series = _id(chance) if _happens(chance, 0.45) else None
    change_key = _text(chance, 24)
    return {
        "@odata.etag": f'W/"{change_key}"',
        "id": f"{_id(chance)[:-8]}{number:08d}",
        "changeKey": change_key,
        "iCalUId": "040000008200E00074C5B7101A82E008" + _hex(chance, 80),
        "sensitivity": "private" if _happens(chance, 0.03) else "normal",
        "isAllDay": is_all_day,
        "isCancelled": _happens(chance, 0.02),
        "seriesMasterId": series,
        "showAs": chance.choice(_SHOW_AS),
        "type": "occurrence" if series else "singleInstance",
        "responseStatus": {"response": chance.choice(_RESPONSES), "time": "2026-10-01T08:00:00Z"},
        "start": {"dateTime": start, "timeZone": "UTC"},
        "end": {"dateTime": end, "timeZone": "UTC"},
    }


def _happens(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _whole_row(chance: random.Random, number: int) -> _Json:
    bare = _selected_row(chance, number)
    subject = " ".join(chance.choices(_WORDS, k=4))
    attendees = [_attendee(chance) for _ in range(8)]
    first = ("@odata.etag", "id")
    last = ("responseStatus", "start", "end")
    row: _Json = {
        **{name: bare[name] for name in first},
        "createdDateTime": "2026-10-01T08:00:00.1234567Z",
        "lastModifiedDateTime": "2026-10-02T08:00:00.1234567Z",
        "categories": [],
        "originalStartTimeZone": "W. Europe Standard Time",
        "originalEndTimeZone": "W. Europe Standard Time",
        "reminderMinutesBeforeStart": 15,
        "isReminderOn": True,
        "hasAttachments": False,
        "subject": subject,
        "bodyPreview": " ".join(chance.choices(_WORDS, k=30)),
        "importance": "normal",
        **{name: each for name, each in bare.items() if name not in {*first, *last}},
        "webLink": f"https://outlook.office365.com/owa/?itemid={bare['id']}&exvsurl=1&path=/calendar/item",
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        "responseStatus": bare["responseStatus"],
        "body": {"contentType": "html", "content": ""},
        "start": bare["start"],
        "end": bare["end"],
        "location": {"displayName": "Rum 4", "locationType": "default", "uniqueIdType": "private"},
        "attendees": attendees,
        "organizer": attendees[0],
    }
    missing = _FULL_BYTES - len(msgspec.json.encode(row))
    paragraphs = f'<p class="MsoNormal">\r\n{" ".join(chance.choices(_WORDS, k=12))}</p>\r\n' * 60
    row["body"] = {"contentType": "html", "content": paragraphs[: max(missing - 90, 0)]}
    return row


def _attendee(chance: random.Random) -> _Json:
    name = f"{chance.choice(_WORDS)}.{chance.choice(_WORDS)}"
    status = {"response": "accepted", "time": "0001-01-01T00:00:00Z"}
    return {"type": "required", "status": status, "emailAddress": {"name": name, "address": f"{name}@bench.example"}}


def _hours(chance: random.Random) -> tuple[str, str]:
    midnight = NOW.replace(hour=0, minute=0)
    start = midnight + timedelta(days=chance.randrange(60), minutes=15 * chance.randrange(28, 64))
    end = start + timedelta(minutes=chance.choice((15, 30, 60, 60, 90, 120)))
    return f"{start:%Y-%m-%dT%H:%M:%S}.0000000", f"{end:%Y-%m-%dT%H:%M:%S}.0000000"


def _days(chance: random.Random) -> tuple[str, str]:
    first = NOW.date() + timedelta(days=chance.randrange(55))
    after = first + timedelta(days=chance.choice((1, 1, 2, 5)))
    return f"{first}T00:00:00.0000000", f"{after}T00:00:00.0000000"


def _id(chance: random.Random) -> str:
    return "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A" + _text(chance, 96)


def _text(chance: random.Random, letters: int) -> str:
    return base64.urlsafe_b64encode(chance.randbytes(letters * 3 // 4)).decode()[:letters]


def _hex(chance: random.Random, letters: int) -> str:
    return chance.randbytes(letters // 2).hex().upper()
