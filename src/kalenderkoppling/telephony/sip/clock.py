"""Runs the stack's timers in asyncio's loop, so that the stack needs no thread and no loop of its own.

The stack keeps its timers in one dispatcher for the whole process, whose own loop is never run here.
"""

from __future__ import annotations

import asyncio
import heapq

from sippy.Core.EventDispatcher import ED2
from sippy.Time.MonoTime import MonoTime

TICK_SECONDS = 0.01
"""The shortest of SIP's timers is half a second (RFC 3261, T1)."""


class StackClock:
    """Fires the stack's timers while it runs."""

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin in the running loop."""
        self._next = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def stop(self) -> None:
        """Stop firing timers."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _tick(self) -> None:
        self._next = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        ED2.last_ts = MonoTime()
        ED2.dispatchTimers()
        if ED2.twasted * 2 > len(ED2.tlisteners):
            _forget_cancelled()


def _forget_cancelled() -> None:
    """Remove cancelled timers from the heap, as the dispatcher's own loop would (S-14)."""
    ED2.tlisteners = [each for each in ED2.tlisteners if each.cb_func is not None]
    heapq.heapify(ED2.tlisteners)
    ED2.twasted = 0
