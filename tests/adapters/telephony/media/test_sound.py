"""What a caller hears: the very bytes, at an even pace, through holds and changes; heard through real sockets."""

import asyncio
import random
import re
import time
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from statistics import median

import pytest

from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import Sound, alaw, ulaw
from kalenderkoppling.telephony.media.process import MediaProcess
from kktest.media_contract import PATIENCE_SECONDS, clip
from kktest.rtp import EVENT_TYPE, FRAME, Ear, described, ear, event, flaws, gaps, port_of, press
from kktest.sounds import noise
from kktest.timed import timed_only, took_about, took_at_most
from kktest.waiting import settled, turns, until

SECOND = timedelta(seconds=1)

UNNOTICED = 400
"""So long a gap, in milliseconds, is below those that the tests look for; judged by `make soak`."""


def noisy(length: timedelta, name: str = "noise") -> Clip:
    """A clip no two frames of which are alike."""
    return Clip(name=name, sound=noise(length, rate=8_000, level=0.5))


async def obeyed(player: MediaProcess) -> None:
    """Wait until the child has done what it was told: it does one thing after another, and answers this."""
    (await player.open(None)).close()
    await turns()


async def test_the_caller_hears_the_bytes_of_the_clip_as_one_stream_from_the_port_of_the_answer(
    player: MediaProcess, listener: Ear
) -> None:
    stream = await player.open(listener.offer)
    await stream.play([noisy(SECOND)])
    await until(lambda: len(listener.packets) >= 50)
    packets = listener.packets
    assert listener.sound() == alaw(noisy(SECOND).sound)
    assert {each.sender for each in packets} == {port_of(stream.ours)}
    assert port_of(stream.ours) % 2 == 0
    assert {each.payload_type for each in packets} == {8}
    assert flaws(packets) == []
    assert median((b.timestamp - a.timestamp) % 2**32 for a, b in pairwise(packets)) == FRAME


