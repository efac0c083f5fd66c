"""A person's calls: those to the person and those that the person made, with the colleague's live status (R20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kalenderkoppling.domain.call import CallRecord
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.directory.live_status import LiveStatus, live_status
from kalenderkoppling.usecases.situation import near_situations

MOST_CALLS = 200


class Direction(StrEnum):
    """Which way a call went, as its reader sees it."""

    TO_ME = "to_me"
    BY_ME = "by_me"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One call; `other` and `status` are the other side's where that is a colleague, else None."""

    record: CallRecord
    direction: Direction
    other: Person | None = None
    status: LiveStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some of a person's calls, newest first; `next_before` (UTC) asks for those that follow, None at the end."""

    rows: Sequence[HistoryRow]
    next_before: datetime | None = None


async def call_history(core: Core, actor: Actor, *, before: datetime | None = None, limit: int = 50) -> HistoryPage:
    """Return the actor's own calls, those that came before an instant (aware), newest first; at most 200 at once."""
    now = core.clock.now()
    most = min(max(limit, 1), MOST_CALLS)

    def work(tx: Transaction) -> HistoryPage:
        found = tx.calls.of(actor.person, limit=most + 1, before=before)
        page = _page(found, most)
        rows = _rows(tx, actor, page, now)
        return HistoryPage(rows=rows, next_before=page[-1].at if len(page) < len(found) else None)

    return await look_up(core, actor.tenant, work)


def _page(found: Sequence[CallRecord], most: int) -> Sequence[CallRecord]:
    """Return so many calls, fewer where calls of one instant would be parted: the next page begins before it."""
    if len(found) <= most:
        return found
    parted = found[most].at
    return [each for each in found[:most] if each.at != parted] or found[:most]


def _rows(tx: Transaction, actor: Actor, page: Sequence[CallRecord], now: datetime) -> Sequence[HistoryRow]:
    others = {each.id: _other(each, actor.person) for each in page}
    known = near_situations(tx, {other for other in others.values() if other is not None}, now)
    rows = []
    for each in page:
        other = others[each.id]
        there = None if other is None else known.get(other)
        rows.append(
            HistoryRow(
                record=each,
                direction=Direction.TO_ME if each.person == actor.person else Direction.BY_ME,
                other=there.person if there else None,
                status=live_status(there, actor) if there else None,
            )
        )
    return rows


def _other(record: CallRecord, person: PersonId) -> PersonId | None:
    return record.colleague if record.person == person else record.person
