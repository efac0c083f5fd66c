"""A player with a real child process, and ears on loopback."""

from collections.abc import AsyncIterator

import pytest

from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kktest.house import CountingMeter
from kktest.ports import LOOPBACK
from kktest.rtp import Ear, ear

OPTIONS = MediaOptions(host=LOOPBACK, ports=(23_000, 27_999), open_seconds=60.0)
"""A stream has a minute to open: that it is given up after a second elsewhere is no matter of these tests."""


@pytest.fixture
def meter() -> CountingMeter:
    """What is counted."""
    return CountingMeter()


@pytest.fixture
async def player(meter: CountingMeter) -> AsyncIterator[MediaProcess]:
    """A player that runs."""
    async with MediaProcess(OPTIONS, meter) as playing:
        yield playing


@pytest.fixture
async def ears() -> AsyncIterator[tuple[Ear, Ear]]:
    """Two who listen."""
    with ear() as one, ear() as other:
        yield one, other


@pytest.fixture
async def listener(ears: tuple[Ear, Ear]) -> Ear:
    """Somebody who listens."""
    return ears[0]
