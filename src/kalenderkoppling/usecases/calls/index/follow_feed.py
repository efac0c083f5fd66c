"""Keeps the calls index up to date: everybody is read at the start, then whoever the change feed names.

The feed is read five times a second. In addition everybody is read again once an hour, a few at a time, because
absences are loaded for the coming days only. While the store is unavailable, calls are decided from the index.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

import structlog

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import SharedParts, load_callees
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.change_feed.read_feed import FeedNews, FeedPosition, read_feed
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.pause import pause

CURRENT_FOR = timedelta(seconds=5)
"""How long after a reading of the feed the index counts as up to date."""

_log = structlog.get_logger("calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPace:
    """How fast the feed is followed.

    It is read `every` so often; people are read `at_once` in one transaction. A round over everybody begins each
    `refresh`, and goes on at each `polls_between`-th reading in which nothing else is to be done.
    """

    every: timedelta = timedelta(milliseconds=200)
    at_once: int = 200
    refresh: timedelta = timedelta(hours=1)
    polls_between: int = 25


@dataclass(slots=True, kw_only=True)
class _Following:
    """Where one tenant's feed has been followed to, and who is still to be read.

    `wanted` are those whom the feed named; `rest` those of a round over everybody that has to be done now, and `again`
    whether another one has to follow it; `refresh` those of the hourly round.
    """

    tenant: TenantId
    shared: SharedParts = field(default_factory=SharedParts)
    position: FeedPosition | None = None
    wanted: dict[PersonId, None] = field(default_factory=dict)
    rest: deque[PersonId] = field(default_factory=deque)
    again: bool = False
    refresh: deque[PersonId] = field(default_factory=deque)
    refreshed: datetime | None = None
    polls: int = 0
    polled: datetime | None = None
    is_well: bool = True

    @property
    def is_behind(self) -> bool:
        return self.position is None or bool(self.wanted or self.rest or self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What one transaction read: news of the feed, some people, and, where a round begins, the ids of everybody."""

    news: FeedNews
    asked: Sequence[PersonId]
    callees: Mapping[PersonId, Callee]
    failed: frozenset[PersonId]
    ids: Sequence[PersonId] | None


