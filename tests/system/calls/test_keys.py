"""Real calls in which the caller presses a key while the announcement is heard: attendant, call-back, language."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import Sound, read_wav
from kalenderkoppling.words import (
    Language,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    connecting_sentence,
    menu_sentence,
    number_hidden_sentence,
    switch_sentence,
)
from kktest.hearing import heard, must_hear, must_not_hear
from kktest.ports import LOOPBACK
from kktest.rtp import PACKET, Ear, ear, port_of
from kktest.sipp import Message, Sipp, sipp
from kktest.sipp_scenarios import (
    EVENTS,
    OURS,
    PCMA,
    Step,
    caller,
    follows_refer,
    info,
    pause,
    phone_answers,
    phone_refuses,
    phone_rings,
    refuses_refer,
    sdp,
    takes_offer,
)
from kktest.spoken import spoken, words_for
from kktest.timed import took_at_most
from kktest.voice import LATE_SECONDS, Site, Voice, over
from kktest.waiting import eventually, settled, until

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SWEDISH, ENGLISH = Language("sv"), Language("en")
HALF = timedelta(milliseconds=500)
A_MOMENT, SOON = 0.2, 1.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice(site: Site, attendant_port: int) -> AsyncIterator[Voice]:
    """A run whose exchange is asked to put callers through."""
    attendant = f'attendant = "sip:9@{LOOPBACK}:{attendant_port}"'
    async with site.voice(telephony=attendant, exchange='transfer = "refer"') as running:
        yield running


async def announced(site: Site, voice: Voice, extension: str) -> Sound:
    """Employ somebody with a direct referral, and wait until it can be heard."""
    await site.employ(extension, extension=extension, name="Åsa Öberg")
    await site.away(extension)
    return read_wav(await voice.ready(extension))


async def press(call: Sipp, listening: Ear, key: str, after: float) -> None:
    """Press a key by telephone events when so many seconds of sound were heard: a busy machine plays late."""
    answered = await asyncio.to_thread(call.until, "200")
    await until(lambda: len(listening.packets) * PACKET.total_seconds() >= after)
    listening.press(key, SessionDescription(answered.body))


async def result_of(site: Site, extension: str) -> CallResult:
    """Wait until the only call of somebody is written down."""
    [record] = await eventually(site.calls, extension, wanted=bool)
    return record.result


def was_referred_soon(call: Sipp) -> bool:
    """Tell whether a key had the call put through: who presses none is put through, too, after two announcements."""
    connecting = spoken(connecting_sentence(SWEDISH)).length.total_seconds()
    return call.first("REFER").at - call.first("200").at < connecting + 2 * A_MOMENT + SOON


def offered_anew(call: Sipp) -> Message:
    """The offer of new media that a caller was sent (re-INVITE)."""
    [found] = [each for each in call.messages if each.kind == "INVITE" and not each.was_sent]
    return found


def beginning(sound: Sound, length: timedelta) -> Sound:
    """The first part of a sound."""
    return Sound(rate=sound.rate, samples=sound.samples[: 2 * round(sound.rate * length.total_seconds())])


# ── 1: the attendant ────────────────────────────────────────────────────────────────────────────


async def test_key_1_in_the_sound_has_the_exchange_put_the_caller_through_to_the_attendant(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    with ear() as listening:
        scenario = caller(follows_refer(), hangs_up=False, offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await press(call, listening, "1", after=A_MOMENT)
            await over(call)
        must_hear(spoken(connecting_sentence(SWEDISH)), listening)
    assert was_referred_soon(call)
    [target] = call.first("REFER").header("Refer-To")
    assert target.strip("<>") == f"sip:9@{LOOPBACK}:{attendant_port}"
    assert call.received[-3:] == ["REFER", "200", "BYE"]
    assert await result_of(site, extension) is CallResult.TRANSFERRED


async def test_key_1_that_the_exchange_tells_of_does_the_same(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    scenario = caller(pause(A_MOMENT), info("1"), follows_refer(), hangs_up=False)
    with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
        await over(call)
    assert was_referred_soon(call)
    assert f"sip:9@{LOOPBACK}:{attendant_port}" in call.first("REFER").header("Refer-To")[0]
    assert await result_of(site, extension) is CallResult.TRANSFERRED


@pytest.mark.parametrize(
    "unable",
    [refuses_refer(603), refuses_refer(405), follows_refer(486), follows_refer(503)],
    ids=["603", "405", "notify-486", "notify-503"],
)
async def test_where_the_exchange_cannot_put_through_the_two_are_joined_by_us(  # noqa: PLR0917 - fixtures
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path, unable: Step
) -> None:
    await announced(site, voice, extension)
    with (
        ear() as at_attendant,
        ear() as at_caller,
        sipp(phone_answers(says=sdp(at_attendant.port, PCMA, EVENTS)), tmp_path, port=attendant_port) as attendant,
    ):
        hears = sdp(at_caller.port, PCMA, EVENTS)
        scenario = caller(pause(A_MOMENT), info("1"), unable, takes_offer(hears), pause(0.6), offer=hears)
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await asyncio.to_thread(attendant.until, "ACK")
            await settled(A_MOMENT)
            before = len(at_caller.packets)
            await over(call, attendant)
        # Sound goes straight between the two: each is told where the other is, and hears no more of us.
        assert port_of(SessionDescription(offered_anew(call).body)) == at_attendant.port
        assert port_of(SessionDescription(attendant.first("INVITE").body)) == at_caller.port
        assert (len(at_caller.packets), at_attendant.packets) == (before, [])
    took_at_most(attendant.first("INVITE").at - call.first("REFER").at, SOON)
    assert attendant.first("INVITE").start == f"INVITE sip:9@{LOOPBACK}:{attendant_port} SIP/2.0"
    assert f"sip:{OURS}@" in attendant.first("INVITE").header("From")[0]
    assert await result_of(site, extension) is CallResult.TRANSFERRED


async def test_a_caller_whom_the_exchange_drops_after_a_failed_transfer_is_lost_and_nobody_is_rung_for_nobody(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    with sipp(phone_rings(), tmp_path, port=attendant_port) as attendant:
        scenario = caller(pause(A_MOMENT), info("1"), follows_refer(503))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        assert await result_of(site, extension) is CallResult.LOST
        assert attendant.received == []


async def test_when_the_attendant_who_was_joined_hangs_up_so_does_the_caller(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    with sipp(phone_answers(pause(0.3), hangs_up=True), tmp_path, port=attendant_port) as attendant:
        scenario = caller(pause(A_MOMENT), info("1"), refuses_refer(405), takes_offer(sdp()), hangs_up=False)
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call, attendant)


async def test_a_caller_for_whom_the_attendant_is_busy_hears_that_and_is_still_on(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    rendered = await announced(site, voice, extension)
    sorry = spoken(attendant_busy_sentence(SWEDISH))
    with ear() as listening, sipp(phone_refuses(486), tmp_path, port=attendant_port, calls=2) as attendants:
        offer = sdp(listening.port, PCMA, EVENTS)
        # Who presses nothing is put through after the second announcement; the attendant is still busy, and we hang up.
        steps = (pause(A_MOMENT), info("1"), refuses_refer(603), refuses_refer(603))
        scenario = caller(*steps, offer=offer, hangs_up=False)
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call, attendants)
        must_hear(sorry, listening)
        # The first time it was cut short: this is the second.
        must_hear(rendered, listening)
    assert await result_of(site, extension) is CallResult.ANNOUNCED


async def test_F_25_a_caller_whom_no_attendant_answers_hears_that_and_can_ask_for_something_else(
    site: Site, voice: Voice, extension: str, attendant_port: int, tmp_path: Path
) -> None:
    await announced(site, voice, extension)
    sorry = spoken(attendant_unanswered_sentence(SWEDISH))
    with ear() as listening:
        offer = sdp(listening.port, PCMA, EVENTS)
        going_on = pause(sorry.length.total_seconds() + LATE_SECONDS)
        steps = (pause(A_MOMENT), info("1"), refuses_refer(405), going_on, info("2"))
        with sipp(caller(*steps, offer=offer, hangs_up=False), tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(sorry, listening)
    assert await result_of(site, extension) is CallResult.CALL_BACK
    # A telephone that comes back hears of the call once more (RFC 3261, 17.1.1.2), and at once that it is over (9.1).
    with sipp(phone_rings(), tmp_path, port=attendant_port) as attendant:
        await over(attendant)
    took_at_most(attendant.first("CANCEL").at - attendant.first("INVITE").at, SOON)


# ── 2: being called back ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["sound", "info"])
async def test_key_2_takes_down_whom_to_call_back_and_says_so(
    site: Site, voice: Voice, extension: str, tmp_path: Path, way: str
) -> None:
    await announced(site, voice, extension)
    pressed = (pause(A_MOMENT), info("2")) if way == "info" else (pause(A_MOMENT),)
    with ear() as listening:
        scenario = caller(*pressed, hangs_up=False, offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            if way == "sound":
                await press(call, listening, "2", after=2 * A_MOMENT)
            await over(call)
        must_hear(spoken(called_back_sentence(SWEDISH)), listening)
    [request] = await eventually(site.call_backs, extension, wanted=bool)
    assert (request.number, request.colleague) == (OURS, None)
    assert call.first("INVITE").at < request.at.timestamp() < call.first("BYE").at
    assert await result_of(site, extension) is CallResult.CALL_BACK


async def test_a_colleague_who_wants_to_be_called_back_is_known(
    site: Site, voice: Voice, extension: str, extensions: Iterator[str], tmp_path: Path
) -> None:
    colleague = next(extensions)
    await site.employ(colleague, extension=colleague)
    await announced(site, voice, extension)
    scenario = caller(pause(A_MOMENT), info("2"), hangs_up=False, shown=colleague)
    with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
        await over(call)
    [request] = await eventually(site.call_backs, extension, wanted=bool)
    assert (request.number, request.colleague) == (colleague, colleague)


@pytest.mark.parametrize(("shown", "extra"), [("anonymous", ""), (OURS, "Privacy: id\n")], ids=["anonymous", "privacy"])
async def test_a_caller_with_a_hidden_number_cannot_be_called_back_and_is_told_so(  # noqa: PLR0917 - fixtures
    site: Site, voice: Voice, extension: str, tmp_path: Path, shown: str, extra: str
) -> None:
    await announced(site, voice, extension)
    sorry = spoken(number_hidden_sentence(SWEDISH))
    with ear() as listening:
        steps = (pause(A_MOMENT), info("2"), pause(sorry.length.total_seconds() + LATE_SECONDS))
        scenario = caller(*steps, shown=shown, extra=extra, offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await over(call)
        must_hear(sorry, listening)
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert (record.result, record.number, record.colleague) == (CallResult.ANNOUNCED, "", None)
    assert await site.call_backs(extension) == []


# ── *: another language ─────────────────────────────────────────────────────────────────────────


async def test_the_star_key_brings_the_announcement_in_another_language_and_back(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    rendered = await announced(site, voice, extension)
    in_english = spoken(await words_for(site, extension, "en"), "en")
    lasts = in_english.length.total_seconds() + 0.7
    with ear() as listening:
        steps = (pause(A_MOMENT), info("*"), pause(lasts + rendered.length.total_seconds() + LATE_SECONDS))
        scenario = caller(*steps, offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await press(call, listening, "*", after=A_MOMENT + lasts)
            must_hear(in_english, listening)
            must_not_hear(rendered, listening)
            await over(call)
        must_hear(rendered, listening)


# ── while it is heard ───────────────────────────────────────────────────────────────────────────


async def test_the_caller_hears_which_keys_there_are_and_any_other_changes_nothing(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    rendered = await announced(site, voice, extension)
    menu, switch = spoken(menu_sentence(SWEDISH)), spoken(switch_sentence(ENGLISH), "en")
    length = sum(each.length.total_seconds() for each in (rendered, menu, switch))
    with ear() as listening:
        steps = (pause(A_MOMENT), info("7"), info("#"), pause(length + LATE_SECONDS))
        scenario = caller(*steps, offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, tmp_path, to=voice.sip, number=extension) as call:
            await press(call, listening, "0", after=2 * A_MOMENT)
            await over(call)
        must_hear(rendered, listening)
        must_hear(menu, listening)
        # That there is another language is said in that language.
        must_hear(switch, listening)


async def test_a_key_in_the_middle_of_the_announcement_cuts_it_short(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    rendered, taken = await announced(site, voice, extension), spoken(called_back_sentence(SWEDISH))
    pressed_after = 1.2
    assert rendered.length.total_seconds() > pressed_after + 0.5
    with ear() as listening:
        with sipp(
            caller(hangs_up=False, offer=sdp(listening.port, PCMA, EVENTS)), tmp_path, to=voice.sip, number=extension
        ) as call:
            await press(call, listening, "2", after=pressed_after)
            await over(call)
        must_hear(beginning(rendered, HALF), listening)
        must_not_hear(rendered, listening)
        must_hear(taken, listening)
        assert heard(listening).length < rendered.length + taken.length
