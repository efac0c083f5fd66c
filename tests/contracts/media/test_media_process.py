"""The player with a child process keeps the contract, heard through real sockets."""

import os
import signal
from collections.abc import AsyncIterator, Sequence

import pytest

from kalenderkoppling.ports.media import Clip, MediaStream
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import alaw
from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kktest.house import CountingMeter
from kktest.media_contract import MediaCaller, MediaContract
from kktest.ports import LOOPBACK
from kktest.rtp import Ear, described, ear
from kktest.waiting import settled


class RtpCaller:
    """Somebody who calls, with one ear for all streams."""

    def __init__(self, player: MediaProcess, listening: Ear) -> None:
        self.player = player
        self._ear = listening

    @property
    def offer(self) -> SessionDescription:
        """Both codecs, and keys."""
        return self._ear.offer

    @property
    def unspoken(self) -> SessionDescription:
        """Codecs of others."""
        return described(self._ear.port, formats="9 18")

    async def press(self, stream: MediaStream, digit: str) -> None:
        """Press a key as telephones do: many packets."""
        self._ear.press(digit, stream.ours)

    async def heard(self, stream: MediaStream, clips: Sequence[Clip]) -> bool:
        """Compare with the bytes that came, once nothing more can be on its way."""
        await settled()
        return self._ear.sound(stream.ours) == b"".join(alaw(each.sound) for each in clips)

    async def break_down(self) -> None:
        """Kill the child."""
        assert self.player.process_id is not None
        os.kill(self.player.process_id, signal.SIGKILL)


class TestMediaProcess(MediaContract):
    @pytest.fixture
    async def caller(self) -> AsyncIterator[MediaCaller]:
        options = MediaOptions(host=LOOPBACK, ports=(23_000, 27_999), open_seconds=60.0)
        with ear() as listening:
            async with MediaProcess(options, CountingMeter()) as player:
                yield RtpCaller(player, listening)
