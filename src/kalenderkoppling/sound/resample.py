"""Sound at another rate, by the SoX resampler."""

from __future__ import annotations

import soxr

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound.pcm import Sound
from kalenderkoppling.sound.samples import numbers, of_numbers


def resampled(sound: Sound, rate: int) -> Sound:
    """Return a sound at another rate (samples a second); what the new rate cannot carry is filtered out.

    Raises:
        InvalidValueError: the rate is not positive.
    """
    if rate <= 0:
        raise InvalidValueError("a sound needs a positive rate")
    if rate == sound.rate or not sound.samples:
        return Sound(rate=rate, samples=sound.samples)
    # In floating point, since the resampler dithers whole numbers: the same sound must stay the same bytes.
    return of_numbers(soxr.resample(numbers(sound), sound.rate, rate, quality="HQ"), rate)
