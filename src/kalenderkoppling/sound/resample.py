"""Resampling, by the SoX resampler."""

from __future__ import annotations

import soxr

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound.pcm import Sound
from kalenderkoppling.sound.samples import numbers, of_numbers


def resampled(sound: Sound, rate: int) -> Sound:
    """Return a sound at another rate (samples per second), low-pass filtered where the rate is lower.

    Raises:
        InvalidValueError: the rate is not positive.
    """
    if rate <= 0:
        raise InvalidValueError("a sound needs a positive rate")
    if rate == sound.rate or not sound.samples:
        return Sound(rate=rate, samples=sound.samples)
    # In floating point, since the resampler dithers integers: the same sound must give the same bytes.
    return of_numbers(soxr.resample(numbers(sound), sound.rate, rate, quality="HQ"), rate)
