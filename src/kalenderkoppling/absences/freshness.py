"""The freshness guard: how old calendar data may be and still divert calls (C-27)."""

from __future__ import annotations

from datetime import datetime, timedelta

DEFAULT_LIMIT = timedelta(hours=24)
SHORTEST_LIMIT = timedelta(hours=4)


def is_fresh(last_good_look: datetime | None, now: datetime, limit: timedelta = DEFAULT_LIMIT) -> bool:
    """Tell whether calendar absences may divert calls: the last good look is at most `limit` old.

    A limit under 4 h counts as 4 h. A look in the future (the clock was set back) counts as fresh.
    """
    if last_good_look is None:
        return False
    return now - last_good_look <= max(limit, SHORTEST_LIMIT)
