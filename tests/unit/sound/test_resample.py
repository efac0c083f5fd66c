"""Sound at another rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound import Sound, resampled, tone
from kktest.sounds import SECOND, loudness, noise, samples_of

RATES = st.sampled_from([4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000])


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_tone_keeps_length_pitch_and_loudness(rate: int) -> None:
    found = resampled(tone(440, SECOND, 22_050, 0.5), rate)
    assert found.rate == rate
    assert found.length == SECOND
    spectrum = np.abs(np.fft.rfft(samples_of(found).astype(np.float64)))
    assert int(np.argmax(spectrum)) == 440
    assert loudness(found) == pytest.approx(loudness(tone(440, SECOND, rate, 0.5)), abs=0.1)


def test_what_the_new_rate_cannot_carry_is_filtered_out() -> None:
    assert loudness(resampled(tone(6_000, SECOND, 22_050, 0.5), 8_000)) < -60


def test_the_same_rate_is_the_same_sound() -> None:
    assert resampled(noise(rate=8_000), 8_000) == noise(rate=8_000)


def test_no_sound_is_no_sound_at_any_rate() -> None:
    assert resampled(Sound(rate=22_050, samples=b""), 8_000) == Sound(rate=8_000, samples=b"")


@pytest.mark.parametrize("rate", [0, -8_000])
def test_no_rate_is_refused(rate: int) -> None:
    with pytest.raises(InvalidValueError):
        resampled(noise(), rate)


def test_the_loudest_sound_is_clipped_and_does_not_turn_over() -> None:
    square = Sound(rate=22_050, samples=(b"\xff\x7f" * 50 + b"\x00\x80" * 50) * 40)
    found = samples_of(resampled(square, 16_000))
    assert (found.max(), found.min()) == (32_767, -32_768)
    assert np.abs(np.diff(found)).max() < 65_000


@given(RATES, RATES, st.binary(max_size=2_000).map(lambda each: each[: len(each) // 2 * 2]))
def test_the_same_sound_always_becomes_the_same_bytes_of_the_same_length(was: int, rate: int, samples: bytes) -> None:
    sound = Sound(rate=was, samples=samples)
    found = resampled(sound, rate)
    assert found == resampled(sound, rate)
    assert abs(found.length - sound.length).total_seconds() <= 1 / rate
