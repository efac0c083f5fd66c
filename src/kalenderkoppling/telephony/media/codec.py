"""G.711 as it goes over the line: frames of 20 ms, 160 bytes each (RFC 3551, section 4.5.14)."""

from __future__ import annotations

from enum import StrEnum

from kalenderkoppling.sound import Sound, alaw, ulaw
from kalenderkoppling.telephony.media.rtp import FRAME_BYTES

RATE = 8_000
"""Samples a second of both codecs, and the clock of their timestamps."""


class Codec(StrEnum):
    """A codec by its name in session descriptions; a sample is a byte."""

    PCMA = "PCMA"
    PCMU = "PCMU"


PAYLOAD_TYPES = {Codec.PCMA: 8, Codec.PCMU: 0}
"""The numbers that stand for the codecs without being agreed on (RFC 3551, table 4)."""

_SILENCE = {Codec.PCMA: b"\xd5", Codec.PCMU: b"\xff"}


def frames(sound: Sound, codec: Codec) -> bytes:
    """Return a sound in whole frames, the last one filled up with silence.

    Raises:
        InvalidValueError: the sound is not at 8 kHz.
    """
    coded = alaw(sound) if codec is Codec.PCMA else ulaw(sound)
    return coded + _SILENCE[codec] * (-len(coded) % FRAME_BYTES)
