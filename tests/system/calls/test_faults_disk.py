"""Real calls while the disk is full: announced as ever, who is newly away too; written down once there is room."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kalenderkoppling.domain.call import CallResult
from kktest.fault_calls import Espeak, Speaks, hears
from kktest.voice import Site, Voice
from kktest.waiting import eventually, settled

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NOT_WRITTEN = "kk_calls_not_written_total"


@contextmanager
def full_disk(voice: Voice) -> Iterator[None]:
    """No file of the process can be written for as long as the block lasts: neither database nor prompts."""
    pid, kind = voice.process.pid, resource.RLIMIT_FSIZE
    soft, hard = resource.prlimit(pid, kind)
    resource.prlimit(pid, kind, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, kind, (soft, hard))


async def test_F_21_with_a_full_disk_calls_are_announced_and_they_are_written_down_once_there_is_room(
    site: Site, extensions: Iterator[str], tmp_path: Path
) -> None:
    earlier, later = next(extensions), next(extensions)
    await site.employ(earlier, extension=earlier)
    await site.employ(later, extension=later)
    await site.away(earlier)
    espeak = Espeak(tmp_path / "bin")
    espeak.now(Speaks.WELL)
    async with site.voice(environment=espeak.environment) as voice:
        rendered = await voice.ready(earlier)
        with full_disk(voice):
            await site.away(later)
            await hears(voice, earlier, rendered, tmp_path)
            await hears(voice, later, await voice.ready(later), tmp_path)
            # The writer has tried, and failed.
            await settled(0.5)
            assert [await site.calls(each) for each in (earlier, later)] == [[], []]
        for each in (earlier, later):
            [record] = await eventually(site.calls, each, wanted=bool)
            assert record.result is CallResult.ANNOUNCED
        assert NOT_WRITTEN + "{" not in await voice.metrics(), "nothing is lost"