class FeedFollower:
    """Follows the feeds of tenants; reads in a thread, and updates the index on the event loop.

    Args:
        core: The store and the clock.
        index: The index to keep up to date.
        plan_of: How a tenant's numbers are read.
        tenants: Whose feeds.
        pace: How fast; tests go faster.
    """

    def __init__(
        self,
        core: Core,
        index: CallIndex,
        plan_of: Callable[[TenantId], NumberPlan],
        tenants: Sequence[TenantId],
        pace: FollowPace | None = None,
    ) -> None:
        self._core = core
        self._index = index
        self._plan_of = plan_of
        self._pace = pace or FollowPace()
        self._following = {tenant: _Following(tenant=tenant) for tenant in tenants}
        self.loaded = asyncio.Event()
        """Set once everybody of all tenants has been read."""

    def is_current(self, tenant: TenantId) -> bool:
        """Tell whether the index is up to date, give or take some seconds: an unknown person does not exist."""
        following = self._following.get(tenant)
        if following is None or following.polled is None or following.is_behind or not following.is_well:
            return False
        return abs(self._core.clock.now() - following.polled) <= CURRENT_FOR

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until `stopping` is set, whatever happens to the store."""
        while not stopping.is_set():
            is_behind = False
            for following in self._following.values():
                is_behind |= await self._poll_through(following)
            await pause(stopping, 0 if is_behind else self._pace.every.total_seconds())

    async def _poll_through(self, following: _Following) -> bool:
        """Read once more; True where more is to be read at once."""
        try:
            is_behind = await self.poll(following.tenant)
        except Exception as error:  # noqa: BLE001 - calls are decided from what is known; the next reading tries again
            if following.is_well:
                _log.warning("feed_not_followed", error=type(error).__name__)
            following.is_well = False
            return False
        if not following.is_well:
            _log.info("feed_followed_again")
        following.is_well = True
        return is_behind

    async def poll(self, tenant: TenantId) -> bool:
        """Read a tenant's feed once, and some of those who are to be read; True where there are more of them.

        Raises:
            StoreUnavailableError: nothing could be read; what is known stays.
        """
        following, now = self._following[tenant], self._core.clock.now()
        turn = await asyncio.to_thread(self._read, following, now)
        self._take(following, turn, now)
        return following.is_behind

    # ── in a thread ─────────────────────────────────────────────────────────────────────────────

    def _read(self, following: _Following, now: datetime) -> _Turn:
        with self._core.store.read(following.tenant) as tx:
            news = read_feed(tx, following.position)
            asked = self._next(following, news)
            callees, failed = self._load(tx, following, asked, now)
            begins = (following.again or news.everybody) and not following.rest
            ids = tx.people.ids() if begins or self._is_refresh_due(following, now) else None
        return _Turn(news=news, asked=asked, callees=callees, failed=failed, ids=ids)

    def _next(self, following: _Following, news: FeedNews) -> list[PersonId]:
        """Return who is read now: those whom the feed named before all others."""
        named = dict.fromkeys((*following.wanted, *news.people))
        is_quiet = not named and not following.rest and not following.again and not news.everybody
        refresh = following.refresh if is_quiet and following.polls % self._pace.polls_between == 0 else ()
        return list(islice(named or following.rest or refresh, self._pace.at_once))

    def _is_refresh_due(self, following: _Following, now: datetime) -> bool:
        began = following.refreshed
        if began is None or following.is_behind or following.refresh:
            return False
        return not began <= now < began + self._pace.refresh

    def _load(
        self, tx: Transaction, following: _Following, people: Sequence[PersonId], now: datetime
    ) -> tuple[dict[PersonId, Callee], frozenset[PersonId]]:
        """Return callees, and the ids that could not be read; after a failure people are read one by one."""
        tenant, plan = following.tenant, self._plan_of(following.tenant)
        try:
            return load_callees(tx, tenant, people, now, plan, shared=following.shared), frozenset()
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - stored data may be broken in any way
            if len(people) == 1:
                _log.error("callee_not_read", error=type(error).__name__)
                return {}, frozenset(people)
        parts = [self._load(tx, following, [person], now) for person in people]
        return {key: each for found, _ in parts for key, each in found.items()}, frozenset().union(
            *(failed for _, failed in parts)
        )

    # ── on the event loop ───────────────────────────────────────────────────────────────────────

    def _take(self, following: _Following, turn: _Turn, now: datetime) -> None:
        following.position = turn.news.position
        following.polls += 1
        following.polled = now
        following.wanted.update(dict.fromkeys(turn.news.people))
        following.again |= turn.news.everybody
        self._put(following, turn)
        if turn.ids is not None:
            self._begin_round(following, turn.ids, now)
        if not following.is_behind and not self._index.is_loaded(following.tenant):
            self._index.mark_loaded(following.tenant)
            following.refreshed = now
        if all(map(self._index.is_loaded, self._following)):
            self.loaded.set()

    def _put(self, following: _Following, turn: _Turn) -> None:
        for person in turn.asked:
            callee = turn.callees.get(person)
            if callee is not None:
                self._index.put(callee)
            elif person not in turn.failed:
                self._index.remove(following.tenant, person)
            following.wanted.pop(person, None)
            for waiting in (following.rest, following.refresh):
                if waiting and waiting[0] == person:
                    waiting.popleft()

    def _begin_round(self, following: _Following, ids: Sequence[PersonId], now: datetime) -> None:
        """Schedule everybody for reading, and remove those who are gone."""
        there = set(ids)
        for person in self._index.people(following.tenant):
            if person not in there:
                self._index.remove(following.tenant, person)
        following.refreshed = now
        if following.again:
            following.again = False
            following.rest = deque(ids)
            following.refresh.clear()
        else:
            following.refresh = deque(ids)
