"""Reads only the needed content lines of an iCalendar file (RFC 5545, section 3.1).

Everything else is skipped here: descriptions, places, other attendees, alarms, and subjects that were not requested
never become objects. Of an event that is not public only its identity and its times are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from icalendar.parser import Contentline

from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.text import storable

TIMES = frozenset({b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"})
IDENTITY = frozenset({b"UID", b"SEQUENCE"})
MEANING = frozenset({b"TRANSP", b"STATUS", b"X-MICROSOFT-CDO-BUSYSTATUS", b"X-MICROSOFT-CDO-ALLDAYEVENT"})

_CALENDAR, _EVENT, _ZONE = b"VCALENDAR", b"VEVENT", b"VTIMEZONE"
_ZONE_LINES = frozenset(
    {b"BEGIN", b"END", b"TZID", b"DTSTART", b"TZOFFSETFROM", b"TZOFFSETTO", b"RRULE", b"RDATE", b"EXDATE"}
)
_DEEPEST = 8
_NO_LETTER_LEFT = "?"
# The library types neither its constructors nor its parsers.
_content_line: Any = Contentline
_FOLD = re.compile(rb"\r?\n[ \t]")
_NAME = re.compile(rb"([A-Za-z0-9-]+)[;:]")
# Malformed, it still means that the event was classified.
_BROKEN_CLASS = re.compile(rb"CLASS(?![A-Za-z0-9-])", re.IGNORECASE)
_EVENTS_AT_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One content line: its parameters by upper-case name, and its unparsed value."""

    params: Mapping[str, str]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The lines of one VEVENT that are read, by upper-case name.

    `uid` has no character that a database cannot store. `is_identified` is False where the UID was damaged (not UTF-8,
    or no letter is left), so that another event may have the same. `is_public` is None where the event bears no CLASS,
    which RFC 5545 (3.8.1.3) reads as PUBLIC. `declined` tells that the mailbox's own attendee line says so.
    """

    uid: str
    is_identified: bool
    lines: Mapping[str, Sequence[Line]]
    is_public: bool | None
    declined: bool = False

    def one(self, name: str) -> Line | None:
        """Return the one line of a name, None where there is none.

        Raises:
            ValueError: there are several.
        """
        found = self.lines.get(name, ())
        if len(found) > 1:
            raise ValueError(f"{name} occurs twice")
        return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds: its events, and its own definitions of time zones by their names."""

    events: Sequence[Event]
    zones: Mapping[str, str]


def read_content(body: bytes, mailbox: str, *, subject: bool) -> Content:
    """Read a file; `mailbox` is whose attendee line counts, `subject` whether SUMMARY is read.

    Raises:
        ReadFailedError: it is not iCalendar, or is incomplete: an END is missing.
    """
    reader = _Reader(mailbox, subject=subject)
    for raw in _FOLD.sub(b"", body.removeprefix(b"\xef\xbb\xbf")).splitlines():
        if raw.strip():
            reader.take(raw)
    return reader.content()


class _Reader:
    """Takes a file line by line, and keeps those of events and time zones that are read."""

    def __init__(self, mailbox: str, *, subject: bool) -> None:
        self._mailbox = mailbox.casefold()
        self._own = self._mailbox.encode()
        self._wanted = TIMES | IDENTITY | MEANING | {b"CLASS", b"ATTENDEE"} | ({b"SUMMARY"} if subject else set())
        self._stack: list[bytes] = []
        self._has_calendar = False
        self._events: list[Event] = []
        self._zones: dict[str, str] = {}
        self._event: dict[bytes, list[bytes]] = {}
        self._zone: list[bytes] = []

    def take(self, raw: bytes) -> None:
        """Take one unfolded line."""
        found = _NAME.match(raw)
        name = found[1].upper() if found else b"CLASS" if _BROKEN_CLASS.match(raw) else b""
        if name == b"BEGIN":
            self._begin(_component(raw))
        elif not self._stack:
            raise _malformed("no VCALENDAR at the start")
        within = self._stack[1:]
        if within[:1] == [_ZONE] and name in _ZONE_LINES:
            self._zone.append(raw)
        elif within == [_EVENT] and name in self._wanted and (name != b"ATTENDEE" or self._own in raw.lower()):
            self._event.setdefault(name, []).append(raw)
        if name == b"END":
            self._end(_component(raw))

    def content(self) -> Content:
        """Return what was taken."""
        if self._stack:
            raise ReadFailedError(ReadProblem.CUT_SHORT, "END is missing")
        if not self._has_calendar:
            raise _malformed("no VCALENDAR at the start")
        return Content(events=self._events, zones=self._zones)

    def _begin(self, component: bytes) -> None:
        self._stack.append(component)
        if self._stack[0] != _CALENDAR or len(self._stack) > _DEEPEST:
            raise _malformed("no VCALENDAR at the start, or nested too deeply")
        self._has_calendar = True
        if self._stack[1:] == [_EVENT]:
            self._event = {}
        elif self._stack[1:] == [_ZONE]:
            self._zone = []

    def _end(self, component: bytes) -> None:
        if self._stack.pop() != component:
            raise _malformed("END without BEGIN")
        if self._stack != [_CALENDAR]:
            return
        if component == _EVENT:
            self._events.append(_event(self._event, self._mailbox))
            if len(self._events) > _EVENTS_AT_MOST:
                raise _malformed("too many events")
        elif component == _ZONE:
            self._zones.update(_zone(self._zone))


