"""Real calls while speech is out: what was rendered is heard, else the general announcement, else the phone rings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.words import Language
from kktest.fault_calls import Espeak, Speaks, hears, rings
from kktest.sipp import sipp
from kktest.sipp_scenarios import phone_answers
from kktest.voice import RING_SECONDS, Site, Voice, general_announcement
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NO_PROMPT = 'kk_calls_failed_open_total{reason="no_prompt"}'
NOT_RENDERED = 'kk_prompts_failed_total{reason="SpeechFailedError"}'
GENERAL = Language("sv")


@pytest.fixture
def espeak(tmp_path: Path) -> Espeak:
    made = Espeak(tmp_path / "bin")
    made.now(Speaks.WELL)
    return made


async def failed_open(voice: Voice, number: str) -> float:
    """Wait until a number is known to be called by people who should hear something, and cannot; how many were."""
    before = await voice.counted(NO_PROMPT)

    async def counted_when_asked(number: str) -> float:
        assert (await voice.decision(number))["action"] == "ring"
        return await voice.counted(NO_PROMPT)

    return await eventually(counted_when_asked, number, wanted=lambda count: count > before)


async def test_F_26_when_speech_fails_what_was_rendered_is_heard_and_of_others_the_general_announcement(
    site: Site, extensions: Iterator[str], espeak: Espeak, tmp_path: Path
) -> None:
    earlier, later = next(extensions), next(extensions)
    await site.employ(earlier, extension=earlier)
    await site.employ(later, extension=later)
    await site.away(earlier)
    async with site.voice(environment=espeak.environment) as voice:
        rendered = await voice.ready(earlier)
        espeak.now(Speaks.NOT)
        await site.away(later)
        await voice.meets(later, "direct")
        await eventually(voice.counted, NOT_RENDERED, wanted=bool)
        asked_too_early = await voice.counted(NO_PROMPT)
        await hears(voice, earlier, rendered, tmp_path)
        await hears(voice, later, general_announcement(GENERAL), tmp_path)
        assert await voice.counted(NO_PROMPT) == asked_too_early
        espeak.now(Speaks.WELL)
        await hears(voice, later, await voice.ready(later), tmp_path)


async def test_F_26_speech_that_hangs_keeps_no_caller_waiting(
    site: Site, extensions: Iterator[str], espeak: Espeak, tmp_path: Path
) -> None:
    earlier, later = next(extensions), next(extensions)
    await site.employ(earlier, extension=earlier)
    await site.employ(later, extension=later)
    await site.away(earlier)
    async with site.voice(environment=espeak.environment) as voice:
        rendered = await voice.ready(earlier)
        espeak.now(Speaks.NEVER_ENDING)
        await site.away(later)
        await voice.meets(later, "direct")
        await hears(voice, later, general_announcement(GENERAL), tmp_path)
        await hears(voice, earlier, rendered, tmp_path)


async def test_F_26_where_speech_does_not_start_calls_are_taken_and_phones_ring_until_it_does(
    site: Site, extensions: Iterator[str], espeak: Espeak, tmp_path: Path
) -> None:
    directly, openly = next(extensions), next(extensions)
    espeak.now(Speaks.NOT)
    async with site.voice(environment=espeak.environment) as voice:
        with sipp(phone_answers(), tmp_path) as phone:
            await site.employ(directly, extension=directly, phone=phone.address)
            await site.away(directly)
            counted = await failed_open(voice, directly)
            await rings(voice, directly, phone, tmp_path)
        assert await voice.counted(NO_PROMPT) == counted + 1
        with sipp(phone_answers(after=RING_SECONDS + 0.7), tmp_path) as phone:
            await site.employ(openly, extension=openly, phone=phone.address)
            await site.away(openly, Diversion.OPEN)
            await failed_open(voice, openly)
            await rings(voice, openly, phone, tmp_path)
        assert "CANCEL" not in phone.received
        assert voice.process.returncode is None
        espeak.now(Speaks.WELL)
        await hears(voice, directly, await voice.ready(directly), tmp_path)
