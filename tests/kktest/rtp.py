"""The other end of sound: a UDP socket that offers itself, notes each RTP packet, and presses keys (RFC 3550, 4733).

Packets are put together and taken apart here by hand, with nothing of the player's own. When they came is told by the
kernel, so that a busy test does not blame the player.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from statistics import median, quantiles

from kalenderkoppling.ports.media import Clip, MediaPlayer
from kalenderkoppling.ports.phone import SessionDescription
from kktest.ports import LOOPBACK
from kktest.waiting import settled

EVENT_TYPE = 101
FRAME = 160
PACKET = timedelta(milliseconds=20)
"""What one packet plays: a frame of samples at 8 kHz."""
_STAMPED = 35
"""SO_TIMESTAMPNS of Linux, which Python does not name: seconds and nanoseconds come along with each datagram."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A packet that came in; `at` is in seconds, `sender` the port that it came from."""

    at: float
    sender: int
    payload_type: int
    is_marked: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def described(
    port: int, *, formats: str = "8 0 101", more: Sequence[str] = (), host: str = LOOPBACK
) -> SessionDescription:
    """Describe a side that receives at a port; `more` are lines below its medium."""
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {formats}",
        f"a=rtpmap:{EVENT_TYPE} telephone-event/8000",
        *more,
    ]
    return SessionDescription("".join(f"{line}\r\n" for line in lines))


def port_of(description: SessionDescription) -> int:
    """The port of the first medium of a description."""
    return int(description.split("m=audio ")[1].split()[0])


def event(code: int, timestamp: int, *, duration: int = 400, is_end: bool = False, marked: bool = False) -> bytes:
    """An event packet; its sequence number is left to chance, since nobody should look at it."""
    second = EVENT_TYPE | (0x80 if marked else 0)
    return struct.pack("!BBHIIBBH", 0x80, second, 0, timestamp, 0x5EED, code, 0x8A if is_end else 0x0A, duration)


def press(code: int, timestamp: int) -> list[bytes]:
    """A key pressed for 200 ms: four reports, and the end three times."""
    reports = [event(code, timestamp, duration=400 * n, marked=n == 1) for n in range(1, 5)]
    return [*reports, *[event(code, timestamp, duration=1_600, is_end=True)] * 3]


@dataclass(slots=True)
class Ear:
    """One socket on loopback; it notes what comes in while the loop runs."""

    socket: socket.socket
    packets: list[Heard] = field(default_factory=list)
    timestamp: int = 0

    @property
    def port(self) -> int:
        """The port that it receives at."""
        return int(self.socket.getsockname()[1])

    @property
    def offer(self) -> SessionDescription:
        """What it offers: both codecs, and keys."""
        return described(self.port)

    def say(self, datagrams: Sequence[bytes], to: SessionDescription) -> None:
        """Send datagrams to a side as it describes itself."""
        for datagram in datagrams:
            self.socket.sendto(datagram, (LOOPBACK, port_of(to)))

    def press(self, digit: str, to: SessionDescription) -> None:
        """Press a key once."""
        self.timestamp += 8_000
        self.say(press("0123456789*#".index(digit), self.timestamp), to)

    def sound(self, of: SessionDescription | None = None) -> bytes:
        """What has been heard, or of it what one side sent."""
        return b"".join(each.payload for each in self.packets if of is None or each.sender == port_of(of))

    def take(self) -> None:
        """Note what has come in."""
        while True:
            try:
                datagram, stamps, _, sender = self.socket.recvmsg(2_048, 64)
            except BlockingIOError:
                return
            self.packets.append(_noted(datagram, stamps[0][2], sender[1]))


def _noted(datagram: bytes, stamp: bytes, sender: int) -> Heard:
    seconds, nanoseconds = struct.unpack("@ll", stamp[:16])
    first, second, sequence, timestamp, source = struct.unpack("!BBHII", datagram[:12])
    assert first == 0x80
    return Heard(
        at=seconds + nanoseconds / 1e9,
        sender=sender,
        payload_type=second & 0x7F,
        is_marked=second > 0x7F,
        sequence=sequence,
        timestamp=timestamp,
        source=source,
        payload=datagram[12:],
    )


@contextmanager
def ear() -> Iterator[Ear]:
    """Open an ear in the running loop."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(0)
    made.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)
    made.bind((LOOPBACK, 0))
    opened = Ear(made)
    loop = asyncio.get_running_loop()
    loop.add_reader(made, opened.take)
    try:
        yield opened
    finally:
        loop.remove_reader(made)
        made.close()


def in_order(packets: Sequence[Heard]) -> list[Heard]:
    """Return packets of one stream in the order in which they were sent.

    Sequence numbers begin at random and go on with 0 after 65,535 (RFC 3550, section 5.1), so they are counted from the
    first that came.
    """
    half = 2**15
    return sorted(packets, key=lambda each: (each.sequence - packets[0].sequence + half) % 2**16)


def gaps(packets: Sequence[Heard]) -> list[float]:
    """The times between packets that follow one another, in milliseconds."""
    return [(later.at - earlier.at) * 1_000 for earlier, later in pairwise(packets)]


def flaws(packets: Sequence[Heard]) -> list[str]:
    """Where packets of one stream do not follow one another as RFC 3550 asks.

    Timestamps grow by a frame, or by more where a turn was missed, as happens on a busy machine: that is marked then.
    """
    found = [] if packets[0].is_marked else ["the first is not marked"]
    for place, (earlier, later) in enumerate(pairwise(packets), start=1):
        grown = (later.timestamp - earlier.timestamp) % 2**32
        if later.source != earlier.source or (later.sequence - earlier.sequence) % 2**16 != 1:
            found.append(f"{place}: another stream, or one is missing")
        if not grown or grown % FRAME or later.is_marked != (grown != FRAME):
            found.append(f"{place}: timestamp grown by {grown}, marked: {later.is_marked}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How evenly many streams came in, in milliseconds: of all gaps, and the worst there was in any stream."""

    streams: int
    packets: int
    lost: int
    median: float
    p90: float
    p99: float
    p999: float
    worst: float

    def __str__(self) -> str:
        return (
            f"{self.streams} streams, {self.packets} packets, {self.lost} lost: gap median {self.median:.2f}, "
            f"p99 {self.p99:.2f}, p99.9 {self.p999:.2f}, worst {self.worst:.2f} ms"
        )


async def gaps_of_many(player: MediaPlayer, streams: int, clip: Clip) -> Gaps:
    """Play a clip to many ears at once, and tell how evenly the packets came in."""
    with ExitStack() as stack:
        ears = [stack.enter_context(ear()) for _ in range(streams)]
        opened = [await player.open(each.offer) for each in ears]
        await asyncio.gather(*(stream.play([clip]) for stream in opened))
        await settled()
        for stream in opened:
            stream.close()
    all_gaps = sorted(gap for each in ears for gap in gaps(each.packets))
    hundredths, thousandths = quantiles(all_gaps, n=100), quantiles(all_gaps, n=1_000)
    packets = sum(len(each.packets) for each in ears)
    return Gaps(
        streams=streams,
        packets=packets,
        lost=streams * -(-len(clip.sound.samples) // (2 * FRAME)) - packets,
        median=median(all_gaps),
        p90=hundredths[89],
        p99=hundredths[-1],
        p999=thousandths[-1],
        worst=all_gaps[-1],
    )