def _malformed(detail: str) -> ReadFailedError:
    return ReadFailedError(ReadProblem.MALFORMED, detail)


def _component(raw: bytes) -> bytes:
    return raw.partition(b":")[2].strip().upper()


def _event(lines: dict[bytes, list[bytes]], mailbox: str) -> Event:
    """Make an event of its lines; one that is not public loses all but its identity and its times.

    Raises:
        ReadFailedError: MALFORMED: it has no UID, or two: nothing could be recognised by it (RFC 5545, 3.8.4.7).
    """
    uids = {_uid(each) for each in lines.pop(b"UID", ())}
    if len(uids) != 1 or "" in uids:
        raise _malformed("an event without UID, or with two")
    uid = uids.pop()
    classes = lines.pop(b"CLASS", None)
    is_public = None if classes is None else all(_is_public(each) for each in classes)
    attendees = lines.pop(b"ATTENDEE", ())
    kept = {name: those for name, those in lines.items() if is_public is not False or name in TIMES | IDENTITY}
    return Event(
        uid=storable(uid) or _NO_LETTER_LEFT,
        is_identified=bool(storable(uid)) and not any("\ud800" <= each <= "\udfff" for each in uid),
        lines=_read(kept),
        is_public=is_public,
        declined=is_public is not False and any(_declines(each, mailbox) for each in attendees),
    )


def _read(lines: Mapping[bytes, Sequence[bytes]]) -> Mapping[str, Sequence[Line]]:
    read = {name.decode("ascii"): [_line(each) for each in those] for name, those in lines.items()}
    if b"SUMMARY" in lines:
        read["SUMMARY"] = [Line(params={}, value=_text(each)) for each in lines[b"SUMMARY"]]
    return read


def _line(raw: bytes) -> Line:
    """Read a line; a malformed one has an empty value, which is valid for no property."""
    try:
        _, params, value = _content_line(raw.decode("utf-8")).raw_parts()
    except ValueError:
        return Line(params={}, value="")
    told = {str(name).upper(): each if isinstance(each, str) else ",".join(each) for name, each in params.items()}
    return Line(params=told, value=str(value))


def _text(raw: bytes) -> str:
    """Return the text of a line; a byte that is not UTF-8 becomes half a surrogate pair."""
    try:
        *_, value = _content_line(raw.decode("utf-8", "surrogateescape")).raw_parts()
    except ValueError:
        return ""
    return str(value)


def _uid(raw: bytes) -> str:
    return _text(raw) or raw.partition(b":")[2].decode("utf-8", "surrogateescape")


def _is_public(raw: bytes) -> bool:
    """Tell whether a CLASS line says PUBLIC; values that are enumerated are case-insensitive (RFC 5545, section 2)."""
    return _line(raw).value.upper() == "PUBLIC"


def _declines(raw: bytes, mailbox: str) -> bool:
    line = _line(raw)
    address = line.value.casefold().removeprefix("mailto:")
    return mailbox in {address, line.params.get("EMAIL", "").casefold()} and (
        line.params.get("PARTSTAT", "").upper() == "DECLINED"
    )


def _zone(lines: Sequence[bytes]) -> dict[str, str]:
    """Return a time zone's definition by its name; one without a readable name defines nothing."""
    named = [_line(each).value for each in lines if (_NAME.match(each) or [b"", b""])[1].upper() == b"TZID"]
    try:
        return {named[0]: b"\r\n".join([*lines, b""]).decode("utf-8")} if len(named) == 1 else {}
    except UnicodeDecodeError:
        return {}
