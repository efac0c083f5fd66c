"""What a stream says to its child, and what it makes of what the child says: without a child."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address

import pytest

from kalenderkoppling.domain.errors import MediaUnavailableError
from kalenderkoppling.telephony.media.link import MOST_UNSENT_BYTES, Link
from kalenderkoppling.telephony.media.sdp import agreed_with
from kalenderkoppling.telephony.media.shelf import Shelf
from kalenderkoppling.telephony.media.stream import RtpStream
from kalenderkoppling.telephony.media.wire import (
    ORDERS,
    Aim,
    Close,
    Ended,
    Forget,
    Keep,
    NotOpened,
    Open,
    Opened,
    Order,
    Play,
    Pressed,
    Reading,
    Report,
    Stop,
    packed,
)
from kktest.media_contract import clip
from kktest.rtp import described
from kktest.waiting import turns

HOST = ip_address("127.0.0.1")
OFFER = described(4_000)


class Line(asyncio.Transport):
    """A line at whose other end nobody is; it notes what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Order] = []
        self.unsent = 0
        self.is_aborted = False
        self._reading: Reading[Order] = Reading(ORDERS)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        for piece in list_of_data:
            self.orders += self._reading.take(bytes(piece))

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def abort(self) -> None:
        self.is_aborted = True


class Told:
    """A link whose child is the test."""

    def __init__(self) -> None:
        self.line = Line()
        self.link = Link()
        self.link.connection_made(self.line)

    @property
    def orders(self) -> Sequence[Order]:
        return self.line.orders

    async def says(self, *reports: Report) -> None:
        """Let the child say something, once it has heard what was said to it."""
        await turns(1)
        for report in reports:
            self.link.data_received(packed(report))
        await turns(3)

    async def stream(self) -> RtpStream:
        """Open a stream; it is the first number."""
        stream = RtpStream(self.link, agreed_with(OFFER, 4))
        opening = asyncio.create_task(stream.open(HOST, 60.0))
        await self.says(Opened(stream=1, port=20_000))
        await opening
        self.line.orders.clear()
        return stream

    async def begin(self, stream: RtpStream, *names: str) -> "asyncio.Task[None]":
        """Begin to play clips."""
        playing = asyncio.create_task(stream.play([clip(name) for name in names]))
        await self.says()
        return playing

    def last_play(self) -> int:
        return [order.play for order in self.orders if isinstance(order, Play)][-1]

    def kept(self) -> set[int]:
        """What the child keeps."""
        kept: set[int] = set()
        for order in self.orders:
            if isinstance(order, Keep):
                kept.add(order.clip)
            elif isinstance(order, Forget):
                kept -= set(order.clips)
        return kept


@pytest.fixture
def told() -> Told:
    return Told()


async def test_clips_are_sent_before_they_are_played(told: Told) -> None:
    stream = await told.stream()
    playing = await told.begin(stream, "one", "two", "one")
    assert [type(order) for order in told.orders] == [Keep, Keep, Play]
    assert [order.clips for order in told.orders if isinstance(order, Play)] == [(1, 2, 1)]
    await told.says(Ended(stream=1, play=told.last_play()))
    assert playing.done()


async def test_the_end_of_a_play_that_was_cut_off_does_not_end_the_next(told: Told) -> None:
    stream = await told.stream()
    first = await told.begin(stream, "one")
    cut_off = told.last_play()
    first.cancel()
    second = await told.begin(stream, "two")
    await told.says(Ended(stream=1, play=cut_off))
    assert first.cancelled()
    assert not second.done()
    await told.says(Ended(stream=1, play=told.last_play()))
    assert second.done()
    assert [type(order) for order in told.orders] == [Keep, Play, Stop, Keep, Play]


