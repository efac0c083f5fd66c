"""The voice process behind Debian's Kamailio: it tells what calls meet, and what was told holds when it is killed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.sound import read_wav
from kktest.hearing import must_hear
from kktest.kamailio import Kamailio, kamailio
from kktest.ports import LOOPBACK, free_ports
from kktest.rtp import ear
from kktest.sip_peer import SDP, sip_peer
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import EVENTS, NO_PORT, OURS, PCMA, caller, pause, phone_answers, phone_rings, sdp
from kktest.timed import took_about, took_at_most
from kktest.voice import LATE_SECONDS, RING_SECONDS, Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

DIRECT, OPEN = "direct", f"open:{RING_SECONDS * 1_000}"
LONGEST_SECONDS = 4.0
AT_ONCE_SECONDS = 0.5
EDGE_MAY_BE_EARLY_SECONDS = 2
"""Kamailio counts whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The edge, the settings of the voice process behind it, and the port that its phones are looked for at."""

    edge: Kamailio
    settings: Path
    phone_port: int

    @property
    def sip(self) -> str:
        """Where callers call, `host:port`."""
        return f"{LOOPBACK}:{self.edge.sip_port}"

    @property
    def phone(self) -> str:
        """Where all phones are, `host:port`."""
        return f"{LOOPBACK}:{self.phone_port}"

    async def told(self, number: str) -> str | None:
        """What the edge was told that calls to a number meet, None for nothing."""
        return await asyncio.to_thread(self.edge.meets, number)

    async def is_told(self, number: str, means: str | None) -> None:
        """Wait until the edge was told."""
        await eventually(self.told, number, wanted=lambda found: found == means)


@pytest.fixture(scope="module")
def front(site: Site) -> Iterator[Front]:
    sip_port, phone_port = free_ports(2)
    with kamailio(phones=f"{LOOPBACK}:{phone_port}", endpoint=f"{LOOPBACK}:{sip_port}") as edge:
        settings = site.write_settings(telephony=f'kamailio = {{ rpc_url = "{edge.rpc_url}" }}', port=sip_port)
        yield Front(edge=edge, settings=settings, phone_port=phone_port)


@dataclass(slots=True, kw_only=True)
class Runs:
    """Runs of the voice process, one after another."""

    site: Site
    front: Front
    stack: AsyncExitStack
    last: Voice | None = None

    async def alive(self) -> Voice:
        """Return the last run, or another one where that has died, which the edge does not remember."""
        if self.last is None or self.last.process.returncode is not None:
            self.front.edge.rpc("htable.flush", "dead")
            self.last = await self.stack.enter_async_context(self.site.started(self.front.settings))
        return self.last


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runs(site: Site, front: Front) -> AsyncIterator[Runs]:
    async with AsyncExitStack() as stack:
        yield Runs(site=site, front=front, stack=stack)


@pytest_asyncio.fixture(loop_scope="module")
async def voice(runs: Runs) -> Voice:
    """A run that the test may kill."""
    return await runs.alive()


def rang_after(call: Sipp) -> float:
    """After how many seconds the caller heard that the phone rings."""
    return call.first("180").at - call.first("INVITE").at


async def rings(front: Front, number: str, folder: Path) -> Sipp:
    """Place a call to a phone that is answered, see it to its end, and return it."""
    with (
        sipp(phone_answers(), folder, port=front.phone_port) as phone,
        sipp(caller(), folder, to=front.sip, number=number) as call,
    ):
        await over(call, phone)
    return call


async def seen_through(voice: Voice) -> float:
    """How many calls a run has seen through."""
    rows = [row.rpartition(" ") for row in (await voice.metrics()).splitlines()]
    return sum(float(value) for name, _, value in rows if name.startswith("kk_calls_total"))


# ── alive ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_direct_referral_is_heard_through_the_edge(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    await site.away(extension)
    rendered = read_wav(await voice.ready(extension))
    await front.is_told(extension, DIRECT)
    before = await seen_through(voice)
    with ear() as listening:
        scenario = caller(
            pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=front.sip, number=extension) as call:
            await over(call)
        must_hear(rendered, listening)
    assert call.received == ["100", "200", "200"]
    [record] = await eventually(site.calls, extension, wanted=bool)
    assert (record.result, record.number) == (CallResult.ANNOUNCED, OURS)
    assert await seen_through(voice) == before + 1


async def test_an_open_referral_rings_by_the_edge_alone_and_is_announced_afterwards(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    await site.away(extension, Diversion.OPEN)
    rendered = read_wav(await voice.ready(extension))
    await front.is_told(extension, OPEN)
    with ear() as listening, sipp(phone_rings(), tmp_path, port=front.phone_port) as phone:
        scenario = caller(
            pause(rendered.length.total_seconds() + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS)
        )
        with sipp(scenario, tmp_path, to=front.sip, number=extension) as call:
            await over(call, phone)
        must_hear(rendered, listening)
    assert phone.received.count("INVITE") == 1
    took_about(call.first("200").at - call.first("INVITE").at, RING_SECONDS, give=0.5)


async def test_an_absence_that_is_removed_is_told_at_once(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    absence = await site.away(extension)
    await front.is_told(extension, DIRECT)
    await site.back(extension, absence)
    await front.is_told(extension, None)
    before = await seen_through(voice)
    await rings(front, extension, tmp_path)
    assert await seen_through(voice) == before


async def test_calls_without_a_referral_never_pass_us(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    await site.away(extension, Diversion.NONE)
    await voice.caught_up()
    before = await seen_through(voice)
    with sipp(phone_answers(), tmp_path, calls=2, port=front.phone_port) as phone:
        for number in (extension, "+46850899999"):
            with sipp(caller(), tmp_path, to=front.sip, number=number) as call:
                await over(call)
            took_at_most(rang_after(call), AT_ONCE_SECONDS)
        await over(phone)
    ways = [via for each in phone.messages if each.kind == "INVITE" for via in each.header("Via")]
    assert len(ways) == 4  # The edge and the caller, twice.
    assert not any(voice.sip in each for each in ways)
    assert await site.calls(extension) == []
    assert await seen_through(voice) == before


# ── killed ──────────────────────────────────────────────────────────────────────────────────────


async def test_S_13_when_we_are_killed_a_new_call_reaches_the_phone_within_four_seconds(
    site: Site, front: Front, voice: Voice, extensions: Iterator[str], tmp_path: Path
) -> None:
    direct, ringing = next(extensions), next(extensions)
    for each, diversion in ((direct, Diversion.DIRECT), (ringing, Diversion.OPEN)):
        await site.employ(each, extension=each, phone=front.phone)
        await site.away(each, diversion)
    await front.is_told(direct, DIRECT)
    await front.is_told(ringing, OPEN)
    await voice.kill()
    took_at_most(rang_after(await rings(front, direct, tmp_path)), LONGEST_SECONDS)
    took_at_most(rang_after(await rings(front, ringing, tmp_path)), AT_ONCE_SECONDS)


async def test_S_13_when_we_are_killed_an_absence_ends_all_the_same(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    end = datetime.now(UTC) + timedelta(seconds=10)
    await site.away(extension, ends_in=end - datetime.now(UTC))
    await front.is_told(extension, DIRECT)
    await voice.kill()
    still = await front.told(extension)
    assert datetime.now(UTC) > end - timedelta(seconds=EDGE_MAY_BE_EARLY_SECONDS) or still == DIRECT
    await front.is_told(extension, None)
    assert datetime.now(UTC) > end - timedelta(seconds=EDGE_MAY_BE_EARLY_SECONDS)
    # Nobody is asked who might announce: that would cost a second.
    took_at_most(rang_after(await rings(front, extension, tmp_path)), AT_ONCE_SECONDS)


async def test_S_13_a_call_that_rings_when_we_are_killed_is_answered_as_if_nothing_were(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    await site.away(extension, Diversion.OPEN)
    await front.is_told(extension, OPEN)
    with (
        sipp(phone_answers(after=1), tmp_path, port=front.phone_port) as phone,
        sipp(caller(), tmp_path, to=front.sip, number=extension) as call,
    ):
        await asyncio.to_thread(call.until, "180")
        await voice.kill()
        await over(call, phone)


async def test_S_13_a_call_that_rings_when_we_are_killed_is_taken_up_again_when_nobody_announces_it(
    site: Site, front: Front, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension, phone=front.phone)
    await site.away(extension, Diversion.OPEN)
    await front.is_told(extension, OPEN)
    async with sip_peer((LOOPBACK, front.edge.sip_port), front.phone_port) as phone:
        with sipp(caller(), tmp_path, to=front.sip, number=extension) as call:
            first = await phone.expect("INVITE")
            phone.answer(first, "180 Ringing")
            await voice.kill()
            phone.answer(await phone.expect("CANCEL"), "200 OK")
            phone.answer(first, "487 Request Terminated")
            again = await phone.expect("INVITE")
            assert (again.start, again["call-id"]) == (first.start, first["call-id"])
            phone.answer(again, "200 OK", body=SDP.format(port=NO_PORT), extra={"Record-Route": again["record-route"]})
            phone.answer(await phone.expect("BYE"), "200 OK")
            await over(call)


# ── started again ───────────────────────────────────────────────────────────────────────────────


async def test_a_process_that_is_started_again_tells_all_that_holds_and_nothing_that_does_not(
    site: Site, front: Front, runs: Runs, extensions: Iterator[str], tmp_path: Path
) -> None:
    voice = await runs.alive()
    forgotten, removed, new = (next(extensions) for _ in range(3))
    for each in (forgotten, removed, new):
        await site.employ(each, extension=each, phone=front.phone)
    await site.away(forgotten)
    absence = await site.away(removed)
    for each in (forgotten, removed):
        await front.is_told(each, DIRECT)
    await voice.kill()
    front.edge.rpc("htable.delete", "ref", forgotten)
    await site.back(removed, absence)
    await site.away(new, Diversion.OPEN)
    await runs.alive()
    await front.is_told(forgotten, DIRECT)
    await front.is_told(removed, None)
    await front.is_told(new, OPEN)
    took_at_most(rang_after(await rings(front, removed, tmp_path)), AT_ONCE_SECONDS)
