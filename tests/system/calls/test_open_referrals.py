"""Real calls to people with an open referral: the phone rings first, then the announcement."""

from pathlib import Path
from statistics import median

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import read_wav
from kktest.hearing import must_hear
from kktest.ports import LOOPBACK, free_ports
from kktest.rtp import ear, port_of
from kktest.sipp import Sipp, silent_phone, sipp
from kktest.sipp_scenarios import (
    EVENTS,
    PCMA,
    caller,
    caller_gives_up,
    pause,
    phone_answers,
    phone_refuses,
    phone_rings,
    sdp,
)
from kktest.timed import took_about, took_at_most
from kktest.voice import LATE_SECONDS, RING_SECONDS, Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

RINGS_SECONDS = RING_SECONDS


def rung(phone: Sipp) -> list[float]:
    """For how long each call rang until it was cancelled, in seconds."""
    came = {each.header("Call-ID")[0]: each.at for each in phone.messages if each.kind == "INVITE"}
    return [each.at - came[each.header("Call-ID")[0]] for each in phone.messages if each.kind == "CANCEL"]


async def test_the_phone_rings_as_long_as_it_should_and_then_the_caller_hears_why(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_rings(), tmp_path, calls=5) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        rendered = read_wav(await voice.ready(extension))
        with ear() as listening:
            scenario = caller(
                pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
            )
            with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
                await over(call)
            must_hear(rendered, listening)
        assert call.received == ["100", "180", "200", "200"]
        with sipp(caller(), tmp_path, to=voice.sip, number=extension, calls=4, at_once=1) as more:
            await over(more)
        await over(phone)
    took_about(median(rung(phone)), RINGS_SECONDS, give=0.2)


@pytest.mark.parametrize("status", [486, 480, 603, 404, 500])
async def test_a_phone_that_is_busy_or_takes_no_calls_is_announced_for_at_once(
    site: Site, voice: Voice, extension: str, tmp_path: Path, status: int
) -> None:
    with sipp(phone_refuses(status), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        rendered = read_wav(await voice.ready(extension))
        with ear() as listening:
            scenario = caller(
                pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
            )
            with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
                await over(call, phone)
            must_hear(rendered, listening)
    took_at_most(call.first("200").at - call.first("INVITE").at, 0.5)


async def test_F_25_a_phone_that_is_dead_is_announced_for_all_the_same(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with silent_phone() as dead:
        await site.employ(extension, extension=extension, phone=dead)
        await site.away(extension, Diversion.OPEN)
        rendered = read_wav(await voice.ready(extension))
        with ear() as listening:
            scenario = caller(
                pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
            )
            with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
                await over(call)
            must_hear(rendered, listening)
    took_about(call.first("200").at - call.first("INVITE").at, RINGS_SECONDS, give=0.3)


async def test_F_25_where_no_phone_is_it_is_announced_for_all_the_same(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=f"{LOOPBACK}:{free_ports(1)[0]}")
    await site.away(extension, Diversion.OPEN)
    await voice.ready(extension)
    with sipp(caller(pause(1)), tmp_path, to=voice.sip, number=extension) as call:
        await over(call)
    took_at_most(call.first("200").at - call.first("INVITE").at, RINGS_SECONDS + 0.3)


async def test_a_phone_that_is_answered_in_time_is_talked_to(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with ear() as at_phone, sipp(phone_answers(after=1, says=sdp(at_phone.port, PCMA, EVENTS)), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with ear() as at_caller:
            scenario = caller(pause(2), offer=sdp(at_caller.port, PCMA, EVENTS))
            with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
                await over(call, phone)
            # Sound goes straight between the two.
            assert port_of(SessionDescription(call.first("200").body)) == at_phone.port
            assert port_of(SessionDescription(phone.first("INVITE").body)) == at_caller.port
            assert at_caller.packets == []
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert record.result is CallResult.ANSWERED


async def test_when_the_person_hangs_up_so_does_the_caller(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(pause(0.5), after=0.5, hangs_up=True), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with sipp(caller(pause(0.1), hangs_up=False), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)


async def test_when_the_caller_gives_up_the_phone_stops_ringing(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_rings(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with sipp(caller_gives_up(0.7), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)
    took_at_most(phone.first("CANCEL").at - call.first("CANCEL").at, 0.2)
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert record.result is CallResult.MISSED
