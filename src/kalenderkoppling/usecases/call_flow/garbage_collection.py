"""Garbage collection of the voice process: when there is no call, and after some minutes in any case."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from kalenderkoppling.usecases.pause import pause

QUIET_SECONDS = 60.0
MOST_PUT_OFF = 5
"""How often in a row a collection is put off because of calls; their garbage stays in memory until then (S-14)."""

# A full collection stops the process while it walks the index; a call's own objects are few and freed at once.
_THRESHOLDS = (20_000, 10, 100_000)


def tune_garbage_collection() -> None:
    """Exempt all objects that exist now from garbage collection, and make it rare for the others."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


async def collect_when_quiet(
    stopping: asyncio.Event, calls: Callable[[], int], every_seconds: float = QUIET_SECONDS
) -> None:
    """Collect what calls have left behind, until `stopping` is set; `calls` tells how many are in progress.

    A collection takes up to half a second after a busy minute. Signalling waits meanwhile; sound does not, since it has
    a process of its own.
    """
    put_off = 0
    while not stopping.is_set():
        await pause(stopping, every_seconds)
        if calls() and put_off < MOST_PUT_OFF:
            put_off += 1
        else:
            put_off = 0
            gc.collect()
