"""Malformed bodies: valid pages, corrupted in defined ways."""

from __future__ import annotations

import msgspec

from kalenderkoppling.sandbox.faults import FaultKind
from kalenderkoppling.sandbox.row import Json

_HTML = b"<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Try later.</body></html>"
_DEEP = 200_000
_CONTENT_TYPE = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"


def spoiled(kind: FaultKind, page: Json) -> tuple[bytes, str]:
    """Return the body and content type of an answer, corrupted by a kind of fault; other kinds change nothing."""
    match kind:
        case FaultKind.TRUNCATED:
            body = msgspec.json.encode(page)
            return body[: len(body) * 2 // 3], _CONTENT_TYPE
        case FaultKind.DUPLICATE_KEYS:
            return _doubled(page), _CONTENT_TYPE
        case FaultKind.NOT_A_NUMBER:
            return _first_row(page, b'"reminderMinutesBeforeStart":NaN,'), _CONTENT_TYPE
        case FaultKind.DEEP_NESTING:
            return b'{"value":' + b"[" * _DEEP + b"]" * _DEEP + b"}", _CONTENT_TYPE
        case FaultKind.HTML:
            return _HTML, "text/html; charset=utf-8"
        case FaultKind.WRONG_CHARSET:
            text = msgspec.json.encode({**page, "note": "möte på Åland"}).decode()
            return text.encode("latin-1", errors="replace"), _CONTENT_TYPE
        case _:
            return msgspec.json.encode(changed(kind, page)), _CONTENT_TYPE


def changed(kind: FaultKind, page: Json) -> Json:
    """Return a page with other values, for faults of meaning and not of syntax."""
    match kind:
        case FaultKind.WRONG_TYPES:
            return {**page, "value": [_wrong(row) for row in _rows(page)] or [{"id": 7, "start": "soon"}]}
        case FaultKind.UNKNOWN_WORDS:
            words: Json = {"showAs": "hybridPresence", "sensitivity": "companyWide", "type": "shadow"}
            return {**page, "value": [{**row, **_only(row, words)} for row in _rows(page)]}
        case FaultKind.UNKNOWN_ZONES:
            return {**page, "value": [_in_odd_zone(row, index) for index, row in enumerate(_rows(page))]}
        case FaultKind.FOREIGN_LINK:
            return {**page, "@odata.nextLink": "http://127.0.0.1:9/v1.0/users/elsewhere/calendarView?$skiptoken=x"}
        case FaultKind.EMPTY:
            return {"@odata.context": page.get("@odata.context"), "value": []}
        case _:
            return page


_ODD_ZONES = (
    "Customized Time Zone",
    "tzone://Microsoft/Custom",
    "tzone://Microsoft/Utc",
    "Europe",
    "../../etc/passwd",
    "X" * 5000,
    "",
)


def _rows(page: Json) -> list[Json]:
    rows = page.get("value")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _only(row: Json, words: Json) -> Json:
    return {name: value for name, value in words.items() if name in row}


def _wrong(row: Json) -> Json:
    return {**row, "start": "tomorrow", "isAllDay": "no", "showAs": 3, "id": None}


def _in_odd_zone(row: Json, index: int) -> Json:
    label = _ODD_ZONES[index % len(_ODD_ZONES)]
    times = {name: row[name] for name in ("start", "end") if isinstance(row.get(name), dict)}
    return {**row, **{name: {**time, "timeZone": label} for name, time in times.items() if isinstance(time, dict)}}


def _doubled(page: Json) -> bytes:
    # A private row with a second key that says normal: a parser that takes the last key would publish it.
    return _first_row(page, b'"sensitivity":"private","sensitivity":"normal",', drop="sensitivity")


def _first_row(page: Json, keys: bytes, drop: str = "") -> bytes:
    rows = _rows(page) or [{"id": "AAMkAA=="}]
    first, rest = rows[0], rows[1:]
    head = {name: value for name, value in page.items() if name != "value"}
    encoded = b"{" + keys + msgspec.json.encode({n: v for n, v in first.items() if n != drop})[1:]
    values = b",".join([encoded, *(msgspec.json.encode(row) for row in rest)])
    return msgspec.json.encode(head)[:-1] + (b"," if head else b"") + b'"value":[' + values + b"]}"
