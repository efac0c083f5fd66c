"""The sound of one call, as the player has it; what it sends is in the child process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.errors import MediaUnavailableError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.media.codec import Codec
from kalenderkoppling.telephony.media.description import EVENT_TYPE, OurSide
from kalenderkoppling.telephony.media.link import Link
from kalenderkoppling.telephony.media.sdp import Agreed, HostAddress, agreed_with
from kalenderkoppling.telephony.media.wire import Aim, Close, Open, Play, Route, Stop

MOST_KEYS = 32
"""How many unread keys are kept; further ones are dropped."""


@dataclass(slots=True, kw_only=True)
class _Playing:
    """What is in play: its number, the clips, and their numbers in the codec that is spoken."""

    number: int
    clips: Sequence[Clip]
    numbers: tuple[int, ...]
    ended: asyncio.Future[None]


class RtpStream:
    """One call's stream on one child; when that is lost, so is the stream."""

    def __init__(self, link: Link, offer: Agreed | None) -> None:
        self._link = link
        self._agreed = offer
        self._is_offer_ours = offer is None
        self._number = next(link.numbers)
        self._port: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._is_gone = False
        self._one_at_a_time = asyncio.Lock()
        self._playing: _Playing | None = None
        self._keys: deque[str] = deque()
        self._news = asyncio.Event()

    async def open(self, host: HostAddress, within_seconds: float) -> None:
        """Have the child open it; done once, before anything else.

        Raises:
            MediaUnavailableError: no port is free, or the child is gone or does not answer in time.
        """
        route = None if self._agreed is None else self._route(self._agreed)
        self._link.listeners[self._number] = self
        self._link.say(Open(stream=self._number, route=route))
        try:
            async with asyncio.timeout(within_seconds):
                port = await self._port
        except BaseException as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise MediaUnavailableError from None
            raise
        if port is None:
            self._leave()
            raise MediaUnavailableError
        self._our_side = OurSide(host, port)
        self._ours = self._our_side.offer() if self._agreed is None else self._our_side.answer(self._agreed)

    @property
    def ours(self) -> SessionDescription:
        """Our side, as it was said last."""
        return self._ours

    def accept(self, theirs: SessionDescription) -> SessionDescription:
        """Take the caller's answer or new offer. What is in play goes on at the same place, in another codec too."""
        agreed = agreed_with(theirs, self._our_side.ip_version)
        before, self._agreed = self._codec, agreed
        self._ours = self._our_side.answer(agreed)
        if not self._is_gone:
            self._aim(agreed, is_other_codec=self._codec is not before)
        return self._ours

    async def play(self, clips: Sequence[Clip]) -> None:
        """Play clips one after another; a second call waits until the first has finished.

        Raises:
            MediaUnavailableError: the child is gone or far behind, or the stream was given back.
            InvalidValueError: a clip is not at 8 kHz, or lasts over half an hour.
        """
        async with self._one_at_a_time:
            self._must_be_there()
            self._link.must_be_able()
            audible = tuple(clip for clip in clips if clip.sound.samples)
            if audible:
                await self._play(audible)

    async def digit(self) -> str:
        """Return the next key; keys pressed earlier are queued."""
        while not self._keys:
            self._must_be_there()
            self._news.clear()
            await self._news.wait()
        return self._keys.popleft()

    def close(self) -> None:
        """Release the port; pending plays and waits for a key fail with MediaUnavailableError."""
        if not self._is_gone:
            self._link.say(Close(stream=self._number))
            self._leave()

    def opened(self, port: int | None) -> None:
        """Wait for the child to report the port; None where there is none."""
        if not self._port.done():
            self._port.set_result(port)

    def ended(self, play: int) -> None:
        """Hear from the child that a play has been heard."""
        if self._playing is not None and self._playing.number == play and not self._playing.ended.done():
            self._playing.ended.set_result(None)

    def pressed(self, digit: str) -> None:
        """Hear from the child of a key."""
        if len(self._keys) < MOST_KEYS:
            self._keys.append(digit)
            self._news.set()

    def lost(self) -> None:
        """Hear that the child is gone."""
        self._leave()

    @property
    def _codec(self) -> Codec:
        return Codec.PCMA if self._agreed is None else self._agreed.codec

    def _leave(self) -> None:
        self._is_gone = True
        self._link.listeners.pop(self._number, None)
        self._news.set()
        if not self._port.done():
            self._port.set_result(None)
        if self._playing is not None and not self._playing.ended.done():
            self._playing.ended.set_exception(MediaUnavailableError())

    def _must_be_there(self) -> None:
        if self._is_gone:
            raise MediaUnavailableError

    async def _play(self, clips: Sequence[Clip]) -> None:
        numbers, orders = self._link.shelf.take(clips, self._codec)
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        playing = _Playing(number=next(self._link.numbers), clips=clips, numbers=numbers, ended=ended)
        self._playing = playing
        self._link.say(*orders, Play(stream=self._number, play=playing.number, clips=numbers))
        try:
            await ended
        except asyncio.CancelledError:
            self._link.say(Stop(stream=self._number))
            raise
        finally:
            self._playing = None
            self._link.shelf.give_back(playing.numbers)

    def _aim(self, agreed: Agreed, *, is_other_codec: bool) -> None:
        route, playing = self._route(agreed), self._playing
        if playing is None or not is_other_codec:
            self._link.say(Aim(stream=self._number, route=route))
            return
        before = playing.numbers
        playing.numbers, orders = self._link.shelf.take(playing.clips, agreed.codec)
        self._link.shelf.give_back(before)
        self._link.say(*orders, Aim(stream=self._number, route=route, play=playing.number, clips=playing.numbers))

    def _route(self, agreed: Agreed) -> Route:
        """Return how packets go: keys come under the number that the caller named, or under the one of our offer."""
        event_types = () if agreed.event_type is None else (agreed.event_type,)
        return Route(
            host=str(agreed.host),
            port=agreed.port,
            is_silent=not agreed.direction.sends,
            payload_type=agreed.payload_type,
            event_types=(*event_types, EVENT_TYPE) if self._is_offer_ours and event_types else event_types,
        )
