"""Measure 9: call set-up by the installed voice process, beside a Kamailio, and the growth of its memory."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.callers import TALK_SECONDS, Answered, place, who_is_sent_on, who_listens
from bench.company import opened
from bench.figures import Goal, Section, milliseconds
from bench.machine import processor_seconds, resident_megabytes
from bench.redirecting import redirecting_kamailio
from bench.sizes import Sizes
from kktest.ports import spare_ports
from kktest.voice import Site, Voice, open_site

WANTED_RATE, WANTED_P99_SECONDS = 100, 0.050
SURE_RATE = 250
WANTED_GROWTH_PERCENT = 5.0

_AWAY, _PRESENT = "2001", "2002"
_PHONE = "192.0.2.10"
_RTP_PORTS = 2_000
_LOOKS = 20
_REST_SHARE, _REST_SECONDS = 0.15, 0.5
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Resident megabytes of the voice process and its media process."""

    voice: float
    sound: float


@dataclass(slots=True, kw_only=True)
class _Taken:
    """What was measured; `looks` at memory were taken while calls came at the higher rate, one after another."""

    announced: list[Answered] = field(default_factory=list)
    sent_on: list[Answered] = field(default_factory=list)
    peer: list[Answered] = field(default_factory=list)
    first: _Held = _Held(voice=0, sound=0)
    looks: list[_Held] = field(default_factory=list)
    calls_held: int = 0
    work_seconds: float = 0.0


async def measure(sizes: Sizes, folder: Path) -> Section:
    """Call somebody who is away and somebody who is in; then the same with Kamailio."""
    lies = folder / "calls"
    lies.mkdir()
    file, taken = lies / "kk.db", _Taken()
    with opened(file):
        pass
    async with open_site(lies, f"sqlite:///{file}") as site:
        await site.employ("anna", extension=_AWAY)
        await site.away("anna", ends_in=timedelta(hours=12))
        await site.employ("bertil", extension=_PRESENT, phone=_PHONE)
        async with site.started(_settings(site)) as voice:
            await voice.ready(_AWAY)
            await _call(sizes, voice, lies, taken)
            for each in sizes.sent_on:
                await _at_rest(voice)
                taken.sent_on.append(await _send_on(voice.sip, lies, *each))
    with redirecting_kamailio(_PRESENT, f"sip:{_PRESENT}@{_PHONE}") as peer:
        taken.peer = [await _send_on(peer, lies, *each) for each in sizes.sent_on]
    return _section(sizes, taken)


def _settings(site: Site) -> Path:
    """Write settings that redirect calls where possible, with ports enough for a stall of some seconds."""
    file, first = site.write_settings(exchange="redirects = true"), spare_ports(_RTP_PORTS)
    ports = f"rtp_ports = [{first}, {first + _RTP_PORTS - 1}]"
    file.write_text(re.sub(r"(?m)^rtp_ports = .*$", ports, file.read_text(encoding="utf-8")), encoding="utf-8")
    return file


async def _call(sizes: Sizes, voice: Voice, folder: Path, taken: _Taken) -> None:
    """Place announced calls: a warm-up first, then each rate."""
    scenario = who_listens()
    await place(scenario, folder, to=voice.sip, number=_AWAY, calls=sizes.first_calls, rate=WANTED_RATE)
    taken.first = _held(voice)
    for rate, calls in sizes.calls:
        await _at_rest(voice)
        worked, looks = processor_seconds(voice.process.pid), list[_Held]()
        looking = asyncio.create_task(_look_on(voice, looks, calls / rate / _LOOKS))
        taken.announced.append(await place(scenario, folder, to=voice.sip, number=_AWAY, calls=calls, rate=rate))
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        if rate == SURE_RATE:
            taken.looks, taken.calls_held = [*looks, _held(voice)], calls
            taken.work_seconds = (processor_seconds(voice.process.pid) - worked) / calls


