"""Silence and the ringing tone as clips."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import joined, silence, tone

RATE = 8_000
_RINGING_HERTZ = 425.0
_RINGING_LEVEL = 0.08


@lru_cache(maxsize=32)
def silent(length: timedelta) -> Clip:
    """Return silence."""
    return Clip(name=f"silence-{length.total_seconds():.3f}", sound=silence(length, RATE))


@lru_cache(maxsize=1)
def ringing_tone() -> Clip:
    """Return one turn of the tone that a caller hears while a phone rings.

    Source: ITU-T E.180 supplement 2: 425 Hz in the Nordic countries; one second of tone, four of silence.
    """
    rings = tone(_RINGING_HERTZ, timedelta(seconds=1), RATE, _RINGING_LEVEL)
    return Clip(name="ringing", sound=joined([rings, silence(timedelta(seconds=4), RATE)]))
