"""Sound: samples at a rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kalenderkoppling.domain.errors import InvalidValueError

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Mono sound: signed 16-bit samples, low byte first, at `rate` samples a second.

    Raises:
        InvalidValueError: the rate is not positive, or a sample is cut in half.
    """

    rate: int
    samples: bytes

    def __post_init__(self) -> None:
        if self.rate <= 0 or len(self.samples) % BYTES_PER_SAMPLE:
            raise InvalidValueError("a sound needs a positive rate and whole samples of 16 bits")

    @property
    def length(self) -> timedelta:
        """Duration of the sound."""
        return timedelta(seconds=len(self.samples) / BYTES_PER_SAMPLE / self.rate)
