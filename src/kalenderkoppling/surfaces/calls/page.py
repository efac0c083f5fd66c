"""The page "Samtal": who wants to be called back, and the calls of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from kalenderkoppling.domain.person import Role
from kalenderkoppling.surfaces.calls.rows import CallRow, WishRow, call_row, wish_rows
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.calls.history.call_backs import all_call_backs, my_call_backs
from kalenderkoppling.usecases.calls.history.call_history import MOST_CALLS, HistoryPage, call_history
from kalenderkoppling.usecases.directory.live_status import live_statuses

PAGE_SIZE = 50
REFRESH_SECONDS = 30
"""How often an attendant's list is polled: the live stream covers only the people shown on the page."""

_HOUR = timedelta(hours=1)
_THE_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""An instant earlier than any call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who wants to be called back: by the reader, or, for an attendant, by anybody."""

    rows: Sequence[WishRow]
    is_of_everybody: bool
    refresh_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Some of the reader's calls, newest first.

    `older_path` shows those that follow, empty at the end. `same_path` shows these again with what is new, empty for
    those that are not the newest.
    """

    rows: Sequence[CallRow]
    older_path: str
    same_path: str
    hours_kept: int


async def waiting(visit: Visit) -> Waiting:
    """Return who wants to be called back."""
    core, actor = visit.shell.core, visit.actor
    of_everybody = Role.ATTENDANT in actor.roles
    wishes = await (all_call_backs(core, actor) if of_everybody else my_call_backs(core, actor))
    people = {each.person.id for each in wishes} | {each.colleague.id for each in wishes if each.colleague}
    statuses = await live_statuses(core, actor, people)
    return Waiting(
        rows=wish_rows(visit, wishes, statuses, of_everybody=of_everybody),
        is_of_everybody=of_everybody,
        refresh_seconds=REFRESH_SECONDS if of_everybody else 0,
    )


async def calls_before(visit: Visit, before: datetime | None) -> Calls:
    """Return the newest calls, or those from before an instant."""
    found = await call_history(visit.shell.core, visit.actor, before=before, limit=PAGE_SIZE)
    return _calls(visit, found, is_newest=before is None)


async def calls_since(visit: Visit, since: datetime) -> Calls | None:
    """Return the newest calls back to an instant, where a longer page begins; None where there are too many."""
    found = await call_history(visit.shell.core, visit.actor, limit=MOST_CALLS)
    rows = [each for each in found.rows if each.record.at >= since]
    has_more = len(rows) < len(found.rows)
    if not has_more and found.next_before is not None:
        return None
    return _calls(visit, HistoryPage(rows=rows, next_before=since if has_more else None), is_newest=True)


def read_instant(written: str) -> datetime | None:
    """Return the instant (UTC) that an address of ours names, None for anything else."""
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _calls(visit: Visit, found: HistoryPage, *, is_newest: bool) -> Calls:
    since = found.next_before or _THE_FIRST
    return Calls(
        rows=[call_row(visit, each) for each in found.rows],
        older_path=_path(before=since) if found.next_before else "",
        same_path=_path(since=since) if is_newest else "",
        hours_kept=visit.settings.call_numbers_kept // _HOUR,
    )


def _path(**asked: datetime) -> str:
    return f"/calls?{urlencode({name: instant.isoformat() for name, instant in asked.items()})}"
