"""Republish on this process's bus what other processes changed: the feed is in the store, the bus in one process only.

The voice process writes calls, call-back requests and line states; without this, open pages would show them only when
they look anew, after up to a minute.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY, Change
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.usecases.change_feed.read_feed import FeedNews, FeedPosition, read_feed
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.pause import pause

EVERY = timedelta(milliseconds=200)

_log = structlog.get_logger("feed")


async def republish_changes(core: Core, tenant: TenantId, stopping: asyncio.Event, every: timedelta = EVERY) -> None:
    """Publish every change in a tenant's feed on the bus, until `stopping` is set.

    Changes of this process are published a second time, which is harmless: a message on the bus only says whose state
    to read again. While the store is unavailable nothing is published; afterwards, everything that was missed is.

    Args:
        core: The store that has the feed, and the bus.
        tenant: Whose feed.
        stopping: Ends it.
        every: How often the feed is read.
    """
    position: FeedPosition | None = None
    is_well = True
    while not stopping.is_set():
        try:
            news = await _news(core, tenant, position)
        except StoreUnavailableError:
            if is_well:
                _log.warning("feed_not_republished")
            is_well = False
        else:
            # No page was open before the first reading, so nobody has missed anything yet.
            if position is not None:
                await _publish(core, tenant, news)
            position, is_well = news.position, True
        await pause(stopping, every.total_seconds())


async def _news(core: Core, tenant: TenantId, position: FeedPosition | None) -> FeedNews:
    return await look_up(core, tenant, lambda tx: read_feed(tx, position))


async def _publish(core: Core, tenant: TenantId, news: FeedNews) -> None:
    for person in [EVERYBODY] if news.everybody else news.people:
        await core.bus.publish(Change(tenant=tenant, person=person))
