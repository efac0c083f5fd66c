"""What a booking should do to the directory under the standard template: the hint beside it.

The sandbox does not use the product's rules: these few lines are an independent expectation (semantics 2 and C-00), so
that any difference is a bug.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.event import Event, When
from kalenderkoppling.sandbox.outlook.words import ShowAs, Standing, is_private

WINDOW_AHEAD = timedelta(days=60)
"""How far ahead the product reads (semantics 5)."""

ABSENT_AS = {ShowAs.BUSY: "busy", ShowAs.OUT: "oof"}
"""Show-as that give an absence under the standard template, and the suffix of their texts' keys."""


class Forecast(StrEnum):
    """Expected results in the directory; each is the key of a text."""

    NO_SERVICE = "forecast_no_service"
    PRIVATE = "forecast_private"
    CANCELLED = "forecast_cancelled"
    DECLINED = "forecast_declined"
    NOTHING = "forecast_nothing"
    PAST = "forecast_past"
    FAR = "forecast_far"
    NOW = "forecast_now"
    LATER = "forecast_later"


def forecast(event: Event, *, zone: ZoneInfo, now: datetime, has_service: bool) -> Forecast:
    """Return what the directory should show a second or two after the booking changed.

    Args:
        event: The booking, or one occurrence.
        zone: The zone of all-day dates: the person's, which in the demo is the mailbox's.
        now: Aware.
        has_service: Whether the person has the calendar coupling.
    """
    if not has_service:
        return Forecast.NO_SERVICE
    if is_private(event):
        return Forecast.PRIVATE
    standing = Standing.of(event)
    if standing is not Standing.ON:
        return Forecast.CANCELLED if standing is Standing.CANCELLED else Forecast.DECLINED
    if ShowAs.of(event) not in ABSENT_AS:
        return Forecast.NOTHING
    return _when(_instant(event.start, zone), _instant(event.end, zone), now)


def _when(start: datetime, end: datetime, now: datetime) -> Forecast:
    if end <= now:
        return Forecast.PAST
    if start <= now:
        return Forecast.NOW
    return Forecast.FAR if start > now + WINDOW_AHEAD else Forecast.LATER


def _instant(when: When, zone: ZoneInfo) -> datetime:
    return when if isinstance(when, datetime) else zones.midnight(when, zone)
