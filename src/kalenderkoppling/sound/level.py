"""Loudness: recordings and speech are brought to one level."""

from __future__ import annotations

import numpy as np

from kalenderkoppling.sound.pcm import Sound
from kalenderkoppling.sound.samples import FULL_SCALE, blocks_of, numbers, of_numbers

LEVEL = FULL_SCALE * 10 ** (-20 / 20)
"""20 dB below full scale: a usual level of speech on telephone lines, with room for its peaks."""

PEAK = FULL_SCALE * 0.97
"""Ceiling of a sample; resampling may add a little to a peak."""

MOST_GAIN = 10 ** (40 / 20)
"""Highest gain; a recording that would need more is noise."""

_BLOCK_SECONDS = 0.02
_COUNTED = 10 ** (-20 / 20)


def levelled(sound: Sound) -> Sound:
    """Return a sound at the common loudness, never clipped; silence stays silence.

    Only blocks within 20 dB of the loudest count, so that pauses do not raise the gain.
    """
    values = numbers(sound)
    highest = float(np.abs(values).max(initial=0))
    if not highest:
        return sound
    loudness = blocks_of(values, sound.rate, _BLOCK_SECONDS)
    counted = loudness[loudness >= loudness.max() * _COUNTED]
    present = float(np.sqrt(np.mean(np.square(counted))))
    gain = min(LEVEL / present, PEAK / highest, MOST_GAIN)
    return of_numbers(values * np.float32(gain), sound.rate)
