"""G.711, the codec of telephones: A-law and mu-law at 8 kHz, one byte per sample (ITU-T G.711, tables 1 and 2)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound.pcm import Sound
from kalenderkoppling.sound.samples import SAMPLE

RATE = 8_000
"""Sample rate of both laws, in Hz."""

_SEGMENTS = 8
_SIGN, _MANTISSA = 0x80, 0x0F
_A_INVERTED = 0x55
"""A-law inverts the even bits on the line."""
_MU_BIAS = 33
_MU_LARGEST = 8_158
"""Larger samples are clipped to this: with the bias they must fit 13 bits."""


def alaw(sound: Sound) -> bytes:
    """Return a sound as A-law.

    Raises:
        InvalidValueError: the sound is not at 8 kHz.
    """
    return _coded(sound, _to_alaw())


def ulaw(sound: Sound) -> bytes:
    """Return a sound as mu-law.

    Raises:
        InvalidValueError: the sound is not at 8 kHz.
    """
    return _coded(sound, _to_ulaw())


def from_alaw(coded: bytes) -> Sound:
    """Return A-law as a sound at 8 kHz."""
    return _decoded(coded, _of_alaw())


def from_ulaw(coded: bytes) -> Sound:
    """Return mu-law as a sound at 8 kHz."""
    return _decoded(coded, _of_ulaw())


def _coded(sound: Sound, table: NDArray[np.uint8]) -> bytes:
    if sound.rate != RATE:
        raise InvalidValueError("G.711 needs sound at 8 kHz")
    return np.take(table, np.frombuffer(sound.samples, "<u2")).tobytes()


def _decoded(coded: bytes, table: NDArray[np.int16]) -> Sound:
    return Sound(rate=RATE, samples=np.take(table, np.frombuffer(coded, np.uint8)).astype(SAMPLE).tobytes())


def _every_sample() -> NDArray[np.int32]:
    """Return all 65,536 samples in the order of their bits as an unsigned number."""
    return np.arange(65_536, dtype=np.uint16).astype(np.int16).astype(np.int32)


@cache
def _to_alaw() -> NDArray[np.uint8]:
    """Return the code of each sample; A-law uses its upper 13 bits."""
    pcm = _every_sample() >> 3
    magnitude = np.where(pcm < 0, -pcm - 1, pcm)
    segment = np.searchsorted([0x20 << place for place in range(_SEGMENTS - 1)], magnitude, side="right")
    mantissa = (magnitude >> np.maximum(segment, 1)) & _MANTISSA
    return _signed(pcm, (segment << 4 | mantissa) ^ _A_INVERTED)


@cache
def _to_ulaw() -> NDArray[np.uint8]:
    """Return the code of each sample; mu-law uses its upper 14 bits."""
    pcm = _every_sample() >> 2
    magnitude = np.minimum(np.abs(pcm), _MU_LARGEST) + _MU_BIAS
    segment = np.searchsorted([0x40 << place for place in range(_SEGMENTS - 1)], magnitude, side="right")
    mantissa = (magnitude >> (segment + 1)) & _MANTISSA
    return _signed(pcm, ~(segment << 4 | mantissa) & 0x7F)


def _signed(pcm: NDArray[np.int32], code: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.where(pcm < 0, code, code | _SIGN).astype(np.uint8)


def _segments_and_mantissas(inverted: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Return segment, mantissa and sign of all 256 codes."""
    code = np.arange(256, dtype=np.int32) ^ inverted
    return (code & 0x70) >> 4, code & _MANTISSA, (code & _SIGN) != 0


@cache
def _of_alaw() -> NDArray[np.int16]:
    segment, mantissa, positive = _segments_and_mantissas(_A_INVERTED)
    within = (mantissa << 4) + 8
    magnitude = np.where(segment == 0, within, (within + 0x100) << np.maximum(segment - 1, 0))
    return np.where(positive, magnitude, -magnitude).astype(np.int16)


@cache
def _of_ulaw() -> NDArray[np.int16]:
    segment, mantissa, negative = _segments_and_mantissas(0xFF)
    magnitude = (((mantissa << 3) + 4 * _MU_BIAS) << segment) - 4 * _MU_BIAS
    return np.where(negative, -magnitude, magnitude).astype(np.int16)
