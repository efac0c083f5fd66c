"""Samples as floating-point numbers and back, for resampling, levels and tones."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kalenderkoppling.sound.pcm import Sound

Numbers: TypeAlias = NDArray[np.float32]
"""Samples in the range of 16-bit integers; a value beyond it is clipped on conversion back."""

FULL_SCALE = 32_767
"""The largest sample; the smallest is one further from zero."""

SAMPLE = np.dtype("<i2")


def numbers(sound: Sound) -> Numbers:
    """Return a sound's samples as numbers."""
    return np.frombuffer(sound.samples, SAMPLE).astype(np.float32)


def of_numbers(values: Numbers, rate: int) -> Sound:
    """Return numbers as a sound, each rounded to the nearest sample."""
    return Sound(rate=rate, samples=np.clip(np.rint(values), -FULL_SCALE - 1, FULL_SCALE).astype(SAMPLE).tobytes())


def blocks_of(values: Numbers, rate: int, length_seconds: float) -> Numbers:
    """Return the loudness (root mean square) of each block of a length; the last block is padded with silence."""
    size = max(1, round(rate * length_seconds))
    count = -(-len(values) // size)
    padded = np.zeros(count * size, np.float32)
    padded[: len(values)] = values
    loudness: Numbers = np.sqrt(np.mean(np.square(padded.reshape(count, size)), axis=1))
    return loudness
