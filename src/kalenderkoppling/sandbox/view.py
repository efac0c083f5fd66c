"""calendarView and the other lists: the rows of one page, and the link to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yarl import URL

from kalenderkoppling.sandbox.event import Event
from kalenderkoppling.sandbox.mailbox import Mailbox
from kalenderkoppling.sandbox.odata import Ask, Cursor
from kalenderkoppling.sandbox.row import Json, Wording, row


@dataclass(frozen=True, slots=True, kw_only=True)
class PageManners:
    """What Graph may do with pages unasked.

    `empty_pages`: every full page is followed by an empty one that still has a nextLink (microsoft-graph-docs#2839).
    `page_size`: pages are cut shorter than `$top` asked for.
    """

    empty_pages: bool = False
    page_size: int | None = None


def page(
    events: Sequence[Event],
    mailbox: Mailbox,
    ask: Ask,
    wording: Wording,
    *,
    url: URL,
    manners: PageManners,
    context: str,
) -> Json:
    """Return one page of a list.

    `url` is the request's own absolute address: the nextLink repeats it with a skip token, but nothing of the headers,
    so a client that does not send them again gets UTC and mutable ids.
    """
    size = ask.top if manners.page_size is None else min(ask.top, manners.page_size)
    cursor = ask.cursor
    rows: list[Json] = []
    if not cursor.empty:
        ordered = list(reversed(events)) if ask.descending else events
        part = ordered[cursor.offset : cursor.offset + size]
        rows = [row(event, mailbox, wording, ask.select, ask.properties) for event in part]
    following = _next(cursor, len(rows), len(events), empty_pages=manners.empty_pages)
    body: Json = {"@odata.context": context, "value": rows}
    if following is not None:
        body["@odata.nextLink"] = str(_link(url, following))
    return body


def _next(cursor: Cursor, given: int, total: int, *, empty_pages: bool) -> Cursor | None:
    offset = cursor.offset + given
    if offset >= total:
        return None
    return Cursor(offset=offset, page=cursor.page + 1, empty=empty_pages and not cursor.empty)


def _link(url: URL, cursor: Cursor) -> URL:
    query = {name: value for name, value in url.query.items() if name not in {"$skip", "$skiptoken"}}
    return url.with_query({**query, "$skiptoken": cursor.token()})
