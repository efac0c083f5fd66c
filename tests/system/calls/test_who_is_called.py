"""Real calls that name whom they are for in every way there is, and what becomes of those that name nobody."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.sound import read_wav
from kktest.hearing import must_hear
from kktest.rtp import ear
from kktest.sipp import silent_phone, sipp
from kktest.sipp_scenarios import (
    EVENTS,
    PCMA,
    asks_what_we_can,
    caller,
    caller_logs_in,
    caller_refused,
    pause,
    phone_answers,
    sdp,
)
from kktest.timed import took_about, took_at_most
from kktest.voice import LATE_SECONDS, RING_SECONDS, Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SERVICE = "announcements"
"""What exchanges forward calls to: the user part of an address of ours that is nobody's number."""
BEGINNING = "+468508"
MOBILE, OTHER_MOBILE = "+46701740611", "+46701740622"
STRANGER, REDIRECTING = "127.0.0.2", "127.0.0.3"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice(site: Site) -> AsyncIterator[Voice]:
    """A run that knows two exchanges: one at 127.0.0.1 whose calls are carried, one that is told where to go."""
    redirecting = f'[[telephony.exchanges]]\nname = "old"\naddresses = ["{REDIRECTING}"]\nredirects = true\n'
    settings = site.write_settings(more=redirecting, telephony=f'direct_dial = ["{BEGINNING}"]')
    every = '"127.0.0.0/8"'
    assert every in settings.read_text()
    settings.write_text(settings.read_text().replace(every, '"127.0.0.1"'))
    async with site.started(settings) as running:
        yield running


async def was_announced(site: Site, id_: str) -> bool:
    """Wait until somebody's only call is written down, and tell whether it was announced."""
    [record] = await eventually(site.calls, id_, wanted=bool)
    return record.result is CallResult.ANNOUNCED


async def present(site: Site, voice: Voice, extension: str, *, phone: str = "", mobile: str = "") -> None:
    """Employ somebody who is not away, and wait until the voice process knows: of nobody it says that it rings, too."""
    await site.employ(extension, extension=extension, phone=phone, mobile=mobile)
    absence = await site.away(extension)
    await voice.meets(extension, "direct")
    await site.back(extension, absence)
    await voice.meets(extension, "ring")


