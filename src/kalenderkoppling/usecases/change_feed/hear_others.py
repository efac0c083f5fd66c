"""Hear what other processes change: the feed is in the store, the bus only in this process.

The voice process writes calls, wishes and line states; without this, open pages would learn of them within a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import structlog

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY, Change
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.usecases.change_feed.feed_news import FeedNews, news_since
from kalenderkoppling.usecases.core import Core, look_up

EVERY = timedelta(milliseconds=200)

_log = structlog.get_logger("feed")


async def hear_others(core: Core, tenant: TenantId, stopping: asyncio.Event, every: timedelta = EVERY) -> None:
    """Tell this process's bus of every change in the feed, until `stopping` is set.

    Changes of this process are told a second time, which harms nobody: a message on the bus only says where to look.
    While the store is away nothing is told; afterwards, what was missed is.
    """
    place: int | None = None
    is_well = True
    while not stopping.is_set():
        try:
            news = await _news(core, tenant, place)
        except StoreUnavailableError:
            if is_well:
                _log.warning("feed_not_heard")
            is_well = False
        else:
            # At the start everything that there is was there before any page was open.
            if place is not None:
                await _tell(core, tenant, news)
            place, is_well = news.place, True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every.total_seconds())


async def _news(core: Core, tenant: TenantId, place: int | None) -> FeedNews:
    return await look_up(core, tenant, lambda tx: news_since(tx, place))


async def _tell(core: Core, tenant: TenantId, news: FeedNews) -> None:
    for person in [EVERYBODY] if news.everybody else news.people:
        await core.bus.publish(Change(tenant=tenant, person=person))
