"""Parses the query and the Prefer header as strictly as Graph does."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.refusal import bad_request
from kalenderkoppling.sandbox.row import FIELDS, Wording, parse_instant

DEFAULT_TOP = 10
MOST_TOP = 1000
_LONGEST_VIEW = timedelta(days=1825)
_KNOWN = {"startDateTime", "endDateTime", "$select", "$expand", "$top", "$skip", "$skiptoken", "$orderby", "$count"}
_ID_EQ = r"id eq '([^']*)'"
_EXPAND = re.compile(rf"singleValueExtendedProperties\(\$filter=({_ID_EQ}(?: or {_ID_EQ})*)\)")


class Cursor(msgspec.Struct, frozen=True):
    """The position of a nextLink; `page` counts from 1."""

    offset: int = 0
    page: int = 1
    empty: bool = False

    def token(self) -> str:
        """Write it as an opaque skip token."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> Cursor:
        """Read one back.

        Raises:
            ValueError: it is not one of ours.
        """
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=cls)
        except (ValueError, msgspec.MsgspecError) as error:
            raise ValueError(f"no skip token: {token}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A list request: which rows, which fields, which page."""

    start: datetime | None
    end: datetime | None
    select: tuple[str, ...] | None
    properties: tuple[str, ...]
    top: int
    cursor: Cursor
    descending: bool


def read_ask(query: Mapping[str, str], *, window: bool) -> Ask:
    """Read the query of a list request.

    Raises:
        Refusal: 400, for an option that Graph does not know or accept here, or an invalid value.
    """
    for name in query:
        if name.startswith("$") and name not in _KNOWN:
            raise bad_request(f"The query parameter '{name}' is not supported.", "ErrorInvalidUrlQueryFilter")
    start, end = _window(query) if window else (None, None)
    return Ask(
        start=start,
        end=end,
        select=read_select(query.get("$select")),
        properties=read_expand(query.get("$expand")),
        top=_top(query.get("$top")),
        cursor=_cursor(query),
        descending=_descending(query.get("$orderby")),
    )


def read_select(text: str | None) -> tuple[str, ...] | None:
    """Read $select; a field that events do not have is refused, as Graph does."""
    if not text:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in FIELDS:
            raise bad_request(
                "Parsing OData Select and Expand failed: "
                f"Could not find a property named '{name}' on type 'microsoft.graph.event'."
            )
    return names


def read_expand(text: str | None) -> tuple[str, ...]:
    """Read $expand: only singleValueExtendedProperties with a filter on the id; returns the property ids."""
    if not text:
        return ()
    if not _EXPAND.fullmatch(text):
        raise bad_request(f"Parsing OData Select and Expand failed: '{text}' cannot be expanded.")
    return tuple(re.findall(_ID_EQ, text))


def read_wording(prefer: Iterable[str]) -> Wording:
    """Read the Prefer headers of *this* request: Graph keeps none from earlier requests or in its links."""
    asked = ",".join(prefer)
    label = _preference(asked, "outlook.timezone") or "UTC"
    zone = zones.zone_named(label)
    if zone is None:
        raise bad_request(
            f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{label}'.",
            "TimeZoneNotSupportedException",
        )
    immutable = (_preference(asked, "IdType") or "").casefold() == "immutableid"
    return Wording(zone=zone, zone_label=label, immutable=immutable)


def applied(prefer: Iterable[str], wording: Wording) -> dict[str, str]:
    """Return the Preference-Applied header."""
    asked = ",".join(prefer)
    said = []
    if _preference(asked, "outlook.timezone"):
        said.append(f'outlook.timezone="{wording.zone_label}"')
    if wording.immutable:
        said.append('IdType="ImmutableId"')
    return {"Preference-Applied": ", ".join(said)} if said else {}


def _preference(header: str, name: str) -> str | None:
    match = re.search(rf'(?:^|[,;\s]){re.escape(name)}\s*=\s*"?([^",;]*)"?', header, re.IGNORECASE)
    return match[1] if match else None


def _window(query: Mapping[str, str]) -> tuple[datetime, datetime]:
    if "startDateTime" not in query or "endDateTime" not in query:
        raise bad_request(
            "This request requires a time window specified by the query string parameters "
            "StartDateTime and EndDateTime.",
            "ErrorInvalidParameter",
        )
    try:
        start, end = parse_instant(query["startDateTime"]), parse_instant(query["endDateTime"])
    except ValueError as error:
        raise bad_request("The value is not a valid DateTimeOffset.", "ErrorInvalidParameter") from error
    if end < start:
        raise bad_request("The end of the time window is before its start.", "ErrorInvalidParameter")
    if end - start > _LONGEST_VIEW:
        raise bad_request(
            "The range between the start and end dates is greater than the allowed range. "
            "Maximum number of days: 1825.",
            "ErrorCalendarViewRangeTooBig",
        )
    return start, end


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_TOP
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_TOP:
        raise bad_request(f"The limit of '{MOST_TOP}' for Top query has been exceeded or is no number: '{text}'.")
    return int(text)


def _cursor(query: Mapping[str, str]) -> Cursor:
    token = query.get("$skiptoken")
    if token is not None:
        try:
            return Cursor.read(token)
        except ValueError as error:
            raise bad_request("Badly formed token.") from error
    skip = query.get("$skip", "0")
    if not skip.isascii() or not skip.isdigit():
        raise bad_request(f"Invalid value '{skip}' for $skip query option found.")
    return Cursor(offset=int(skip))


def _descending(text: str | None) -> bool:
    words = (text or "start/dateTime").split()
    if not words or words[0] != "start/dateTime" or words[1:] not in ([], ["asc"], ["desc"]):
        raise bad_request(f"The property '{text}' cannot be used to order events.", "ErrorInvalidProperty")
    return words[1:] == ["desc"]
