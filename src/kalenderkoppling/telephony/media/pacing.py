"""The pace of sound: when which stream has its turn, in steps of a quarter of a frame."""

from __future__ import annotations

from collections.abc import Sequence

from kalenderkoppling.telephony.media.rtp import FRAME_MILLISECONDS

PHASES = 4
"""Streams take turns in as many groups, so that not all packets go out at one moment."""

STEP_NS = FRAME_MILLISECONDS * 1_000_000 // PHASES


class FrameSchedule:
    """Counts steps from an instant on; all instants are of the monotonic clock, in nanoseconds.

    Step `n` is the turn `n // PHASES` of the streams in phase `n % PHASES`.
    """

    def __init__(self, begun: int) -> None:
        self._begun = begun
        self._next = 0

    def due(self, now: int) -> Sequence[int]:
        """Return the steps that are due, each once; of those that were missed only the last turn of each phase.

        So a suspended process continues at the present and sends no burst.
        """
        latest = (now - self._begun) // STEP_NS
        steps = range(max(self._next, latest - PHASES + 1), latest + 1)
        self._next = max(self._next, latest + 1)
        return steps

    def left(self, now: int) -> int:
        """Return how long it is until the next step, in nanoseconds; 0 where it is due."""
        return max(0, self._begun + self._next * STEP_NS - now)
