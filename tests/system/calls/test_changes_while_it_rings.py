"""What holds when the ringing ends is announced, not what held when it began (C-26).

People here ring for longer than elsewhere: meanwhile a change must come from the store to the voice process, on a busy
machine too.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import msgspec
import pytest
import pytest_asyncio

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.sound import read_wav
from kktest.hearing import must_hear, must_not_hear
from kktest.rtp import ear
from kktest.sipp import sipp
from kktest.sipp_scenarios import EVENTS, PCMA, caller, pause, phone_answers, phone_rings, sdp
from kktest.voice import COMPANY, Site, Voice, open_site, over
from kktest.waiting import eventually, until

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

RINGS_SECONDS = 6


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    copyfile(sqlite_template, folder / "kk.db")
    company = msgspec.structs.replace(COMPANY, ring_seconds=RINGS_SECONDS)
    async with open_site(folder, f"sqlite:///{folder / 'kk.db'}", company) as opened:
        yield opened


async def test_C_26_an_absence_that_is_removed_while_it_rings_is_not_announced(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(after=RINGS_SECONDS + 1.5), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        absence = await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with sipp(caller(), tmp_path, to=voice.sip, number=extension) as call:
            await asyncio.to_thread(call.until, "180")
            await site.back(extension, absence)
            await over(call, phone)
    assert phone.received.count("CANCEL") == 0


async def test_C_26_an_absence_that_ends_while_it_rings_is_not_announced(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(after=RINGS_SECONDS + 1.5), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        end = datetime.now(UTC) + timedelta(seconds=6)
        await site.away(extension, Diversion.OPEN, ends_in=end - datetime.now(UTC))
        await voice.ready(extension)
        assert (await voice.decision(extension))["action"] == "open"
        await until(lambda: datetime.now(UTC) > end - timedelta(seconds=RINGS_SECONDS - 0.3))
        with sipp(caller(), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)
    assert phone.received.count("CANCEL") == 0


async def test_C_26_an_absence_that_is_prolonged_while_it_rings_is_announced_as_it_holds_then(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_rings(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN, ends_in=timedelta(hours=1))
        before = await voice.ready(extension)
        with ear() as listening:
            scenario = caller(pause(4), offer=sdp(listening.port, PCMA, EVENTS))
            with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
                await asyncio.to_thread(call.until, "180")
                await site.away(extension, Diversion.OPEN, ends_in=timedelta(hours=3))
                after = await eventually(voice.ready, extension, wanted=lambda found: found != before)
                await over(call, phone)
            must_hear(read_wav(after), listening)
            must_not_hear(read_wav(before), listening)
