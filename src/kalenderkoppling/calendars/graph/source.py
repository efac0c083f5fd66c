"""Reads a mailbox's window by `calendarView`, page by page; the result is complete, or an error is raised."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote
from zoneinfo import ZoneInfo

from yarl import URL

from kalenderkoppling.calendars.graph.choice import PROPERTY_ID
from kalenderkoppling.calendars.graph.client import GraphClient, user_segment
from kalenderkoppling.calendars.graph.translate import Look
from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields

ROWS_PER_PAGE = 1000
PAGES_AT_MOST = 500
LOOK_SECONDS = 45.0
"""How long all pages of one look may take; shorter than a look may (`usecases.mailboxes.timing`)."""


_DIGEST_KEY_BYTES = 32
_DIGEST_BYTES = 16
_QUERIES_HELD = 128

_SELECT = "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,sensitivity,isCancelled,responseStatus,changeKey"
# The server filters all-day bookings by instants in the mailbox's own zone, which it does not tell
# (microsoft-graph-docs#1802).
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of one look."""

    mailbox: str
    window: Interval
    zone: ZoneInfo
    fields: Fields

    def told_apart(self) -> bytes:
        """Return bytes that differ wherever the arguments do."""
        window, fields = self.window, self.fields
        terms = (window.start.isoformat(), window.end.isoformat(), str(self.zone), fields.subject, fields.item_choices)
        return repr((self.mailbox, *terms)).encode()


class GraphCalendar:
    """The calendar source (ports.calendar.CalendarSource) over Microsoft Graph.

    Only the default calendar is looked at (C-25), with one request at a time per look. An answer of one page is
    recognised by a keyed digest of its bytes; the key is random and dies with the process.
    """

    def __init__(self, client: GraphClient, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._client = client
        self._look_seconds = look_seconds
        self._digest_key = secrets.token_bytes(_DIGEST_KEY_BYTES)

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return everything that overlaps the window; see the port for the promises and errors."""
        asked = _Asked(mailbox, window, zone, fields)
        async with _deadline(self._look_seconds):
            return await self._complete(asked, await self._client.read(self._first_page(asked)))

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """Return None where the answer is, byte for byte, the one that `validator` was given for; see the port."""
        asked = _Asked(mailbox, window, zone, fields)
        async with _deadline(self._look_seconds):
            body = await self._client.read(self._first_page(asked))
            # Only answers of one page get a validator, so the same bytes are the whole answer again.
            return None if self._validator(asked, body) == validator else await self._complete(asked, body)

    async def _complete(self, asked: _Asked, body: bytes) -> View:
        """Translate the first page, and follow the links to the others."""
        look, full = Look(asked.window, asked.zone, asked.fields), asked.fields.subject or asked.fields.item_choices
        page = read_page(body, full=full)
        look.take(page.value)
        url = _link(page.next_link)
        if url is None:
            return replace(look.view(), validator=self._validator(asked, body))
        seen = {str(self._first_page(asked))}
        while url is not None:
            if str(url) in seen or len(seen) >= PAGES_AT_MOST:
                raise ReadFailedError(ReadProblem.MALFORMED, "too many pages")
            seen.add(str(url))
            page = read_page(await self._client.read(url), full=full)
            look.take(page.value)
            url = _link(page.next_link)
        return look.view()

    def _validator(self, asked: _Asked, body: bytes) -> Validator:
        digest = blake2b(asked.told_apart(), key=self._digest_key, digest_size=_DIGEST_BYTES)
        digest.update(body)
        return Validator(digest.digest())

    def _first_page(self, asked: _Asked) -> URL:
        path = f"{self._client.base}/users/{user_segment(asked.mailbox)}/calendarView"
        return URL(f"{path}?{_query(asked.window, asked.fields)}", encoded=True)


@lru_cache(maxsize=_QUERIES_HELD)
def _query(window: Interval, fields: Fields) -> str:
    """Return the query of a look's first page; cached, since a sweep has few windows for many mailboxes."""
    query = [
        f"startDateTime={_utc(window.start - _MARGIN)}",
        f"endDateTime={_utc(window.end + _MARGIN)}",
        f"$top={ROWS_PER_PAGE}",
        f"$select={_SELECT}{',subject' if fields.subject else ''}",
    ]
    if fields.item_choices:
        wanted = quote(f"singleValueExtendedProperties($filter=id eq '{PROPERTY_ID}')", safe="()$='")
        query.append(f"$expand={wanted}")
    return "&".join(query)


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ReadFailedError(ReadProblem.UNREACHABLE, "the look took too long") from None


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _link(text: str | None) -> URL | None:
    """Return a link unchanged; the client refuses one to another host."""
    if not text:
        return None
    try:
        link = URL(text, encoded=True)
        link.origin()
    except ValueError as error:
        raise ReadFailedError(ReadProblem.MALFORMED, "the link to the next page is not a URL") from error
    return link
