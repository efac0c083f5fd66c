"""Waiting in loops that must end at once when they are told to."""

from __future__ import annotations

import asyncio
import contextlib


async def pause(until: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set, but at most so many seconds; return whether it is set.

    With 0 seconds or fewer, other tasks run once, and nothing is waited for.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(until.wait(), seconds)
    return until.is_set()
