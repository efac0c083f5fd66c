"""Looking at a mailbox through Graph: the window as `calendarView` expands it, page by page, complete or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from yarl import URL

from kalenderkoppling.calendars.graph.choice import PROPERTY_ID
from kalenderkoppling.calendars.graph.client import GraphClient, user_segment
from kalenderkoppling.calendars.graph.translate import Look
from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields

ROWS_PER_PAGE = 1000
PAGES_AT_MOST = 500
LOOK_SECONDS = 300.0

_SELECT = "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,sensitivity,isCancelled,responseStatus,changeKey"
# The server filters all-day bookings by hidden instants of the mailbox's own zone (microsoft-graph-docs#1802).
_MARGIN = timedelta(days=1)


class GraphCalendar:
    """The calendar source (ports.calendar.CalendarSource) over Microsoft Graph.

    Only the default calendar is looked at (C-25), with one request at a time per look.
    """

    def __init__(self, client: GraphClient, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._client = client
        self._look_seconds = look_seconds

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return everything that overlaps the window; see the port for the promises and errors."""
        look = Look(window, zone, fields)
        try:
            async with asyncio.timeout(self._look_seconds):
                await self._turn_pages(self._first(mailbox, window, fields), look, fields)
        except TimeoutError:
            raise ReadFailedError(ReadProblem.UNREACHABLE, "the look took too long") from None
        return look.view()

    async def _turn_pages(self, first: URL, look: Look, fields: Fields) -> None:
        seen: set[str] = set()
        url: URL | None = first
        while url is not None:
            if str(url) in seen or len(seen) >= PAGES_AT_MOST:
                raise ReadFailedError(ReadProblem.MALFORMED, "pages without end")
            seen.add(str(url))
            page = read_page(await self._client.read(url), full=fields.subject or fields.item_choices)
            look.take(page.value)
            url = _link(page.next_link)

    def _first(self, mailbox: str, window: Interval, fields: Fields) -> URL:
        query = [
            f"startDateTime={_utc(window.start - _MARGIN)}",
            f"endDateTime={_utc(window.end + _MARGIN)}",
            f"$top={ROWS_PER_PAGE}",
            f"$select={_SELECT}{',subject' if fields.subject else ''}",
        ]
        if fields.item_choices:
            wanted = quote(f"singleValueExtendedProperties($filter=id eq '{PROPERTY_ID}')", safe="()$='")
            query.append(f"$expand={wanted}")
        path = f"{self._client.base}/users/{user_segment(mailbox)}/calendarView"
        return URL(f"{path}?{'&'.join(query)}", encoded=True)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _link(text: str | None) -> URL | None:
    """Return a link as it stands, letter by letter; the client refuses it where it leads elsewhere."""
    if not text:
        return None
    try:
        link = URL(text, encoded=True)
        link.origin()
    except ValueError as error:
        raise ReadFailedError(ReadProblem.MALFORMED, "a link to the next page that is none") from error
    return link
