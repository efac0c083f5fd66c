"""Real calls while the voice process is killed, started again, and stopped."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import CallResult
from kktest.fault_calls import hears
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import caller, caller_refused, pause, phone_rings
from kktest.voice import Site, over
from kktest.waiting import eventually, settled

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


CALLS = 20


async def answered(calls: Sipp) -> int:
    return calls.sent.count("ACK")


async def test_F_20_killed_while_a_phone_rings_and_started_again_it_announces_the_very_next_call(
    site: Site, extensions: Iterator[str], tmp_path: Path
) -> None:
    rung, away = next(extensions), next(extensions)
    settings = site.write_settings()
    with sipp(phone_rings(), tmp_path, calls=2) as phone:
        await site.employ(rung, extension=rung, phone=phone.address)
        await site.away(rung, Diversion.OPEN)
        await site.employ(away, extension=away)
        await site.away(away)
        async with site.started(settings) as killed:
            rendered = await killed.ready(away)
            with sipp(caller(), tmp_path, to=killed.sip, number=rung) as call:
                await asyncio.to_thread(call.until, "180")
                await asyncio.to_thread(phone.until, "INVITE")
                await killed.kill()
        async with site.started(settings) as again:
            assert again.address == killed.address
            await hears(again, away, rendered, tmp_path)
            with sipp(caller(), tmp_path, to=again.sip, number=rung) as call:
                await over(call)
            await eventually(site.calls, rung, wanted=bool)
    assert [each.result for each in await site.calls(rung)] == [CallResult.ANNOUNCED], "that under way is lost"


async def test_a_stop_ends_announcements_and_the_calls_are_written_down(
    site: Site, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    async with site.voice() as voice:
        await voice.ready(extension)
        scenario = caller(pause(0.1), hangs_up=False)
        with sipp(scenario, tmp_path, to=voice.sip, number=extension, calls=CALLS, rate=100) as calls:
            await eventually(answered, calls, wanted=lambda count: count == CALLS)
            await settled(0.3)
            assert await voice.stop() == 0
            await over(calls)
    assert [each.result for each in await site.calls(extension)] == [CallResult.ANNOUNCED] * CALLS


async def test_S_13_a_stop_while_a_phone_rings_stops_that_and_lets_the_exchange_ring_by_itself(
    site: Site, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_rings(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        async with site.voice() as voice:
            await voice.ready(extension)
            with sipp(caller_refused(503), tmp_path, to=voice.sip, number=extension) as call:
                await asyncio.to_thread(call.until, "180")
                await asyncio.to_thread(phone.until, "INVITE")
                assert await voice.stop() == 0
                await over(call, phone)
    [record] = await site.calls(extension)
    assert record.result is CallResult.MISSED
