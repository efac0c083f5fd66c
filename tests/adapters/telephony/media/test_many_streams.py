"""Many calls at once are heard evenly, and calls leave nothing behind in the child."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.sound import alaw
from kalenderkoppling.telephony.media.process import MediaProcess
from kktest.media_contract import clip
from kktest.rtp import Ear, gaps_of_many
from kktest.timed import timed_only

AT_ONCE = 50

HARDLY = 1
"""A few packets may be lost to the receiver's own socket on a busy machine."""


def resident_kilobytes(player: MediaProcess) -> int:
    lines = Path(f"/proc/{player.process_id}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])


@timed_only
async def test_thirty_calls_at_once_are_heard_whole_and_evenly(player: MediaProcess) -> None:
    found = await gaps_of_many(player, 30, clip("second", timedelta(seconds=1)))
    assert found.lost == 0
    assert 19.5 < found.median < 20.5
    assert found.p90 < 40


@pytest.mark.soak
async def test_three_hundred_calls_at_once_are_heard_whole_and_evenly(
    player: MediaProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await gaps_of_many(player, 300, clip("three seconds", timedelta(seconds=3)))
    with capsys.disabled():
        print(f"\n{found}")  # noqa: T201 - the figures are what the soak is for
    assert found.lost <= HARDLY * found.streams
    assert 19.5 < found.median < 20.5
    assert found.p99 < 60
    assert found.worst < 300


@pytest.mark.parametrize(
    "calls", [pytest.param(2_000, id="short"), pytest.param(20_000, id="long", marks=pytest.mark.soak)]
)
async def test_S_14_calls_leave_nothing_behind(player: MediaProcess, listener: Ear, calls: int) -> None:
    async def call(number: int) -> None:
        stream = await player.open(listener.offer)
        listener.press("5", stream.ours)
        await stream.play([clip(f"clip {number % 40}", timedelta(milliseconds=20))])
        stream.close()
        listener.packets.clear()

    async def place(calls: int) -> int:
        """Place calls, some at once; return how much the child has then, in kilobytes."""
        for first in range(0, calls, AT_ONCE):
            await asyncio.gather(*(call(number) for number in range(first, first + AT_ONCE)))
        return resident_kilobytes(player)

    before = await place(1_000)
    assert await place(calls) - before < 1_024
    stream = await player.open(listener.offer)
    listener.packets.clear()
    await stream.play([clip("last")])
    assert listener.sound(stream.ours) == alaw(clip("last").sound)
