"""The fake player, on which the tests of calls stand, keeps the contract."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import MediaUnavailableError
from kalenderkoppling.ports.media import Clip, MediaStream
from kalenderkoppling.ports.phone import SessionDescription
from kktest.media import UNSPOKEN, FakeMedia, FakeStream
from kktest.media_contract import MediaCaller, MediaContract, clip
from kktest.virtual_time import live


class FakeCaller:
    """Somebody who calls a fake player."""

    offer = SessionDescription("the caller's offer")
    unspoken = UNSPOKEN

    def __init__(self) -> None:
        self.player = FakeMedia()

    async def press(self, stream: MediaStream, digit: str) -> None:
        """Press a key."""
        assert isinstance(stream, FakeStream)
        stream.press(digit)

    async def heard(self, stream: MediaStream, clips: Sequence[Clip]) -> bool:
        """Compare with what was noted."""
        assert isinstance(stream, FakeStream)
        return stream.heard == [each.name for each in clips]

    async def break_down(self) -> None:
        """Break down."""
        self.player.break_down()


class TestFakeMedia(MediaContract):
    @pytest.fixture
    def caller(self) -> MediaCaller:
        return FakeCaller()


def test_playing_takes_virtual_time_and_none_of_ours() -> None:
    async def story() -> None:
        stream = await FakeMedia().open(None)
        await stream.play([clip("one", timedelta(minutes=1)), clip("two", timedelta(minutes=2))])
        assert stream.begun == [(0, "one"), (60, "two")]
        assert asyncio.get_running_loop().time() == pytest.approx(180)

    live(story())


async def test_a_player_that_is_down_comes_back() -> None:
    media = FakeMedia()
    media.break_down()
    media.is_down = False
    assert (await media.open(None)).is_open
    assert media.stream.is_open


async def test_more_streams_than_there_may_be_are_not_opened() -> None:
    media = FakeMedia(most_streams=1)
    first = await media.open(None)
    with pytest.raises(MediaUnavailableError):
        await media.open(None)
    first.close()
    await media.open(None)
