"""What the player and its child process say to each other: messages in msgpack, each with its length before it.

Streams, clips and plays are numbers that the player gives; none is used twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Generic, TypeAlias, TypeVar

import msgspec

_SIZE = struct.Struct("<I")
LARGEST_MESSAGE = 64 * 1024 * 1024
"""A longer message violates the protocol; clips are much smaller."""


class Message(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """A message; its kind is its first field."""


class Route(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How a stream's packets go: to `host` and `port`, none while `is_silent`; keys come from that host alone."""

    host: str
    port: int
    is_silent: bool
    payload_type: int
    event_types: tuple[int, ...]


class Begin(Message, frozen=True, kw_only=True, array_like=True):
    """The first message: the address and the even ports that sound is received at, and which of them is next."""

    host: str
    first_port: int
    last_port: int
    next_port: int


class Open(Message, frozen=True, kw_only=True, array_like=True):
    """Take a port for a stream; it is answered with `Opened` or `NotOpened`. Nothing is sent without a route."""

    stream: int
    route: Route | None


class Aim(Message, frozen=True, kw_only=True, array_like=True):
    """Send elsewhere or otherwise; where the codec changes, `clips` are those of a play in the new one."""

    stream: int
    route: Route
    play: int = 0
    clips: tuple[int, ...] = ()


class Keep(Message, frozen=True, kw_only=True, array_like=True):
    """Keep a clip: whole frames in one codec."""

    clip: int
    frames: bytes


class Forget(Message, frozen=True, kw_only=True, array_like=True):
    """Delete clips that are not played."""

    clips: tuple[int, ...]


class Play(Message, frozen=True, kw_only=True, array_like=True):
    """Play clips that are kept, in place of what is in play; `Ended` tells their end."""

    stream: int
    play: int
    clips: tuple[int, ...]


class Stop(Message, frozen=True, kw_only=True, array_like=True):
    """Fall silent at once."""

    stream: int


class Close(Message, frozen=True, kw_only=True, array_like=True):
    """Give the stream's port back."""

    stream: int


class Alive(Message, frozen=True, kw_only=True, array_like=True):
    """Said by the child when it is ready, and four times a second after that."""


class Opened(Message, frozen=True, kw_only=True, array_like=True):
    """A stream is open: its sound is received at this port."""

    stream: int
    port: int


class NotOpened(Message, frozen=True, kw_only=True, array_like=True):
    """There is no free port."""

    stream: int


class Ended(Message, frozen=True, kw_only=True, array_like=True):
    """The last frame of a play has been heard."""

    stream: int
    play: int


class Pressed(Message, frozen=True, kw_only=True, array_like=True):
    """A key was pressed."""

    stream: int
    digit: str


Order: TypeAlias = Begin | Open | Aim | Keep | Forget | Play | Stop | Close
"""What the player says to its child."""

Report: TypeAlias = Alive | Opened | NotOpened | Ended | Pressed
"""What the child says to the player."""

T = TypeVar("T")
ORDERS = msgspec.msgpack.Decoder(Order)
REPORTS = msgspec.msgpack.Decoder(Report)
_ENCODER = msgspec.msgpack.Encoder()


class NotAgreedError(Exception):
    """The other side violates the protocol; never raised out of the adapter."""


def packed(message: Order | Report) -> bytes:
    """Return a message as it goes over the line."""
    body = _ENCODER.encode(message)
    return _SIZE.pack(len(body)) + body


class Reading(Generic[T]):
    """Puts messages together from what comes in, in whatever pieces it comes."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[T]) -> None:
        self._decoder = decoder
        self._pending = bytearray()

    def take(self, piece: bytes) -> Iterator[T]:
        """Take in a piece, and give the messages that are whole.

        Raises:
            NotAgreedError: what came in is no message.
        """
        self._pending += piece
        while len(self._pending) >= _SIZE.size:
            (size,) = _SIZE.unpack_from(self._pending)
            if size > LARGEST_MESSAGE:
                raise NotAgreedError("message too large")
            if len(self._pending) < _SIZE.size + size:
                return
            body = bytes(memoryview(self._pending)[_SIZE.size : _SIZE.size + size])
            del self._pending[: _SIZE.size + size]
            try:
                message = self._decoder.decode(body)
            except (msgspec.MsgspecError, RecursionError) as error:
                raise NotAgreedError(type(error).__name__) from None
            yield message
