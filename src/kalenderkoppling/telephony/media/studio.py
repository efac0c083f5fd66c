"""The streams in the child process: what each sends at its turn, and which keys are heard. No clock and no loop."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kalenderkoppling.telephony.media.pacing import PHASES
from kalenderkoppling.telephony.media.ports import Ports
from kalenderkoppling.telephony.media.rtp import Keys, read_packet
from kalenderkoppling.telephony.media.track import Track
from kalenderkoppling.telephony.media.wire import (
    Aim,
    Close,
    Ended,
    Forget,
    Keep,
    NotOpened,
    Open,
    Opened,
    Play,
    Pressed,
    Report,
    Route,
    Stop,
)

MOST_READY = 256
MOST_AT_ONCE = 4
"""At most this many sockets, and datagrams of each, are read per step: a flood must not delay sending."""

_LARGEST_DATAGRAM = 2_048


@dataclass(slots=True, kw_only=True)
class _Stream:
    number: int
    socket: socket.socket
    phase: int
    route: Route | None
    track: Track = field(default_factory=Track)
    keys: Keys = field(default_factory=Keys)


class Studio:
    """All streams of the process; what is to be reported is put into `reports`."""

    def __init__(self, ports: Ports) -> None:
        self.reports: list[Report] = []
        self._ports = ports
        self._clips: dict[int, bytes] = {}
        self._streams: dict[int, _Stream] = {}
        self._by_descriptor: dict[int, _Stream] = {}
        self._playing: Sequence[dict[int, _Stream]] = tuple({} for _ in range(PHASES))
        self._in_phase = [0] * PHASES
        self._ready = select.epoll()

    def do(self, order: Aim | Close | Forget | Keep | Open | Play | Stop) -> None:
        """Execute a command; one about an unknown stream is a no-op."""
        match order:
            case Open():
                self._open(order)
            case Keep():
                self._clips[order.clip] = order.frames
            case Forget():
                for clip in order.clips:
                    del self._clips[clip]
            case _:
                stream = self._streams.get(order.stream)
                if stream is not None:
                    self._do_with(stream, order)

    def step(self, number: int) -> None:
        """Send the frame of each stream whose turn it is at a step."""
        turn, phase = divmod(number, PHASES)
        for stream in tuple(self._playing[phase].values()):
            frame = stream.track.next_frame()
            if frame is None:
                self._end(stream)
            elif stream.route is not None and not stream.route.is_silent:
                sent = stream.track.packet(frame, turn, stream.route.payload_type)
                with suppress(OSError):  # While a route is unavailable, only its frames are lost.
                    stream.socket.sendto(sent, (stream.route.host, stream.route.port))

    def hear(self) -> None:
        """Read what has come in, as much of it as there is time for, and report keys."""
        for descriptor, _ in self._ready.poll(0, MOST_READY):
            stream = self._by_descriptor[descriptor]
            for _ in range(MOST_AT_ONCE):
                try:
                    datagram, sender = stream.socket.recvfrom(_LARGEST_DATAGRAM)
                except OSError:
                    break
                self._hear(stream, datagram, sender[0])

    def close(self) -> None:
        """Release all ports."""
        for stream in tuple(self._streams.values()):
            self._close(stream)
        self._ready.close()

    def _do_with(self, stream: _Stream, order: Aim | Close | Play | Stop) -> None:
        match order:
            case Aim():
                stream.route = order.route
                if order.clips:
                    stream.track.recode(order.play, self._named(order.clips))
            case Play():
                stream.track.play(order.play, self._named(order.clips))
                self._playing[stream.phase][stream.number] = stream
            case Stop():
                stream.track.stop()
                self._playing[stream.phase].pop(stream.number, None)
            case Close():
                self._close(stream)

    def _named(self, clips: Sequence[int]) -> Sequence[bytes]:
        return tuple(self._clips[clip] for clip in clips)

    def _open(self, order: Open) -> None:
        taken = self._ports.take()
        if taken is None:
            self.reports.append(NotOpened(stream=order.stream))
            return
        phase = self._in_phase.index(min(self._in_phase))
        stream = _Stream(number=order.stream, socket=taken, phase=phase, route=order.route)
        self._streams[stream.number] = self._by_descriptor[taken.fileno()] = stream
        self._in_phase[phase] += 1
        self._ready.register(taken.fileno(), select.EPOLLIN)
        self.reports.append(Opened(stream=stream.number, port=taken.getsockname()[1]))

    def _end(self, stream: _Stream) -> None:
        play = stream.track.ended()
        del self._playing[stream.phase][stream.number]
        if play is not None:
            self.reports.append(Ended(stream=stream.number, play=play))

    def _close(self, stream: _Stream) -> None:
        self._playing[stream.phase].pop(stream.number, None)
        self._in_phase[stream.phase] -= 1
        descriptor = stream.socket.fileno()
        self._ready.unregister(descriptor)
        del self._by_descriptor[descriptor], self._streams[stream.number]
        self._ports.give_back(stream.socket)

    def _hear(self, stream: _Stream, datagram: bytes, host: str) -> None:
        """Report a key from a received packet; all other packets of callers are dropped."""
        route = stream.route
        if route is None or host != route.host:
            return
        packet = read_packet(datagram)
        if packet is not None and packet.payload_type in route.event_types:
            digit = stream.keys.pressed(packet)
            if digit is not None:
                self.reports.append(Pressed(stream=stream.number, digit=digit))
