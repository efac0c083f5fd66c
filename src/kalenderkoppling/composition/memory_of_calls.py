"""Look through the memory where it disturbs calls least: when nobody calls, and after some minutes in any case."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable

QUIET_SECONDS = 60.0
MOST_PUT_OFF = 5
"""How often in a row it is put off since somebody calls: what calls leave behind stays until then (S-14)."""

# The collector would stop everything to look through the index; what is made for a call is few and soon gone.
_GENERATIONS = (20_000, 10, 100_000)


def spare_what_is_loaded() -> None:
    """Tell the garbage collector that what was loaded so far stays, and to look through the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GENERATIONS)


async def tidy_until(stopping: asyncio.Event, calls: Callable[[], int], every_seconds: float = QUIET_SECONDS) -> None:
    """Collect what calls have left behind, until `stopping` is set; `calls` tells how many are under way.

    It takes up to half a second after many calls a second: signalling waits, sound does not (it has its own process).
    """
    put_off = 0
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_seconds)
        if calls() and put_off < MOST_PUT_OFF:
            put_off += 1
        else:
            put_off = 0
            gc.collect()
