"""How we describe our own side: our offer, and our answer to what was agreed on (RFC 8866, RFC 3264)."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import randbits

from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.media.codec import PAYLOAD_TYPES, RATE, Codec
from kalenderkoppling.telephony.media.rtp import FRAME_MILLISECONDS
from kalenderkoppling.telephony.media.sdp import AUDIO, EVENTS, PROTOCOL, Agreed, Direction, HostAddress, Medium

EVENT_TYPE = 101
"""The number that we offer for keys; most exchanges use the same."""

_KEYS = "0-15"
"""RFC 4733, section 3.2: digits, star, hash, A to D."""


class OurSide:
    """Our side of one call's sound, received at a port; the version of its origin grows by one when it changes."""

    def __init__(self, host: HostAddress, port: int) -> None:
        self.ip_version = host.version
        self._address = f"IN IP{host.version} {host}"
        self._port = port
        self._id = randbits(52)
        self._version = 0
        self._last: Sequence[str] = ()

    def offer(self) -> SessionDescription:
        """Return what we offer to somebody who offered nothing: both codecs, and keys."""
        types = {number: codec for codec, number in PAYLOAD_TYPES.items()}
        return self._described(self._medium(types, EVENT_TYPE, Direction.BOTH))

    def answer(self, agreed: Agreed) -> SessionDescription:
        """Return what we say to what was agreed on; other media than its own are declined, in the same order."""
        lines: list[str] = []
        for place, medium in enumerate(agreed.media):
            if place == agreed.place:
                lines += self._medium({agreed.payload_type: agreed.codec}, agreed.event_type, agreed.direction)
            else:
                lines.append(_declined(medium))
        return self._described(lines)

    def _medium(self, codecs: dict[int, Codec], event_type: int | None, direction: Direction) -> list[str]:
        names = {number: f"{codec}/{RATE}" for number, codec in codecs.items()}
        if event_type is not None:
            names[event_type] = f"{EVENTS}/{RATE}"
        return [
            f"m={AUDIO} {self._port} {PROTOCOL} {' '.join(map(str, names))}",
            *(f"a=rtpmap:{number} {name}" for number, name in names.items()),
            *([] if event_type is None else [f"a=fmtp:{event_type} {_KEYS}"]),
            f"a=ptime:{FRAME_MILLISECONDS}",
            f"a={direction}",
        ]

    def _described(self, media: Sequence[str]) -> SessionDescription:
        if media != self._last:
            self._last = media
            self._version += 1
        lines = [
            "v=0",
            f"o=kalenderkoppling {self._id} {self._version} {self._address}",
            "s=-",
            f"c={self._address}",
            "t=0 0",
            *media,
        ]
        return SessionDescription("".join(f"{line}\r\n" for line in lines))


def _declined(medium: Medium) -> str:
    """Return a medium that we do not take: port 0, and of its formats one, which means nothing then."""
    return f"m={medium.kind} 0 {medium.protocol} {medium.formats[0]}"
