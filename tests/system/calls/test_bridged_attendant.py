"""Key 1 where the exchange is not asked to transfer, as is the rule: the caller is ours until somebody has answered."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.words import (
    Language,
    attendant_busy_sentence,
    menu_sentence,
)
from kktest.hearing import must_hear
from kktest.rtp import ear
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import (
    EVENTS,
    PCMA,
    caller,
    info,
    pause,
    phone_answers,
    phone_refuses,
    sdp,
    takes_offer,
)
from kktest.spoken import spoken
from kktest.voice import LATE_SECONDS, Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SWEDISH = Language("sv")
A_MOMENT = 0.2


async def announced(site: Site, voice: Voice, extension: str) -> None:
    """Employ somebody with a direct referral, and wait until it can be heard."""
    await site.employ(extension, extension=extension, name="Åsa Öberg")
    await site.away(extension)
    await voice.ready(extension)


async def results_of(site: Site, extension: str) -> Sequence[CallResult]:
    return [each.result for each in await eventually(site.calls, extension, wanted=bool)]


def was_asked_to_transfer(call: Sipp) -> bool:
    return "REFER" in call.received


async def test_key_1_dials_the_attendant_and_joins_the_two(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    with sipp(phone_answers(), tmp_path, port=attendant_port) as attendant:
        scenario = caller(pause(A_MOMENT), info("1"), takes_offer(sdp()), pause(A_MOMENT))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call, attendant)
    assert not was_asked_to_transfer(call)
    assert await results_of(site, extension) == [CallResult.TRANSFERRED]


async def test_a_busy_attendant_is_told_in_words_and_a_call_back_is_offered(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    sorry, offer = spoken(attendant_busy_sentence(SWEDISH)), spoken(menu_sentence(SWEDISH, attendant=False))
    told = sorry.length.total_seconds() + offer.length.total_seconds() + LATE_SECONDS
    with ear() as listening, sipp(phone_refuses(486), tmp_path, port=attendant_port) as attendant:
        says = sdp(listening.port, PCMA, EVENTS)
        scenario = caller(pause(A_MOMENT), info("1"), pause(told), info("2"), offer=says, hangs_up=False)
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call, attendant)
        must_hear(sorry, listening)
        must_hear(offer, listening)
    assert not was_asked_to_transfer(call)
    assert await results_of(site, extension) == [CallResult.CALL_BACK]