async def test_a_caller_who_names_the_other_law_first_hears_that(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(described(listener.port, formats="0 8 101"))
    await stream.play([noisy(SECOND / 5)])
    await until(lambda: len(listener.packets) >= 10)
    assert listener.sound() == ulaw(noisy(SECOND / 5).sound)
    assert {each.payload_type for each in listener.packets} == {0}


async def test_a_clip_that_ends_within_a_frame_ends_in_silence(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    await stream.play([Clip(name="odd", sound=Sound(rate=8_000, samples=b"\x00\x40" * 170))])
    await until(lambda: len(listener.packets) >= 2)
    assert listener.sound()[170:] == b"\xd5" * 150


@timed_only
async def test_frames_come_every_20_milliseconds(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    await stream.play([noisy(2 * SECOND)])
    found = gaps(listener.packets)
    assert len(found) == 99
    assert 19.5 < median(found) < 20.5
    assert max(found) < UNNOTICED


@timed_only
async def test_the_pace_is_kept_while_the_players_own_process_is_busy(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    playing = asyncio.create_task(stream.play([noisy(SECOND)]))
    await until(lambda: len(listener.packets) >= 10)
    time.sleep(0.5)  # noqa: ASYNC251 - what stalls the loop is the point
    await playing
    await until(lambda: len(listener.packets) >= 50)
    assert len(listener.packets) == 50
    assert max(gaps(listener.packets)) < UNNOTICED


async def test_play_returns_after_the_last_frame_and_soon(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    await stream.play([noisy(SECOND / 2)])
    since = time.time() - listener.packets[-1].at
    assert len(listener.packets) == 25
    took_at_most(since, 0.5)


async def test_what_is_cut_off_is_silent_within_40_milliseconds(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    playing = asyncio.create_task(stream.play([noisy(60 * SECOND)]))
    await until(lambda: len(listener.packets) >= 10)
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    cut_off = time.time()
    await obeyed(player)
    heard = len(listener.packets)
    await settled()
    assert len(listener.packets) == heard
    took_at_most(listener.packets[-1].at - cut_off, 0.04)


async def test_after_a_pause_the_first_frame_is_marked_and_the_clock_has_gone_on(
    player: MediaProcess, listener: Ear
) -> None:
    stream = await player.open(listener.offer)
    await stream.play([clip("one")])
    await settled(0.2)
    await stream.play([clip("two")])
    await until(lambda: len(listener.packets) >= 10)
    last, first = listener.packets[4:6]
    assert first.is_marked
    assert flaws(listener.packets) == []
    by_clock = (first.timestamp - last.timestamp) % 2**32 / 8_000
    assert by_clock > 0.1
    took_at_most(abs(by_clock - (first.at - last.at)), 0.03)


async def test_a_caller_who_moves_hears_on_elsewhere_without_a_gap(player: MediaProcess, ears: tuple[Ear, Ear]) -> None:
    before, after = ears
    stream = await player.open(before.offer)
    playing = asyncio.create_task(stream.play([noisy(SECOND)]))
    await until(lambda: len(before.packets) >= 10)
    stream.accept(after.offer)
    await playing
    await until(lambda: len(before.packets) + len(after.packets) >= 50)
    packets = [*before.packets, *after.packets]
    assert after.packets
    assert before.sound() + after.sound() == alaw(noisy(SECOND).sound)
    assert flaws(packets) == []
    took_at_most(max(gaps(packets)), UNNOTICED)


async def test_a_caller_who_changes_the_codec_hears_on_at_the_same_place(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    clips = [noisy(SECOND, "first"), noisy(SECOND, "second")]
    playing = asyncio.create_task(stream.play(clips))
    await until(lambda: len(listener.packets) >= 20)
    assert "m=audio" in stream.accept(described(listener.port, formats="0"))
    await until(lambda: sum(each.payload_type == 0 for each in listener.packets) >= 20)
    stream.accept(listener.offer)
    await playing
    await until(lambda: len(listener.packets) >= 100)
    sound = b"".join(each.sound.samples for each in clips)
    by_law = {8: alaw(Sound(rate=8_000, samples=sound)), 0: ulaw(Sound(rate=8_000, samples=sound))}
    expected = [by_law[each.payload_type][160 * n : 160 * n + 160] for n, each in enumerate(listener.packets)]
    assert [each.payload for each in listener.packets] == expected
    assert len(expected) == 100
    types = [each.payload_type for each in listener.packets]
    assert sum(a != b for a, b in pairwise(types)) == 2
    took_at_most(max(gaps(listener.packets)), UNNOTICED)


async def test_a_caller_who_holds_hears_nothing_until_the_hold_ends_and_time_has_passed(
    player: MediaProcess, listener: Ear
) -> None:
    stream = await player.open(listener.offer)
    loop = asyncio.get_running_loop()
    since = loop.time()
    playing = asyncio.create_task(stream.play([noisy(3 * SECOND)]))
    await until(lambda: len(listener.packets) >= 10)
    assert "a=recvonly" in stream.accept(described(listener.port, more=["a=sendonly"]))
    await obeyed(player)
    heard = len(listener.packets)
    await settled()
    assert len(listener.packets) == heard
    assert "a=sendrecv" in stream.accept(listener.offer)
    await playing
    took_about(loop.time() - since, 3, give=0.4)
    await turns()
    assert listener.packets[heard].is_marked
    whole = alaw(noisy(3 * SECOND).sound)
    assert listener.sound() == whole[: 160 * heard] + whole[160 * heard - len(listener.sound()) :]


async def test_the_old_way_to_hold_is_silent_too(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(described(listener.port, host="0.0.0.0"))  # noqa: S104 - the address of a hold
    await stream.play([clip("one")])
    stream.accept(listener.offer)
    await stream.play([clip("two")])
    await until(lambda: len(listener.packets) >= 5)
    assert listener.sound() == alaw(clip("two").sound)


async def test_our_side_counts_its_versions_through_new_offers(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(None)
    said = [stream.ours, stream.accept(listener.offer), stream.accept(listener.offer)]
    said.append(stream.accept(described(listener.port, more=["a=inactive"])))
    assert re.findall(r"o=kalenderkoppling \d+ (\d+)", "".join(said)) == ["1", "2", "2", "3"]
    assert len({port_of(each) for each in said}) == 1


@pytest.mark.parametrize("number", [EVENT_TYPE, 96])
async def test_keys_after_our_own_offer_come_under_our_number_or_theirs(
    player: MediaProcess, listener: Ear, number: int
) -> None:
    stream = await player.open(None)
    stream.accept(described(listener.port, formats="8 96", more=["a=rtpmap:96 telephone-event/8000"]))
    reports = [each[:1] + bytes([each[1] & 0x80 | number]) + each[2:] for each in press(4, 800)]
    listener.say(reports, stream.ours)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await stream.digit() == "4"


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (press(1, 0), "1"),
        (press(1, 0)[3:], "1"),
        (press(1, 0)[:2] + press(2, 2_000), "12"),
        (press(1, 0)[::-1] * 3, "1"),
        ([event(1, 0), event(2, 900), *press(1, 0)[4:], *press(2, 900)[4:]], "12"),
    ],
    ids=["whole", "first lost", "end lost", "backwards and tripled", "ends after the next key"],
)
async def test_each_press_is_told_once_whatever_becomes_of_its_packets(
    player: MediaProcess, listener: Ear, reports: list[bytes], told: str
) -> None:
    stream = await player.open(listener.offer)
    listener.say(reports, stream.ours)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert "".join([await stream.digit() for _ in told]) == told
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.digit(), 0.05)


async def test_keys_that_nobody_asks_for_do_not_pile_up(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    for number in range(100):
        listener.say(press(number % 10, 2_000 * number)[:1], stream.ours)
        if number % 4 == 0:
            await settled(0.006)
    await settled(0.5)
    told = ""
    with suppress(TimeoutError):
        while True:
            told += await asyncio.wait_for(stream.digit(), 0.05)
    assert told == "0123456789" * 3 + "01"


async def test_a_stranger_presses_no_keys(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(described(listener.port, host="127.0.0.9"))
    listener.say(press(1, 0), stream.ours)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.digit(), 0.1)


async def test_S_13_garbage_that_floods_a_port_harms_no_sound(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    rng = random.Random(4733)
    playing = asyncio.create_task(stream.play([noisy(SECOND)]))
    with ear() as flooding:
        while not playing.done():
            garbage = [rng.randbytes(rng.randrange(1_500)) for _ in range(20)]
            flooding.say(
                [*garbage, *(b"\x80\x65" + each[:10] + b"\xc8" + each[10:20] for each in garbage)], stream.ours
            )
            await settled(0.002)
    await until(lambda: len(listener.packets) >= 50)
    assert listener.sound() == alaw(noisy(SECOND).sound)
    took_at_most(max(gaps(listener.packets)), UNNOTICED)

    async def hash_is_heard() -> None:
        while await stream.digit() != "#":
            pass

    # What the flood has left in the socket is read first, and where that is full, a key is lost.
    hearing = asyncio.create_task(hash_is_heard())
    while not hearing.done():
        listener.press("#", stream.ours)
        await settled()
