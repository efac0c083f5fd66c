"""Sounds put together and cut to fit."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound import Sound, joined, silence, tone, trimmed
from kktest.sounds import SECOND, loudness, noise, said_in_the_middle, samples_of, sound_of

MOMENT = timedelta(milliseconds=1)


def test_silence_has_its_length_and_nothing_in_it() -> None:
    assert silence(SECOND / 4, 8_000) == Sound(rate=8_000, samples=bytes(4_000))


@pytest.mark.parametrize("length", [timedelta(), -SECOND])
def test_no_time_of_silence_or_tone_is_no_sound(length: timedelta) -> None:
    assert silence(length, 8_000).samples == b""
    assert tone(440, length, 8_000, 0.5).samples == b""


def test_a_tone_has_its_pitch_length_and_level() -> None:
    found = tone(425, SECOND, 8_000, 0.5)
    spectrum = np.abs(np.fft.rfft(samples_of(found).astype(np.float64)))
    assert (int(np.argmax(spectrum)), found.length) == (425, SECOND)
    assert samples_of(found).max() == pytest.approx(32_767 / 2, rel=0.01)


def test_a_tone_swells_and_fades_so_that_it_does_not_click() -> None:
    found = samples_of(tone(425, SECOND, 8_000, 1.0))
    assert np.abs(found[:8]).max() < 1_000
    assert np.abs(found[-8:]).max() < 1_000
    assert np.abs(found[200:300]).max() > 30_000


def test_a_tone_is_at_half_its_level_after_half_its_edge_and_full_after_ten_milliseconds() -> None:
    heights = np.abs(samples_of(tone(1_000, SECOND, 48_000, 1.0))).reshape(-1, 48).max(axis=1) / 32_767
    expected = np.sin(np.pi / 2 * (np.arange(10) + 0.5) / 10) ** 2
    assert heights[:10] == pytest.approx(expected, abs=0.08)
    assert heights[:-11:-1] == pytest.approx(expected, abs=0.08)
    assert heights[10:-10] == pytest.approx(1, abs=0.001)


def test_a_tone_shorter_than_its_edges_is_as_soft_at_its_end() -> None:
    found = np.abs(samples_of(tone(4_000, timedelta(milliseconds=4), 16_000, 1.0)))
    assert found[1::2] == pytest.approx(found[1::2][::-1], abs=3_500)
    assert found[25:40].max() > 30_000


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([8_000, 16_000]))
def test_a_tone_however_short_can_be_made(millionths: int, level: float, rate: int) -> None:
    found = tone(440, timedelta(microseconds=millionths), rate, level)
    assert len(samples_of(found)) == round(millionths * rate / 1_000_000)


def test_joined_sounds_follow_one_another() -> None:
    assert joined([sound_of([1, 2]), sound_of([]), sound_of([3])]) == sound_of([1, 2, 3])


@pytest.mark.parametrize("sounds", [[], [silence(SECOND, 8_000), silence(SECOND, 16_000)]], ids=["none", "two rates"])
def test_only_sounds_of_one_rate_are_joined(sounds: list[Sound]) -> None:
    with pytest.raises(InvalidValueError):
        joined(sounds)


def test_the_quiet_around_what_is_heard_goes_but_for_a_little() -> None:
    found = trimmed(said_in_the_middle())
    assert found.length == SECOND / 2 + 2 * timedelta(milliseconds=30)
    assert not samples_of(found)[:480].any()
    assert not samples_of(found)[-480:].any()


def test_hiss_far_below_what_is_heard_is_quiet() -> None:
    hiss = noise(2 * SECOND, level=0.002)
    mixed = samples_of(hiss) + np.pad(samples_of(tone(440, SECOND, 16_000, 0.5)), (8_000, 8_000))
    assert trimmed(sound_of(mixed.tolist(), 16_000)).length < SECOND + timedelta(milliseconds=80)


def test_a_quiet_word_is_heard() -> None:
    quiet = tone(440, SECOND, 16_000, 0.5 * 10 ** (-37 / 20))
    assert trimmed(joined([quiet, tone(440, SECOND, 16_000, 0.5), quiet])).length > 2.9 * SECOND


def test_a_pause_inside_stays() -> None:
    twice = joined([said_in_the_middle(), said_in_the_middle()])
    assert trimmed(twice).length > 3 * SECOND


def test_what_begins_and_ends_at_once_loses_nothing() -> None:
    sound = noise()
    assert trimmed(sound) == sound


def test_silence_becomes_a_little_silence() -> None:
    found = trimmed(silence(SECOND, 8_000))
    assert timedelta() < found.length < SECOND / 10
    assert trimmed(Sound(rate=8_000, samples=b"")) == Sound(rate=8_000, samples=b"")


@given(st.lists(st.integers(-32_768, 32_767), max_size=500), st.sampled_from([50, 8_000, 22_050]))
def test_trimming_takes_only_from_the_ends_and_nothing_loud(values: list[int], rate: int) -> None:
    sound = sound_of(values, rate)
    found = trimmed(sound)
    assert found.samples in sound.samples
    assert np.abs(samples_of(found)).max(initial=0) == np.abs(samples_of(sound)).max(initial=0)
    assert trimmed(found) == found or loudness(sound) == float("-inf")
