"""Sound: samples at a rate."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound import Sound


def test_a_sound_of_eight_thousand_samples_at_eight_kilohertz_takes_a_second() -> None:
    assert Sound(rate=8_000, samples=bytes(16_000)).length == timedelta(seconds=1)


@pytest.mark.parametrize(("rate", "samples"), [(0, b""), (-8_000, b""), (8_000, b"\x00")])
def test_half_a_sample_or_no_rate_is_no_sound(rate: int, samples: bytes) -> None:
    with pytest.raises(InvalidValueError):
        Sound(rate=rate, samples=samples)