async def _at_rest(voice: Voice) -> None:
    """Wait until the process has finished its backlog, so that no rate is affected by the one before."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        share = 1.0
        while share > _REST_SHARE:
            worked, began = processor_seconds(voice.process.pid), time.perf_counter()
            await asyncio.sleep(_REST_SECONDS)
            share = (processor_seconds(voice.process.pid) - worked) / (time.perf_counter() - began)


async def _send_on(to: str, folder: Path, rate: int, calls: int) -> Answered:
    return await place(who_is_sent_on(), folder, to=to, number=_PRESENT, calls=calls, rate=rate)


async def _look_on(voice: Voice, looks: list[_Held], pause_seconds: float) -> None:
    while True:
        await asyncio.sleep(pause_seconds)
        looks.append(_held(voice))


def _held(voice: Voice) -> _Held:
    return _Held(
        voice=resident_megabytes(voice.process.pid),
        sound=sum(map(resident_megabytes, voice.children())),
    )


def _section(sizes: Sizes, taken: _Taken) -> Section:
    return Section(
        title="Calls set up",
        text=(
            "sipp places calls over UDP, at a rate that does not wait for answers, to `kalenderkoppling voice` as it "
            "is installed, with its child process for sound and its history of calls on disk. Who is called is away: "
            f"the caller hears the announcement for {milliseconds(TALK_SECONDS)} and hangs up. Times are from INVITE "
            "to 200, as sipp counts them by a clock that goes in steps of some milliseconds, rounded up (from 100 ms "
            "on to ten, from 1 s on to a hundred). Each rate begins when the process has done what the one before "
            "left. In the same run calls are sent on with 302 instead, and by Debian's Kamailio too, which looks the "
            "number up in a table and keeps nothing of a call: what is least. For a stack in Python its makers name "
            "150 to 400 set-ups a second (sippy, whose stack ours is). Caller, process and child share the cores."
        ),
        header=("", "rate", "calls", "failed", "sent again", "p50", "p99", "worst"),
        rows=[
            *(each.row("announced by us: INVITE to 200") for each in taken.announced),
            *(each.row("sent on by us: INVITE to 302") for each in taken.sent_on),
            *(each.row("sent on by Kamailio: INVITE to 302") for each in taken.peer),
        ],
        goals=[*_goals_of_times(taken.announced), _goal_of_memory(taken)],
        after=_of_memory(sizes, taken),
    )


def _goals_of_times(announced: Sequence[Answered]) -> Iterator[Goal]:
    for each in announced:
        if each.rate > SURE_RATE:
            continue
        is_timed, p99 = each.rate == WANTED_RATE, each.within(0.99)
        yield Goal(
            what=f"calls announced at {each.rate}/s",
            wanted=("0 failed" + (f", p99 < {milliseconds(WANTED_P99_SECONDS)}" if is_timed else "")),
            reached=f"{each.failed:,} of {each.calls:,} failed, p99 {milliseconds(p99)}",
            met=not each.failed and (p99 < WANTED_P99_SECONDS or not is_timed),
        )


def _goal_of_memory(taken: _Taken) -> Goal:
    half, end = _halves(taken)
    grown = 100 * (end.voice / half.voice - 1)
    return Goal(
        what=f"memory of the voice process, call {taken.calls_held // 2:,} to {taken.calls_held:,} at {SURE_RATE}/s",
        wanted=f"grows by < {WANTED_GROWTH_PERCENT:.0f} %",
        reached=f"{grown:+.1f} % ({half.voice:.0f} to {end.voice:.0f} MB)",
        met=grown < WANTED_GROWTH_PERCENT,
    )


def _of_memory(sizes: Sizes, taken: _Taken) -> str:
    half, end = _halves(taken)
    return (
        f"The voice process held {taken.first.voice:.0f} MB after the first {sizes.first_calls:,} calls at "
        f"{WANTED_RATE}/s. Of the {taken.calls_held:,} at {SURE_RATE}/s it held {half.voice:.0f} MB after half and "
        f"{end.voice:.0f} MB after all; its child {taken.first.sound:.0f}, {half.sound:.0f} and {end.sound:.0f} MB. "
        "What is over is kept for 32 s, as SIP wants it (RFC 3261, section 17), so that memory grows with the rate, "
        f"until that time is over: growth is judged from half to all. Each call took {milliseconds(taken.work_seconds)}"
        " of a core, the child left out."
    )


def _halves(taken: _Taken) -> tuple[_Held, _Held]:
    return taken.looks[len(taken.looks) // 2 - 1], taken.looks[-1]
