"""How long a server asks to wait (Retry-After: RFC 9110, section 10.2.3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MOST_PATIENCE = timedelta(days=1)
"""A longer Retry-After than this is treated as an error of the server."""

Jitter = Callable[[], float]
"""Draws from [0, 1): which part of 10 % a wait is prolonged by, so that clients do not retry all at once."""


def retry_after(headers: Mapping[str, str], *, now: datetime, jitter: Jitter) -> timedelta | None:
    """Return the wait that Retry-After asks for, seconds or a date (RFC 9110, 10.2.3), a little prolonged.

    None where the header is missing or makes no sense.
    """
    stated = _stated_wait(headers.get("Retry-After", "").strip(), now)
    if stated is None:
        return None
    wait = max(timedelta(seconds=1), min(stated, MOST_PATIENCE))
    return wait * (1 + jitter() / 10)


def _stated_wait(text: str, now: datetime) -> timedelta | None:
    try:
        seconds = float(text)
    except ValueError:
        return _until(text, now)
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return timedelta(seconds=min(seconds, MOST_PATIENCE.total_seconds()))


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) - now
