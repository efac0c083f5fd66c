"""Building blocks of sounds: silence, tones, joining, trimming."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound.pcm import BYTES_PER_SAMPLE, Sound
from kalenderkoppling.sound.samples import FULL_SCALE, blocks_of, numbers, of_numbers

EDGE = timedelta(milliseconds=10)
"""Fade in and out of a tone, so that it does not click."""

KEPT = timedelta(milliseconds=30)
"""Silence that is left before and after the sound when it is trimmed."""

_BLOCK_SECONDS = 0.01
_HEARD = 10 ** (-40 / 20)
"""Blocks more than 40 dB below the loudest count as silence."""


def silence(length: timedelta, rate: int) -> Sound:
    """Return silence; a length that is not positive gives an empty sound."""
    return Sound(rate=rate, samples=bytes(BYTES_PER_SAMPLE * _count(length, rate)))


def tone(hertz: float, length: timedelta, rate: int, level: float) -> Sound:
    """Return a sine tone with soft edges; `level` is its share of full scale, 0 to 1."""
    count = _count(length, rate)
    place = np.arange(count, dtype=np.float32)
    edge = max(1, min(_count(EDGE, rate), count // 2))
    swell = np.clip((np.minimum(place, count - 1 - place) + 0.5) / edge, 0, 1)
    wave = np.sin(2 * np.pi * hertz * place / rate)
    values = (FULL_SCALE * level * np.sin(np.pi / 2 * swell) ** 2 * wave).astype(np.float32)
    return of_numbers(values, rate)


def joined(sounds: Sequence[Sound]) -> Sound:
    """Return sounds one after another.

    Raises:
        InvalidValueError: there is none, or their rates differ.
    """
    rates = {sound.rate for sound in sounds}
    if len(rates) != 1:
        raise InvalidValueError("only sounds of one rate can be joined")
    return Sound(rate=rates.pop(), samples=b"".join(sound.samples for sound in sounds))


def trimmed(sound: Sound) -> Sound:
    """Return a sound with the silence at both ends cut to a short margin; pure silence becomes the margin."""
    loudness = blocks_of(numbers(sound), sound.rate, _BLOCK_SECONDS)
    size = max(1, round(sound.rate * _BLOCK_SECONDS))
    kept = _count(KEPT, sound.rate)
    loudest = float(loudness.max(initial=0))
    if not loudest:
        return Sound(rate=sound.rate, samples=sound.samples[: BYTES_PER_SAMPLE * kept])
    heard = np.flatnonzero(loudness > loudest * _HEARD)
    first, after = int(heard[0]) * size - kept, (int(heard[-1]) + 1) * size + kept
    return Sound(rate=sound.rate, samples=sound.samples[BYTES_PER_SAMPLE * max(0, first) : BYTES_PER_SAMPLE * after])


def _count(length: timedelta, rate: int) -> int:
    return max(0, round(length.total_seconds() * rate))
