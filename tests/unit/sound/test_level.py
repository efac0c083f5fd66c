"""Loudness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.sound import Sound, joined, levelled, silence, tone
from kktest.sounds import SECOND, loudness, noise, peak, samples_of, sound_of


@pytest.mark.parametrize("level", [0.01, 0.03, 0.1, 0.9])
def test_what_was_recorded_loud_or_quiet_comes_to_twenty_decibels_below_full_scale(level: float) -> None:
    assert loudness(levelled(noise(level=level))) == pytest.approx(-20, abs=0.5)


def test_pauses_make_nobody_louder() -> None:
    spoken = tone(440, SECOND, 16_000, 0.02)
    with_pauses = joined([silence(SECOND, 16_000), spoken, silence(3 * SECOND, 16_000), spoken])
    assert peak(levelled(with_pauses)) == pytest.approx(peak(levelled(spoken)), rel=0.02)


def test_hiss_between_words_does_not_count_and_quiet_words_do() -> None:
    spoken = tone(440, SECOND, 16_000, 0.2)
    alone = peak(levelled(spoken))
    hiss, quiet = (tone(440, 2 * SECOND, 16_000, 0.2 * 10 ** (below / 20)) for below in (-23, -17))
    assert peak(levelled(joined([spoken, hiss]))) == pytest.approx(alone, rel=0.01)
    assert peak(levelled(joined([spoken, quiet]))) > 1.5 * alone


@pytest.mark.parametrize("sound", [silence(SECOND, 8_000), Sound(rate=8_000, samples=b"")], ids=["silence", "none"])
def test_silence_stays_silence(sound: Sound) -> None:
    assert levelled(sound) == sound


def test_a_peak_is_not_clipped_to_make_the_rest_loud() -> None:
    values = samples_of(noise(level=0.01)).tolist()
    values[100] = 30_000
    found = samples_of(levelled(sound_of(values, 16_000)))
    assert found.max() == found[100] < 32_000


def test_noise_of_the_last_bits_is_not_blown_up() -> None:
    assert loudness(levelled(sound_of([0, 1] * 4_000))) < -45


@given(st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=800))
def test_nothing_is_ever_clipped_or_turned_over(values: list[int]) -> None:
    was, found = np.array(values), samples_of(levelled(sound_of(values)))
    assert np.abs(found).max() <= 32_000
    assert np.all((np.sign(found) == np.sign(was)) | (found == 0))
