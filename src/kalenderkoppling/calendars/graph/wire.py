"""Graph's page of bookings: decoding, and validation of the page before any row is used."""

from __future__ import annotations

import json
import re
from codecs import utf_8_decode
from collections.abc import Mapping, Sequence

import msgspec

from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.text import storable

NORMAL = "normal"
"""The one sensitivity that is not private (C-07), letter by letter."""

# Without the colon: there may be spaces before it. A value of that name only costs a closer look.
_SENSITIVITY = b'"sensitivity"'
# A letter of that word written as an escape, or a NUL. One search: a page has hundreds of kilobytes, and a
# regular expression that begins with a literal scans it in two thirds of the time that one `in` takes.
_SUSPECT_ESCAPE = re.compile(rb"\\u00(?:73|65|6[eE]|69|74|76|79|00)")
_NO_LETTER_LEFT = "?"
_PIECE = 65_536


class Moment(msgspec.Struct, rename="camel", gc=False):
    """Graph's dateTimeTimeZone: local time without offset, and the label of its zone."""

    date_time: str
    time_zone: str


class Response(msgspec.Struct, gc=False):
    """What the mailbox's owner answered to the invitation."""

    response: str | None = None


class Property(msgspec.Struct, gc=False):
    """A named property on the item: where the add-in leaves a choice."""

    id: str
    value: str


class Row(msgspec.Struct, rename="camel", gc=False):
    """One booking, the fields that are always asked for; all but the id may be missing, so that the row can be judged.

    The order is that in which Microsoft answers, whatever the order of `$select`: so msgspec finds fields faster.
    """

    id: BookingKey
    sensitivity: str | None = None
    is_all_day: bool | None = None
    is_cancelled: bool | None = None
    series_master_id: BookingKey | None = None
    show_as: str | None = None
    response_status: Response | None = None
    start: Moment | None = None
    end: Moment | None = None


class FullRow(Row, rename="camel", gc=False):
    """One booking with what is asked for only where it is needed: subject and the add-in's property."""

    subject: str | None = None
    single_value_extended_properties: list[Property] | None = None


class Page(msgspec.Struct, gc=False):
    """One page of an answer, and where the next one is."""

    value: Sequence[Row]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class _BarePage(msgspec.Struct, gc=False):
    value: list[Row]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class _FullPage(msgspec.Struct, gc=False):
    value: list[FullRow]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


_BARE = msgspec.json.Decoder(_BarePage)
_FULL = msgspec.json.Decoder(_FullPage)


def read_page(body: bytes, *, full: bool) -> Page:
    """Decode one page; a page that cannot be trusted as a whole is refused as a whole.

    If the fast decoder fails, or the page may hold a duplicate key (msgspec silently takes the last:
    `"sensitivity":"private","sensitivity":"normal"`), a slow and strict reader decides.

    Raises:
        ReadFailedError: MALFORMED: not JSON, not UTF-8, no list of rows, a row without id, a duplicate key, NaN.
    """
    try:
        if not body.isascii():
            _must_be_utf8(body)
        page = (_FULL if full else _BARE).decode(body)
    except UnicodeDecodeError as error:
        raise _malformed("not UTF-8") from error
    except (msgspec.DecodeError, RecursionError):
        return _read_strictly(body)
    if _needs_a_closer_look(body, page.value):
        return _read_strictly(body)
    return Page(page.value, page.next_link)


def _must_be_utf8(body: bytes) -> None:
    """Validate a body as UTF-8 in pieces: decoding it whole would double its memory and take twice as long.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    view, at = memoryview(body), 0
    while at < len(body):
        _, taken = utf_8_decode(view[at : at + _PIECE], "strict", at + _PIECE >= len(body))
        at += taken


def _needs_a_closer_look(body: bytes, rows: Sequence[Row]) -> bool:
    r"""Tell whether a row may state its sensitivity twice, or a text hold a NUL; cheap enough for every page.

    A quotation mark inside a JSON string is escaped, so the bytes `"sensitivity"` occur once for each row's own key,
    and otherwise only where some text is exactly that word. A key may also be written with escapes
    (`"sensitivit\u0079"`), which no server does: an escaped letter of the word sends the page the slow way. So does an
    escaped NUL, which the strict reader removes, since a database would not find an id that contains one.
    """
    if body.count(_SENSITIVITY) != len(rows) or any(row.sensitivity is None for row in rows):
        return True
    return _SUSPECT_ESCAPE.search(body) is not None


def _read_strictly(body: bytes) -> Page:
    """Read a page with a slow parser that detects duplicate keys; one invalid row does not affect the others."""
    try:
        tree = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _malformed("not JSON, or with a duplicate key") from error
    rows = tree.get("value") if isinstance(tree, dict) else None
    if not isinstance(rows, list):
        raise _malformed("no list of rows")
    link = tree.get("@odata.nextLink")
    if link is not None and not isinstance(link, str):
        raise _malformed("the link to the next page is not text")
    return Page([_row(each) for each in rows], link)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return read


def _no_number(word: str) -> object:
    message = f"{word} is no JSON"
    raise ValueError(message)


def _row(raw: object) -> FullRow:
    """Read one row; of an invalid row only the ids and the sensitivity are kept."""
    if not isinstance(raw, dict):
        raise _malformed("a row is no object")
    key = raw.get("id")
    if not isinstance(key, str) or not key:
        raise _malformed("a row without id")
    bare = FullRow(
        id=BookingKey(storable(key) or _NO_LETTER_LEFT),
        series_master_id=BookingKey(series) if (series := _text(raw, "seriesMasterId")) else None,
        sensitivity=_sensitivity(raw),
    )
    # Two damaged ids may look the same once cleaned; and choices for a series cannot be found without its id.
    if not _text(raw, "id") or (raw.get("seriesMasterId") and not bare.series_master_id):
        return bare
    try:
        return msgspec.convert({**raw, "id": bare.id, **_optional_fields(raw)}, FullRow)
    except msgspec.ValidationError:
        return bare


def _optional_fields(raw: Mapping[str, object]) -> dict[str, object]:
    """Return the optional fields of a row, None where the value is invalid."""
    subject = raw.get("subject")
    properties = raw.get("singleValueExtendedProperties")
    return {
        "sensitivity": _sensitivity(raw),
        "showAs": _text(raw, "showAs"),
        "seriesMasterId": _text(raw, "seriesMasterId"),
        # Exchange cuts long subjects in the middle of a character: half a pair is no text that can be kept.
        "subject": storable(subject) if isinstance(subject, str) else None,
        "singleValueExtendedProperties": properties if _are_properties(properties) else None,
    }


def _are_properties(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and isinstance(each.get("id"), str) and isinstance(each.get("value"), str)
        for each in value
    )


def _text(raw: Mapping[str, object], name: str) -> str | None:
    """Return a text without control characters; None for what is no text, half a surrogate pair included."""
    value = raw.get(name)
    return storable(value) if isinstance(value, str) and _is_text(value) else None


def _sensitivity(raw: Mapping[str, object]) -> str | None:
    """Return the word letter by letter: one that had to be cleaned first is not `normal` (C-07)."""
    value = raw.get("sensitivity")
    return value if isinstance(value, str) else None


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _malformed(detail: str) -> ReadFailedError:
    return ReadFailedError(ReadProblem.MALFORMED, detail)
