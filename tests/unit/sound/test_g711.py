"""G.711: the codes of ITU-T, compared with an implementation written elsewhere."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound import alaw, from_alaw, from_ulaw, silence, ulaw
from kktest.sounds import SECOND, samples_of, sound_of

with warnings.catch_warnings():
    # It is still in the Python that this is for.
    warnings.filterwarnings("ignore", message="'audioop' is deprecated", category=DeprecationWarning)
    import audioop

EVERY_SAMPLE = sound_of(list(range(-32_768, 32_768)))
EVERY_CODE = bytes(range(256))


def test_every_sample_has_the_same_code_as_elsewhere() -> None:
    assert alaw(EVERY_SAMPLE) == audioop.lin2alaw(EVERY_SAMPLE.samples, 2)
    assert ulaw(EVERY_SAMPLE) == audioop.lin2ulaw(EVERY_SAMPLE.samples, 2)


def test_every_code_has_the_same_sample_as_elsewhere() -> None:
    assert from_alaw(EVERY_CODE).samples == audioop.alaw2lin(EVERY_CODE, 2)
    assert from_ulaw(EVERY_CODE).samples == audioop.ulaw2lin(EVERY_CODE, 2)


@pytest.mark.parametrize(
    ("code", "sample"),
    [
        # Table 1a and 1b of G.711, 13 bits made 16: the smallest and the largest of each sign.
        (0xD5, 8),
        (0x55, -8),
        (0xAA, 32_256),
        (0x2A, -32_256),
    ],
)
def test_alaw_is_that_of_the_recommendation(code: int, sample: int) -> None:
    assert samples_of(from_alaw(bytes([code]))).tolist() == [sample]


@pytest.mark.parametrize(
    ("code", "sample"),
    # Table 2a and 2b of G.711, 14 bits made 16.
    [(0xFF, 0), (0x7F, 0), (0x80, 32_124), (0x00, -32_124), (0xFE, 8), (0x7E, -8)],
)
def test_ulaw_is_that_of_the_recommendation(code: int, sample: int) -> None:
    assert samples_of(from_ulaw(bytes([code]))).tolist() == [sample]


def test_a_code_coded_again_is_itself() -> None:
    assert alaw(from_alaw(EVERY_CODE)) == EVERY_CODE
    # Mu-law has two zeros, which are one sample.
    assert ulaw(from_ulaw(EVERY_CODE)) == EVERY_CODE.replace(b"\x7f", b"\xff")


def test_silence_is_the_quietest_code() -> None:
    assert set(alaw(silence(SECOND, 8_000))) == {0xD5}
    assert set(ulaw(silence(SECOND, 8_000))) == {0xFF}


def test_another_rate_is_refused() -> None:
    for code in (alaw, ulaw):
        with pytest.raises(InvalidValueError):
            code(silence(SECOND, 16_000))


@given(st.lists(st.integers(-32_768, 32_767), max_size=200))
def test_what_is_heard_differs_by_a_fortieth_of_its_loudness_at_most(values: list[int]) -> None:
    sound = sound_of(values)
    was = samples_of(sound)
    for heard in (samples_of(from_alaw(alaw(sound))), samples_of(from_ulaw(ulaw(sound)))):
        assert len(heard) == len(was)
        assert np.all(np.abs(heard - was) <= np.abs(was) / 31 + 16)
