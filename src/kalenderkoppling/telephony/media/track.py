"""What one stream sends: the clips in play frame by frame, as RTP packets that follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import randbits

from kalenderkoppling.telephony.media.rtp import FRAME_BYTES, packet

_16_BITS, _32_BITS = 0xFFFF, 0xFFFF_FFFF


class Track:
    """One stream's outgoing side (RFC 3550): source, sequence numbers and timestamps begin at random.

    A timestamp says which turn a frame belongs to, so that a pause is heard as one; the first frame after a pause is
    marked (RFC 3551, section 4.1).
    """

    def __init__(self) -> None:
        self._source = randbits(32)
        self._sequence = randbits(16)
        self._zero = randbits(32)
        self._sent_turn: int | None = None
        self._play: int | None = None
        self._clips: Sequence[bytes] = ()
        self._clip = self._place = 0

    def play(self, play: int, clips: Sequence[bytes]) -> None:
        """Begin clips of whole frames, in place of what is in play; `play` is what they are called."""
        self._play, self._clips = play, clips
        self._clip = self._place = 0

    def recode(self, play: int, clips: Sequence[bytes]) -> None:
        """Go on at the same place in the same clips in another codec, unless another play has begun."""
        if self._play == play:
            self._clips = clips

    def stop(self) -> None:
        """Fall silent."""
        self._play, self._clips = None, ()

    def next_frame(self) -> bytes | None:
        """Return the frame whose turn it is; None where the last has been heard."""
        while self._clip < len(self._clips):
            frame = self._clips[self._clip][self._place : self._place + FRAME_BYTES]
            if frame:
                self._place += FRAME_BYTES
                return frame
            self._clip, self._place = self._clip + 1, 0
        return None

    def ended(self) -> int | None:
        """Fall silent after the last frame, and return what was in play."""
        play = self._play
        self.stop()
        return play

    def packet(self, frame: bytes, turn: int, payload_type: int) -> bytes:
        """Return the packet of a frame that is sent at a turn."""
        follows = self._sent_turn is not None and turn == self._sent_turn + 1
        self._sent_turn = turn
        self._sequence = (self._sequence + 1) & _16_BITS
        return packet(
            payload_type=payload_type,
            is_marked=not follows,
            sequence=self._sequence,
            timestamp=(self._zero + turn * FRAME_BYTES) & _32_BITS,
            source=self._source,
            payload=frame,
        )