@pytest.mark.parametrize("ends", ["heard", "cut off", "lost"])
async def test_S_14_what_is_not_played_any_more_makes_room(told: Told, ends: str) -> None:
    told.link.shelf = Shelf(most_bytes=0)
    stream, other = await told.stream(), RtpStream(told.link, agreed_with(OFFER, 4))
    playing = await told.begin(stream, "one", "one")
    assert told.kept() == {1}
    if ends == "heard":
        await told.says(Ended(stream=1, play=told.last_play()))
    elif ends == "cut off":
        playing.cancel()
        await told.says()
    else:
        stream.close()
        await told.says()
    assert playing.done()
    with suppress(MediaUnavailableError, asyncio.CancelledError):
        await playing
    another = await told.begin(other, "two")
    assert told.kept() == {2}
    another.cancel()


async def test_S_14_what_was_played_in_another_codec_makes_room(told: Told) -> None:
    told.link.shelf = Shelf(most_bytes=0)
    stream, other = await told.stream(), RtpStream(told.link, agreed_with(OFFER, 4))
    playing = await told.begin(stream, "one")
    stream.accept(described(4_000, formats="0"))
    aimed = [order for order in told.orders if isinstance(order, Aim)]
    assert [(order.play, order.clips) for order in aimed] == [(told.last_play(), (2,))]
    another = await told.begin(other, "two")
    assert told.kept() == {2, 3}
    playing.cancel()
    await told.says()
    more = await told.begin(RtpStream(told.link, None), "three")
    assert told.kept() == {3, 4}
    for task in (another, more):
        task.cancel()


async def test_a_new_address_leaves_what_is_in_play_as_it_is(told: Told) -> None:
    stream = await told.stream()
    playing = await told.begin(stream, "one")
    stream.accept(described(4_002))
    (aimed,) = (order for order in told.orders if isinstance(order, Aim))
    assert (aimed.route.port, aimed.clips) == (4_002, ())
    playing.cancel()


async def test_a_stream_that_finds_no_port_is_forgotten(told: Told) -> None:
    stream = RtpStream(told.link, None)
    opening = asyncio.create_task(stream.open(HOST, 60.0))
    await told.says(NotOpened(stream=1))
    with pytest.raises(MediaUnavailableError):
        await opening
    assert told.link.listeners == {}
    assert told.orders == [Open(stream=1, route=None)]


async def test_S_13_a_stream_that_does_not_open_in_time_is_given_up_and_given_back(told: Told) -> None:
    stream = RtpStream(told.link, None)
    with pytest.raises(MediaUnavailableError):
        await stream.open(HOST, 0.0)
    assert told.link.listeners == {}
    assert told.orders == [Open(stream=1, route=None), Close(stream=1)]


async def test_what_the_child_says_of_a_stream_that_was_closed_is_nothing(told: Told) -> None:
    stream = await told.stream()
    stream.close()
    stream.close()
    assert told.orders == [Close(stream=1)]
    await told.says(Opened(stream=1, port=1), Ended(stream=1, play=9), Pressed(stream=1, digit="1"))
    assert told.link.listeners == {}
    with pytest.raises(MediaUnavailableError):
        await stream.digit()


async def test_keys_pressed_before_the_end_are_still_told(told: Told) -> None:
    stream = await told.stream()
    await told.says(Pressed(stream=1, digit="1"))
    told.link.connection_lost(None)
    assert await stream.digit() == "1"
    with pytest.raises(MediaUnavailableError):
        await stream.digit()


async def test_nothing_more_is_laid_upon_a_child_that_is_far_behind(told: Told) -> None:
    stream = await told.stream()
    told.line.unsent = MOST_UNSENT_BYTES + 1
    with pytest.raises(MediaUnavailableError):
        await stream.play([clip("one")])
    await told.says(Pressed(stream=1, digit="1"))
    assert await stream.digit() == "1"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.digit(), 0.01)


async def test_a_child_that_says_what_was_not_agreed_on_is_given_up(told: Told) -> None:
    told.link.data_received(b"\0\0\0\0")
    assert told.line.is_aborted
