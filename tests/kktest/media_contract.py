"""What every media player keeps to: each kind's tests inherit this suite and give a fixture `caller`."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import pytest

from kalenderkoppling.domain.errors import MediaUnavailableError, NoCommonCodecError
from kalenderkoppling.ports.media import Clip, MediaPlayer, MediaStream
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import tone
from kktest.waiting import settled, turns

PATIENCE_SECONDS = 60
RATE = 8_000
SHORT = timedelta(milliseconds=100)


def clip(name: str, length: timedelta = SHORT) -> Clip:
    """Return a tone whose pitch goes by its name, so that no two clips are alike."""
    return Clip(name=name, sound=tone(300 + sum(name.encode()) % 1_500, length, RATE, 0.5))


class MediaCaller(Protocol):
    """The other end of one call, and the player that is called."""

    @property
    def player(self) -> MediaPlayer: ...

    @property
    def offer(self) -> SessionDescription:
        """What the caller offers: sound that every player speaks, digits included."""
        ...

    @property
    def unspoken(self) -> SessionDescription:
        """An offer without a codec that any player speaks."""
        ...

    async def press(self, stream: MediaStream, digit: str) -> None:
        """Press a key, once, while the stream is open."""
        ...

    async def heard(self, stream: MediaStream, clips: Sequence[Clip]) -> bool:
        """Tell whether these clips, and no more, have been heard in whole since the call began, one after another."""
        ...

    async def break_down(self) -> None:
        """Let the player break down; what it does about it takes a while."""
        ...


async def begun(stream: MediaStream, *clips: Clip) -> "asyncio.Task[None]":
    """Begin to play, and return once the first clip can be heard."""
    playing = asyncio.create_task(stream.play(clips))
    await settled()
    return playing


class MediaContract:
    """What call logic relies on, whoever plays."""

    async def test_a_clip_is_heard_for_as_long_as_it_lasts(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        loop = asyncio.get_running_loop()
        since = loop.time()
        await stream.play([clip("one")])
        took = loop.time() - since
        assert SHORT.total_seconds() * 0.95 <= took < SHORT.total_seconds() + 1
        assert await caller.heard(stream, [clip("one")])

    async def test_clips_are_heard_in_their_order_and_as_often_as_they_are_named(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        clips = [clip("one"), clip("two"), clip("one"), clip("one")]
        await stream.play(clips)
        await stream.play([clip("three")])
        assert await caller.heard(stream, [*clips, clip("three")])

    @pytest.mark.parametrize("clips", [[], [clip("empty", timedelta())]], ids=["no clip", "no sound"])
    async def test_nothing_is_played_at_once(self, caller: MediaCaller, clips: Sequence[Clip]) -> None:
        stream = await caller.player.open(caller.offer)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stream.play(clips)

    async def test_two_who_play_on_one_stream_are_heard_one_after_the_other(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        one = await begun(stream, clip("one"))
        await stream.play([clip("two")])
        assert one.done()
        assert await caller.heard(stream, [clip("one"), clip("two")])

    async def test_what_is_cut_off_is_not_heard_to_its_end_and_the_next_is_heard_whole(
        self, caller: MediaCaller
    ) -> None:
        stream = await caller.player.open(caller.offer)
        long = clip("long", timedelta(seconds=30))
        playing = await begun(stream, long)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stream.play([clip("next")])
        assert not await caller.heard(stream, [long, clip("next")])

    @pytest.mark.parametrize("digit", list("0123456789*#"))
    async def test_each_key_is_told_once(self, caller: MediaCaller, digit: str) -> None:
        stream = await caller.player.open(caller.offer)
        await caller.press(stream, digit)
        await caller.press(stream, "7")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert [await stream.digit(), await stream.digit()] == [digit, "7"]

    async def test_the_same_key_twice_is_two(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        for _ in range(2):
            await caller.press(stream, "1")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert [await stream.digit(), await stream.digit()] == ["1", "1"]
        await self._nothing_comes(stream)

    async def test_a_key_is_told_while_a_clip_plays(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        playing = await begun(stream, clip("long", timedelta(seconds=30)))
        pressed = asyncio.create_task(stream.digit())
        await caller.press(stream, "1")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await pressed == "1"
        assert not playing.done()
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing

    async def test_who_stops_waiting_for_a_key_takes_none_away(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.digit(), 0.02)
        await caller.press(stream, "5")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await stream.digit() == "5"

    async def test_keys_belong_to_their_own_stream(self, caller: MediaCaller) -> None:
        stream, other = await caller.player.open(caller.offer), await caller.player.open(caller.offer)
        await caller.press(stream, "1")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await stream.digit() == "1"
        await self._nothing_comes(other)

    async def test_an_offer_without_a_common_codec_opens_nothing(self, caller: MediaCaller) -> None:
        with pytest.raises(NoCommonCodecError):
            await caller.player.open(caller.unspoken)

    async def test_a_new_offer_without_a_common_codec_leaves_all_as_it_was(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        ours = stream.ours
        playing = await begun(stream, clip("one"), clip("two"))
        with pytest.raises(NoCommonCodecError):
            stream.accept(caller.unspoken)
        await playing
        assert stream.ours == ours
        assert await caller.heard(stream, [clip("one"), clip("two")])

    async def test_a_new_offer_is_answered_with_our_side(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        assert stream.accept(caller.offer) == stream.ours

    async def test_where_nothing_is_offered_the_offer_is_ours(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(None)
        assert stream.ours
        stream.accept(caller.offer)
        await stream.play([clip("one")])
        assert await caller.heard(stream, [clip("one")])

    async def test_closing_twice_is_closing_once(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        stream.close()
        stream.close()
        await caller.player.open(caller.offer)

    async def test_nobody_waits_for_a_stream_that_was_given_back(self, caller: MediaCaller) -> None:
        stream = await caller.player.open(caller.offer)
        playing = await begun(stream, clip("long", timedelta(seconds=30)))
        waiting = asyncio.create_task(stream.digit())
        await turns()
        stream.close()
        await self._all_lost(playing, waiting)
        await self._all_lost(asyncio.create_task(stream.play([clip("one")])), asyncio.create_task(stream.digit()))

    async def test_F_25_a_player_that_breaks_down_is_told_at_once(self, caller: MediaCaller) -> None:
        stream, idle = await caller.player.open(caller.offer), await caller.player.open(caller.offer)
        playing = await begun(stream, clip("long", timedelta(seconds=30)))
        waiting = asyncio.create_task(stream.digit())
        await caller.break_down()
        await self._all_lost(playing, waiting)
        await self._all_lost(asyncio.create_task(idle.play([clip("one")])), asyncio.create_task(idle.digit()))
        stream.accept(caller.offer)
        stream.close()
        with pytest.raises(MediaUnavailableError):
            await caller.player.open(caller.offer)

    async def _all_lost(self, *tasks: "asyncio.Task[object]") -> None:
        for task in tasks:
            with pytest.raises(MediaUnavailableError):
                await asyncio.wait_for(task, PATIENCE_SECONDS)

    async def _nothing_comes(self, stream: MediaStream) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.digit(), 0.1)
