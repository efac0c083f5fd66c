"""Small builders of sounds, and what tests measure of them."""

import random
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from kalenderkoppling.sound import Sound, joined, silence, tone

SECOND = timedelta(seconds=1)


def samples_of(sound: Sound) -> NDArray[np.int64]:
    """The samples as whole numbers that do not overflow."""
    return np.frombuffer(sound.samples, "<i2").astype(np.int64)


def sound_of(values: list[int], rate: int = 8_000) -> Sound:
    """Make a sound of samples."""
    return Sound(rate=rate, samples=np.array(values, dtype="<i2").tobytes())


def noise(length: timedelta = SECOND, rate: int = 16_000, level: float = 0.1, seed: int = 1) -> Sound:
    """Make white noise that is the same each time."""
    rng = random.Random(seed)
    count = round(length.total_seconds() * rate)
    return sound_of([round(32_767 * level * rng.uniform(-1, 1)) for _ in range(count)], rate)


def loudness(sound: Sound) -> float:
    """Return the loudness in dB relative to full scale (root mean square)."""
    mean = float(np.mean(np.square(samples_of(sound).astype(np.float64))))
    return float(10 * np.log10(mean / 32_767**2)) if mean else float("-inf")


def peak(sound: Sound) -> int:
    """Return the largest magnitude of any sample."""
    return int(np.abs(samples_of(sound)).max(initial=0))


def likeness(one: Sound, other: Sound) -> float:
    """Return how alike two sounds are in shape, wherever one begins in the other: 1 is the same."""
    first, second = samples_of(one).astype(np.float64), samples_of(other).astype(np.float64)
    size = 1 << (len(first) + len(second)).bit_length()
    across = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    return float(np.max(across) / np.sqrt(np.sum(first**2) * np.sum(second**2)))


def fit(part: Sound, whole: Sound) -> float:
    """Return how alike a sound is to where it fits best in a longer one; 0 where the longer one is too short."""
    wanted, found = samples_of(part).astype(np.float64), samples_of(whole).astype(np.float64)
    if part.rate != whole.rate or len(found) < len(wanted):
        return 0.0
    size = 1 << (len(found) + len(wanted)).bit_length()
    across = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size)), size)
    begin = int(np.argmax(across[: len(found) - len(wanted) + 1]))
    there = found[begin : begin + len(wanted)]
    power = float(np.sqrt(np.sum(there**2) * np.sum(wanted**2)))
    return float(np.sum(there * wanted)) / power if power else 0.0


def said_in_the_middle(before: timedelta = SECOND, after: timedelta = SECOND, rate: int = 16_000) -> Sound:
    """Make half a second of tone with silence around it."""
    return joined([silence(before, rate), tone(440, SECOND / 2, rate, 0.3), silence(after, rate)])
