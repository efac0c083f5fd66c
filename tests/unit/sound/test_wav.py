"""WAV files: what is written and read."""

import io
import struct
import wave
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.sound import Sound, alaw, from_alaw, from_ulaw, read_wav, tone, ulaw, wav
from kktest.sounds import noise, sound_of

A_TONE = tone(440, timedelta(milliseconds=50), 8_000, 0.5)
SUBFORMAT_ENDS = bytes.fromhex("000000001000800000aa00389b71")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\x00" * (len(body) % 2)


def file_of(  # what a WAV file says of itself
    body: bytes,
    *,
    code: int = 1,
    channels: int = 1,
    rate: int = 8_000,
    bits: int = 16,
    frame: int | None = None,
    extension: bytes = b"",
    before: bytes = b"",
) -> bytes:
    frame = channels * bits // 8 if frame is None else frame
    described = struct.pack("<HHIIHH", code, channels, rate, rate * frame % 2**32, frame, bits) + extension
    chunks = b"WAVE" + chunk(b"fmt ", described) + before + chunk(b"data", body)
    return struct.pack("<4sI", b"RIFF", len(chunks)) + chunks


def extension(code: int, ends: bytes = SUBFORMAT_ENDS) -> bytes:
    return struct.pack("<HHIH", 22, 16, 4, code) + ends


def test_what_is_written_is_read_elsewhere() -> None:
    with wave.open(io.BytesIO(wav(A_TONE))) as found:
        assert (found.getnchannels(), found.getsampwidth(), found.getframerate()) == (1, 2, 8_000)
        assert found.readframes(10_000) == A_TONE.samples


def test_what_is_written_elsewhere_is_read() -> None:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(noise(rate=22_050).samples)
    assert read_wav(written.getvalue()) == noise(rate=22_050)


@given(st.integers(4_000, 192_000), st.binary(max_size=400).map(lambda each: each[: len(each) // 2 * 2]))
def test_what_is_written_is_read_again(rate: int, samples: bytes) -> None:
    sound = Sound(rate=rate, samples=samples)
    assert read_wav(wav(sound)) == sound


@pytest.mark.parametrize(
    ("bits", "body"),
    [
        (8, bytes([0, 128, 129, 255])),
        (16, struct.pack("<4h", -32_768, 0, 256, 32_512)),
        (24, b"".join((each << 8).to_bytes(3, "little", signed=True) for each in (-32_768, 0, 256, 32_512))),
        (32, struct.pack("<4i", *(each << 16 for each in (-32_768, 0, 256, 32_512)))),
    ],
)
def test_every_width_of_whole_numbers_is_read(bits: int, body: bytes) -> None:
    assert read_wav(file_of(body, bits=bits)) == sound_of([-32_768, 0, 256, 32_512])


def test_both_laws_of_telephones_are_read() -> None:
    assert read_wav(file_of(alaw(A_TONE), code=6, bits=8)) == from_alaw(alaw(A_TONE))
    assert read_wav(file_of(ulaw(A_TONE), code=7, bits=8, rate=16_000)).samples == from_ulaw(ulaw(A_TONE)).samples
    assert read_wav(file_of(ulaw(A_TONE), code=7, bits=8, rate=16_000)).rate == 16_000


def test_two_channels_are_mixed() -> None:
    body = np.array([[100, 300], [-32_768, -32_768], [32_767, 32_767]], dtype="<i2").tobytes()
    assert read_wav(file_of(body, channels=2)) == sound_of([200, -32_768, 32_767])


def test_an_extensible_file_is_read_by_the_format_that_it_names() -> None:
    assert read_wav(file_of(A_TONE.samples, code=0xFFFE, extension=extension(1))) == A_TONE
    mu = file_of(ulaw(A_TONE), code=0xFFFE, bits=8, extension=extension(7))
    assert read_wav(mu) == from_ulaw(ulaw(A_TONE))


def test_chunks_that_are_not_known_are_passed_over_with_their_padding() -> None:
    other = chunk(b"LIST", b"odd") + chunk(b"fact", b"\x01\x00\x00\x00")
    assert read_wav(file_of(A_TONE.samples, before=other)) == A_TONE


def test_the_first_description_counts() -> None:
    assert read_wav(file_of(A_TONE.samples, before=chunk(b"fmt ", bytes(16)))) == A_TONE


def test_an_odd_number_of_bytes_needs_no_padding_at_the_end() -> None:
    assert len(read_wav(file_of(bytes(7), bits=8)[:-1]).samples) == 14


GOOD = file_of(A_TONE.samples)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"RIFF",
        b"OggS" + GOOD[4:],
        GOOD[:8] + b"AVI " + GOOD[12:],
        GOOD[:12],
        GOOD[:20] + b"\x00",
        GOOD[:-2],
        GOOD[:40] + b"\xff\xff\xff\x7f" + GOOD[44:],
        GOOD[:40] + b"\xff\xff\xff\xff" + GOOD[44:],
        GOOD[:40] + struct.pack("<I", 2**32 - 20) + GOOD[44:],
        file_of(A_TONE.samples, code=3, bits=32),
        file_of(A_TONE.samples, code=0x55),
        file_of(A_TONE.samples, code=6, bits=16),
        file_of(A_TONE.samples, bits=12, frame=2),
        file_of(A_TONE.samples, bits=0, frame=2),
        file_of(A_TONE.samples, channels=0, frame=2),
        file_of(bytes(12), channels=3),
        file_of(A_TONE.samples, frame=4),
        file_of(A_TONE.samples, rate=1),
        file_of(A_TONE.samples, rate=3_999),
        file_of(A_TONE.samples, rate=192_001),
        file_of(A_TONE.samples, rate=2**31),
        file_of(A_TONE.samples, code=0xFFFE),
        file_of(A_TONE.samples, code=0xFFFE, extension=extension(3)),
        file_of(A_TONE.samples, code=0xFFFE, extension=extension(1, bytes(14))),
        file_of(A_TONE.samples, code=0xFFFE, extension=extension(0xFFFE)),
        file_of(bytes(3)),
        struct.pack("<4sI4s", b"RIFF", 4, b"WAVE") + chunk(b"data", bytes(8)),
        struct.pack("<4sI4s", b"RIFF", 4, b"WAVE") + chunk(b"fmt ", bytes(8)) + chunk(b"data", bytes(8)),
    ],
)
def test_F_33_what_is_of_another_form_or_cut_short_is_refused(file: bytes) -> None:
    with pytest.raises(InvalidValueError):
        read_wav(file)


@given(st.binary(max_size=200))
def test_F_33_bytes_of_any_kind_are_read_or_refused(file: bytes) -> None:
    read_or_refused(file)
    read_or_refused(b"RIFF\x00\x00\x00\x00WAVE" + file)


@given(st.data())
def test_F_33_a_file_with_bytes_changed_is_read_or_refused_and_never_swells(data: st.DataObject) -> None:
    file = bytearray(file_of(A_TONE.samples[:60], before=chunk(b"LIST", b"odd")))
    for place in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=6)):
        file[place] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(file[: data.draw(st.integers(0, len(file)))]))


def read_or_refused(file: bytes) -> None:
    try:
        found = read_wav(file)
    except InvalidValueError:
        return
    assert len(found.samples) <= 2 * len(file)
    assert 4_000 <= found.rate <= 192_000
