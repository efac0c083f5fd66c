"""RTP packets (RFC 3550, section 5.1) as bytes, and the telephone events in them (RFC 4733, section 2.3)."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass

FRAME_MILLISECONDS = 20
FRAME_BYTES = 160
"""G.711 has 8,000 samples a second, a byte each; a frame's samples are also what its timestamp grows by."""

DIGITS = "0123456789*#"
"""Keys by the code of their event (RFC 4733, section 3.2); A to D, which follow, are on no telephone."""

_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_EVENT = struct.Struct("!BBH")
_ENDED = 0x80
_VERSION = 0x80
_VERSION_BITS, _PADDED, _EXTENDED, _SOURCES = 0xC0, 0x20, 0x10, 0x0F
_MARKED, _TYPE = 0x80, 0x7F
_WORD_BYTES = 4
_32_BITS = 0xFFFF_FFFF

LONGEST_SEGMENT = 0xFFFF
"""The longest duration that an event can tell, 8.2 s: a key held longer goes on in another segment, whose timestamp
is the end of the one before (RFC 4733, section 2.5.2.3)."""

_REMEMBERED = 16


def packet(*, payload_type: int, is_marked: bool, sequence: int, timestamp: int, source: int, payload: bytes) -> bytes:
    """Return a packet of version 2 without extras; `source` is its SSRC."""
    second = payload_type | _MARKED if is_marked else payload_type
    return _HEADER.pack(_VERSION, second, sequence, timestamp, source) + payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A packet that came in, without what its sender padded it with and the headers of others."""

    payload_type: int
    is_marked: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def read_packet(datagram: bytes) -> Packet | None:
    """Return what a datagram holds, None where it is no RTP."""
    if len(datagram) < _HEADER.size or datagram[0] & _VERSION_BITS != _VERSION:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
    start = _HEADER.size + _WORD_BYTES * (first & _SOURCES)
    if first & _EXTENDED:
        if len(datagram) < start + _EXTENSION.size:
            return None
        start += _EXTENSION.size + _WORD_BYTES * _EXTENSION.unpack_from(datagram, start)[1]
    padding = datagram[-1] if first & _PADDED else 0
    if start + padding > len(datagram) or (first & _PADDED and not padding):
        return None
    return Packet(
        payload_type=second & _TYPE,
        is_marked=bool(second & _MARKED),
        sequence=sequence,
        timestamp=timestamp,
        source=source,
        payload=datagram[start : len(datagram) - padding],
    )


class Keys:
    """Finds in one caller's events which keys are pressed.

    A press is many packets, of which any may be lost, doubled or late: all bear the timestamp of its beginning, and
    the first that comes tells it, even if it is the last that was sent.
    """

    def __init__(self) -> None:
        self._known: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._held: tuple[int, int, int] | None = None

    def pressed(self, event: Packet) -> str | None:
        """Return the key of an event at its first packet, else None."""
        if len(event.payload) < _EVENT.size:
            return None
        code, bits, _ = _EVENT.unpack_from(event.payload)
        beginning, this = (event.source, event.timestamp), (event.source, code, event.timestamp)
        is_known = beginning in self._known
        goes_on = self._held == (event.source, code, (event.timestamp - LONGEST_SEGMENT) & _32_BITS)
        if not is_known:
            self._known.append(beginning)
        if not bits & _ENDED and (goes_on or not is_known):
            self._held = this
        elif bits & _ENDED and self._held == this:
            self._held = None
        return DIGITS[code] if not is_known and not goes_on and code < len(DIGITS) else None
