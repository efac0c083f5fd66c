"""The window of a calendar that is read: from yesterday to 60 days ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.time import Interval, local_midnight

DAYS_BACK = 1
DAYS_AHEAD = 60


def window_at(now: datetime, zone: ZoneInfo) -> Interval:
    """Return a person's window at an instant: 62 whole local days (semantics 5)."""
    today = now.astimezone(zone).date()
    return Interval(
        start=local_midnight(today - timedelta(days=DAYS_BACK), zone),
        end=local_midnight(today + timedelta(days=DAYS_AHEAD + 1), zone),
    )
