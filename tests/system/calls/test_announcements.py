"""Real calls to people with a direct referral: what the caller hears, sample by sample."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kalenderkoppling.domain.absence import SICK, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.sound import read_wav
from kktest.calendar import Item
from kktest.hearing import must_hear, must_not_hear
from kktest.rtp import ear
from kktest.sipp import sipp
from kktest.sipp_scenarios import EVENTS, G722, OURS, PCMA, PCMU, caller, caller_refused, pause, phone_answers, sdp
from kktest.spoken import spoken, words_for
from kktest.timed import took_at_most
from kktest.voice import LATE_SECONDS, Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SUBJECT = "Lönesamtal med Kajsa Varg"


async def test_the_caller_hears_at_once_what_was_rendered_and_it_is_written_down(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone="127.0.0.1:9", name="Åsa Öberg")
    await site.away(extension)
    rendered = read_wav(await voice.ready(extension))
    with ear() as listening:
        scenario = caller(
            pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(rendered, listening)
    assert call.received == ["100", "200", "200"]
    took_at_most(call.first("200").at - call.first("INVITE").at, 0.2)
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert (record.result, record.number) == (CallResult.ANNOUNCED, OURS)


async def test_S_3_the_words_are_those_of_the_pure_function(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, name="Åsa Öberg")
    await site.away(extension)
    await voice.ready(extension)
    expected = spoken(await words_for(site, extension))
    with ear() as listening:
        scenario = caller(
            pause(expected.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(expected, listening)
        must_not_hear(spoken(f"{await words_for(site, extension)} och kvart"), listening)


async def test_a_phone_system_with_mu_law_hears_the_same(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    rendered = read_wav(await voice.ready(extension))
    with ear() as listening:
        scenario = caller(
            pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMU, EVENTS)
        )
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        assert {each.payload_type for each in listening.packets} == {0}
        must_hear(rendered, listening)


async def test_a_phone_system_that_speaks_none_of_our_codecs_is_told_so(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    await voice.ready(extension)
    with sipp(caller_refused(488, offer=sdp(40_000, G722)), tmp_path, to=voice.sip, number=extension) as call:
        await over(call)


async def test_S_3_the_subject_of_a_booking_is_heard_nowhere(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, name="Åsa Öberg")
    await site.book(extension, booked(SUBJECT))
    await voice.ready(extension)
    expected = spoken(await words_for(site, extension))
    with ear() as listening:
        scenario = caller(
            pause(expected.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(expected, listening)
    assert SUBJECT not in str(await voice.decision(extension))
    assert not any(SUBJECT in line for line in voice.said)


async def test_S_1_a_private_booking_lets_the_phone_ring(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.book(extension, booked(SUBJECT, sensitivity="private"))
        await voice.caught_up()
        decision = await voice.meets(extension, "ring")
        with sipp(caller(), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)
    assert decision.get("prompt") is None


async def test_sick_is_never_said(site: Site, voice: Voice, extension: str, tmp_path: Path) -> None:
    await site.employ(extension, extension=extension, name="Åsa Öberg")
    await site.away(extension, reason=SICK)
    await voice.ready(extension)
    expected = await words_for(site, extension)
    assert "sjuk" not in expected
    with ear() as listening:
        scenario = caller(
            pause(spoken(expected).length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(spoken(expected), listening)


async def test_an_absence_without_referral_lets_the_phone_ring(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension, Diversion.NONE)
        await voice.caught_up()
        with sipp(caller(), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)


async def test_when_the_absence_is_removed_the_phone_rings_again(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        absence = await site.away(extension)
        await voice.meets(extension, "direct")
        await site.back(extension, absence)
        await voice.meets(extension, "ring")
        with sipp(caller(), tmp_path, to=voice.sip, number=extension) as call:
            await over(call, phone)


def booked(subject: str, *, sensitivity: str = "normal") -> Item:
    """A booking that began a while ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Item(
        key="b",
        start=now - timedelta(minutes=10),
        end=now + timedelta(hours=2),
        subject=subject,
        sensitivity=sensitivity,
        show_as=ShowAs.BUSY,
    )
