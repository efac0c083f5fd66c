"""WAV files: written as 16-bit mono, read in the forms that recorders and exchanges write (RIFF, PCM and G.711).

Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft, 1991); Microsoft's
WAVEFORMATEXTENSIBLE.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound.g711 import from_alaw, from_ulaw
from kalenderkoppling.sound.pcm import BYTES_PER_SAMPLE, Sound
from kalenderkoppling.sound.samples import SAMPLE

_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_SUBFORMAT_ENDS = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the old format's number in the GUID of an extensible file's format."""

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_EXTENSION_BYTES = 40
_BITS = {_PCM: (8, 16, 24, 32), _ALAW: (8,), _ULAW: (8,)}
_UNSIGNED_BITS = 8
_MOST_CHANNELS = 2
SLOWEST, FASTEST = 4_000, 192_000
"""Accepted sample rates in Hz: a tiny rate would grow enormously when it is resampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    code: int
    channels: int
    rate: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def wav(sound: Sound) -> bytes:
    """Return a sound as a WAV file of 16-bit mono."""
    size, bits = len(sound.samples), 8 * BYTES_PER_SAMPLE
    header = _HEADER.pack(
        *(b"RIFF", _HEADER.size - _CHUNK.size + size, b"WAVE"),
        *(b"fmt ", _FORMAT.size, _PCM, 1, sound.rate, sound.rate * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, bits),
        *(b"data", size),
    )
    return header + sound.samples


def read_wav(file: bytes) -> Sound:
    """Return the sound of a WAV file, mixed to mono, at its own rate.

    Integer PCM of 8, 16, 24 or 32 bits, A-law and mu-law are read, with one or two channels.

    Raises:
        InvalidValueError: the file has another format, is truncated, or contradicts itself.
    """
    chunks = _chunks(file)
    described = _format(chunks[b"fmt "])
    body = chunks[b"data"]
    if len(body) % described.frame_bytes:
        raise InvalidValueError("the sound file is truncated")
    return Sound(rate=described.rate, samples=_mono(_samples(body, described), described.channels))


def _chunks(file: bytes) -> dict[bytes, bytes]:
    """Return the first chunk of each name up to the sound data; the format has to come before the data."""
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise InvalidValueError("this is not a WAV file")
    found: dict[bytes, bytes] = {}
    place = 12
    while b"data" not in found:
        if place + _CHUNK.size > len(file):
            raise InvalidValueError("the sound file is truncated")
        name, size = _CHUNK.unpack_from(file, place)
        place += _CHUNK.size
        if size > len(file) - place:
            raise InvalidValueError("the sound file is truncated")
        found.setdefault(name, file[place : place + size])
        place += size + size % 2
    if b"fmt " not in found:
        raise InvalidValueError("the sound file has no format chunk")
    return found


def _format(chunk: bytes) -> _Format:
    if len(chunk) < _FORMAT.size:
        raise InvalidValueError("the sound file is truncated")
    code, channels, rate, _, frame_bytes, bits = _FORMAT.unpack_from(chunk)
    if code == _EXTENSIBLE:
        code = _extended(chunk)
    if code not in _BITS or bits not in _BITS[code]:
        raise InvalidValueError("only WAV files of 8, 16, 24 or 32 bit PCM, A-law or mu-law are read")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise InvalidValueError("only WAV files with one or two channels are read")
    if not SLOWEST <= rate <= FASTEST:
        raise InvalidValueError(f"only WAV files from {SLOWEST} to {FASTEST} Hz are read")
    found = _Format(code=code, channels=channels, rate=rate, bits=bits)
    if frame_bytes != found.frame_bytes:
        raise InvalidValueError("the header of the sound file is inconsistent")
    return found


def _extended(chunk: bytes) -> int:
    """Return the format that an extensible file gives as a GUID, 0 for any that is not a classic format."""
    if len(chunk) < _EXTENSION_BYTES or chunk[26:40] != _SUBFORMAT_ENDS:
        return 0
    return int.from_bytes(chunk[24:26], "little")


def _samples(body: bytes, described: _Format) -> NDArray[np.int16]:
    """Return the samples of all channels; of longer samples the upper 16 bits."""
    if described.code == _ALAW:
        return np.frombuffer(from_alaw(body).samples, SAMPLE)
    if described.code == _ULAW:
        return np.frombuffer(from_ulaw(body).samples, SAMPLE)
    if described.bits == _UNSIGNED_BITS:
        return (np.frombuffer(body, np.uint8).astype(np.int16) - 128) << 8
    whole = np.frombuffer(body, np.uint8).reshape(-1, described.bits // 8)
    return np.ascontiguousarray(whole[:, -BYTES_PER_SAMPLE:]).view(SAMPLE).reshape(-1)


def _mono(samples: NDArray[np.int16], channels: int) -> bytes:
    if channels == 1:
        return samples.astype(SAMPLE).tobytes()
    mixed: NDArray[np.int32] = samples.reshape(-1, channels).astype(np.int32).sum(axis=1) // channels
    return mixed.astype(SAMPLE).tobytes()