# ── who it is ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    ["{}", "+468508{}", "00468508{}", "08508{}", "08-508{}", "468508{}", "08508{};phone-context=+46", "%2B468508{}"],
)
async def test_a_person_is_found_by_the_extension_however_it_is_written(
    site: Site, voice: Voice, extension: str, tmp_path: Path, written: str
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    await voice.ready(extension)
    with sipp(caller(), tmp_path, to=voice.sip, number=written.format(extension)) as call:
        await over(call)
    assert await was_announced(site, extension)


async def test_a_person_is_found_by_the_mobile_however_it_is_written(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, mobile=MOBILE)
    await site.away(extension)
    await voice.ready(extension)
    forms = (MOBILE, "0701740611", "070-174.06.11", "0046701740611", "46701740611")
    for number in forms:
        with sipp(caller(), tmp_path, to=voice.sip, number=number) as call:
            await over(call)
    await eventually(site.calls, extension, wanted=lambda found: len(found) == len(forms))


async def test_of_several_who_forwarded_a_call_the_latest_counts(
    site: Site, voice: Voice, extension: str, extensions: Iterator[str], tmp_path: Path
) -> None:
    first = next(extensions)
    for each in (extension, first):
        await site.employ(each, extension=each)
        await site.away(each)
        await voice.ready(each)
    # The latest diversion stands first (RFC 5806), or last by its index (RFC 7044).
    diverted = (
        f'Diversion: "Berg, Anna" <sip:{BEGINNING}{extension}@pbx.example>;reason=unconditional;counter=1\n'
        f"Diversion: <sip:{first}@pbx.example>;reason=no-answer\n"
    )
    history = (
        f"History-Info: <sip:{first}@pbx.example>;index=1, <sip:{extension}@pbx.example>;index=1.1\n"
        f"History-Info: <sip:{SERVICE}@kk.example;cause=302>;index=1.1.1\n"
    )
    for extra in (diverted, history):
        with sipp(caller(extra=extra), tmp_path, to=voice.sip, number=SERVICE) as call:
            await over(call)
    records = await eventually(site.calls, extension, wanted=lambda found: len(found) == 2)
    assert {each.result for each in records} == {CallResult.ANNOUNCED}
    assert await site.calls(first) == []


async def test_who_is_called_counts_before_whoever_forwarded_the_call(
    site: Site, voice: Voice, extension: str, extensions: Iterator[str], tmp_path: Path
) -> None:
    forwards = next(extensions)
    for each in (extension, forwards):
        await site.employ(each, extension=each)
        await site.away(each)
        await voice.ready(each)
    diverted = f"Diversion: <sip:{forwards}@pbx.example>;reason=unconditional\n"
    with sipp(caller(extra=diverted), tmp_path, to=voice.sip, number=extension) as call:
        await over(call)
    assert await was_announced(site, extension)
    assert await site.calls(forwards) == []


# ── forwarded to us ─────────────────────────────────────────────────────────────────────────────


async def test_S_13_a_forwarded_call_for_somebody_present_rings_the_phone_and_never_the_number_that_was_called(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(), tmp_path) as phone:
        await present(site, voice, extension, phone=phone.address, mobile=OTHER_MOBILE)
        diverted = f"Diversion: <sip:{OTHER_MOBILE}@{phone.address}>;reason=no-answer\n"
        with sipp(caller(extra=diverted), tmp_path, to=voice.sip, number=SERVICE) as call:
            await over(call, phone)
    assert phone.first("INVITE").start == f"INVITE sip:{extension}@{phone.address} SIP/2.0"
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert record.result is CallResult.ANSWERED


@pytest.mark.parametrize(
    "forwarded",
    [
        "Diversion: <sip:{}@pbx.example>;reason=no-answer\n",
        "Diversion: <sip:{}@pbx.example>;reason=user-busy\n",
        f"History-Info: <sip:{{}}@pbx.example>;index=1, <sip:{SERVICE}@kk.example;cause=408>;index=1.1\n",
        "History-Info: <sip:{}@pbx.example?Reason=SIP%3Bcause%3D486>;index=1\n",
    ],
    ids=["no-answer", "busy", "cause", "reason"],
)
async def test_a_call_that_has_rung_already_is_announced_at_once_with_an_open_referral(
    site: Site, voice: Voice, extension: str, tmp_path: Path, forwarded: str
) -> None:
    with silent_phone() as phone:
        await site.employ(extension, extension=extension, phone=phone)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        extra = forwarded.format(extension)
        with sipp(caller(extra=extra), tmp_path, to=voice.sip, number=SERVICE) as call:
            await over(call)
    assert call.received == ["100", "200", "200"]
    took_at_most(call.first("200").at - call.first("INVITE").at, 0.5)


@pytest.mark.parametrize(
    "forwarded",
    [
        "Diversion: <sip:{}@pbx.example>;reason=unknown\n",
        "Diversion: <sip:{}@pbx.example>;reason=unconditional\n",
        "Diversion: <{}@pbx.example>\n",
        "Diversion: <tel:{}>;reason=deflection\n",
        "History-Info: <sip:{}@pbx.example>;index=1\n",
    ],
    ids=["unknown", "unconditional", "without-scheme", "tel", "history"],
)
async def test_a_phone_that_forwards_to_us_itself_is_not_rung_again(
    site: Site, voice: Voice, extension: str, tmp_path: Path, forwarded: str
) -> None:
    with silent_phone() as phone:
        await site.employ(extension, extension=extension, phone=phone)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with sipp(caller(extra=forwarded.format(extension)), tmp_path, to=voice.sip, number=SERVICE) as call:
            await over(call)
    assert call.received == ["100", "200", "200"]


async def test_a_call_that_another_number_of_the_person_forwarded_without_ringing_rings_first_with_an_open_referral(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    mobile = f"+4670174{extension}"
    with silent_phone() as phone:
        await site.employ(extension, extension=extension, phone=phone, mobile=mobile)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        extra = f"Diversion: <sip:{mobile}@pbx.example>;reason=unconditional\n"
        with sipp(caller(extra=extra), tmp_path, to=voice.sip, number=SERVICE) as call:
            await over(call)
    took_about(call.first("200").at - call.first("INVITE").at, RING_SECONDS, give=0.3)


# ── what is nobody's, or rings nowhere ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", ["1999", "+4687123456", "nobody.at.all", SERVICE])
async def test_what_is_nobodys_is_unavailable(voice: Voice, tmp_path: Path, number: str) -> None:
    extra = "Diversion: <sip:1998@pbx.example>;reason=unconditional\n"
    with sipp(caller_refused(480, extra=extra), tmp_path, to=voice.sip, number=number) as call:
        await over(call)


async def test_somebody_present_without_a_phone_is_unavailable(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await present(site, voice, extension)
    with sipp(caller_refused(480), tmp_path, to=voice.sip, number=extension) as call:
        await over(call)
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert record.result is CallResult.FAILED


async def test_the_address_of_an_announcement_never_rings(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    wanted = f"announcement-{extension}"
    with sipp(phone_answers(), tmp_path) as phone:
        await present(site, voice, extension, phone=phone.address)
        with sipp(caller_refused(480), tmp_path, to=voice.sip, number=wanted) as call:
            await over(call)
        await site.away(extension, Diversion.OPEN)
        rendered = read_wav(await voice.ready(extension))
        with ear() as listening:
            scenario = caller(
                pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
            )
            with sipp(scenario, tmp_path, to=voice.sip, number=wanted) as call:
                await over(call)
            must_hear(rendered, listening)
        took_at_most(call.first("200").at - call.first("INVITE").at, 0.5)
        assert phone.received == []


# ── exchanges that are told where to go ─────────────────────────────────────────────────────────


async def test_a_redirecting_exchange_is_sent_to_the_phone_and_then_to_the_announcement(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone="127.0.0.1:9")
    await site.away(extension, Diversion.OPEN)
    await voice.ready(extension)
    before = "Diversion: <sip:1997@pbx.example>;reason=unconditional\n"
    history = f"History-Info: <sip:1997@pbx.example>;index=1, <sip:{extension}@{voice.sip}>;index=1.1\n"
    scenario = caller_refused(302, extra=before + history)
    with sipp(scenario, tmp_path, to=voice.sip, number=extension, host=REDIRECTING) as call:
        await over(call)
    told = call.first("302")
    phone, announcement = f"sip:{extension}@127.0.0.1:9", f"sip:announcement-{extension}@{voice.sip}"
    contacts = [each for header in told.header("Contact") for each in header.split(",")]
    assert [re.findall(r"<(.*)>;q=(.*)", each)[0] for each in contacts] == [(phone, "1.0"), (announcement, "0.9")]
    assert told.header("Diversion") == [
        f"<sip:{extension}@{voice.sip}>;reason=unconditional;counter=1",
        "<sip:1997@pbx.example>;reason=unconditional",
    ]
    [history_told] = told.header("History-Info")
    assert [each.strip() for each in history_told.split(",")] == [
        "<sip:1997@pbx.example>;index=1",
        f"<sip:{extension}@{voice.sip}>;index=1.1",
        f"<{phone};cause=302>;index=1.1.1;mp=1.1",
    ]
    # Where the phone rings in vain, the exchange comes back to the second address.
    came_back = announcement.removeprefix("sip:").partition("@")[0]
    with sipp(caller(), tmp_path, to=voice.sip, number=came_back, host=REDIRECTING) as call:
        await over(call)
    # Only the call that was carried is known to have been announced.
    assert await was_announced(site, extension)


async def test_a_redirecting_exchange_is_sent_to_the_phone_alone_of_somebody_present(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await present(site, voice, extension, phone="127.0.0.1:9")
    with sipp(caller_refused(302), tmp_path, to=voice.sip, number=extension, host=REDIRECTING) as call:
        await over(call)
    assert call.first("302").header("Contact") == [f"<sip:{extension}@127.0.0.1:9>"]


async def test_a_redirecting_exchange_hears_a_direct_referral_from_us(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone="127.0.0.1:9")
    await site.away(extension)
    await voice.ready(extension)
    with sipp(caller(), tmp_path, to=voice.sip, number=extension, host=REDIRECTING) as call:
        await over(call)
    assert await was_announced(site, extension)


# ── who may call ────────────────────────────────────────────────────────────────────────────────


async def test_a_stranger_is_refused_and_learns_nothing_of_who_is_there(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    await voice.ready(extension)
    refused = 'kk_calls_refused_total{reason="stranger"}'
    before = await voice.counted(refused)
    # Whether there is such a number makes no difference.
    for number in (extension, "1999"):
        with sipp(caller_refused(403), tmp_path, to=voice.sip, number=number, host=STRANGER) as call:
            await over(call)
    assert await eventually(voice.counted, refused, wanted=lambda counted: counted >= before + 2) == before + 2
    assert await site.calls(extension) == []


async def test_an_exchange_that_asks_whether_we_are_there_is_told_what_we_can(voice: Voice, tmp_path: Path) -> None:
    with sipp(asks_what_we_can(), tmp_path, to=voice.sip) as asked:
        await over(asked)
    [allowed] = asked.first("200").header("Allow")
    assert {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS"} <= set(re.split(r",\s*", allowed))
    assert asked.first("200").header("Accept") == ["application/sdp"]


async def test_a_caller_from_anywhere_gets_in_with_the_login(site: Site, extension: str, tmp_path: Path) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    password = site.folder / "exchange-password"
    password.touch(mode=0o600)
    password.write_text("right", encoding="utf-8")
    settings = site.write_settings(
        exchange=f'asks_login = {{ user = "pbx", password = {{ file = "{password.name}" }} }}'
    )
    settings.write_text(settings.read_text().replace('"127.0.0.0/8"', ""))
    async with site.started(settings) as running:
        await running.ready(extension)
        with sipp(caller_logs_in("pbx", "right"), tmp_path, to=running.sip, number=extension) as call:
            await over(call)
        assert await was_announced(site, extension)
        wrong = caller_logs_in("pbx", "wrong", gets_in=False)
        with sipp(wrong, tmp_path, to=running.sip, number=extension) as call:
            await over(call)
    assert len(await site.calls(extension)) == 1
