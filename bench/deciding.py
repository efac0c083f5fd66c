"""Measure 8: what a call meets, decided from memory for a hundred thousand numbers; run in a fresh process."""

from __future__ import annotations

import asyncio
import gc
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import TypeAlias

from bench import pages
from bench.company import TENANT, LookMeter, copied, opened
from bench.figures import Goal, Section, Taken, milliseconds, percentile, shown
from bench.machine import resident_megabytes
from bench.product import process
from bench.sizes import Sizes
from kalenderkoppling.absences.call import Ring, decide_call
from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import Person
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, Rule
from kalenderkoppling.store.instants import to_micros
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.calls.index.follow_feed import FeedFollower
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan

WANTED_SECONDS = 0.001
_FIRST_EXTENSION, _FIRST_MOBILE = 100_000, 1_000_000
_IN_A_ROW = 10
_PATIENCE_SECONDS = 600
_PLAN = NumberPlan(country="SE", direct_dial=("+468508",))
_DIVERTING = Layer(
    kind=LayerKind.TENANT,
    rules={
        ShowAs.BUSY: Rule(reason=MEETING, diversion=Diversion.OPEN),
        ShowAs.OUT_OF_OFFICE: Rule(reason=OUT_OF_OFFICE, diversion=Diversion.DIRECT),
    },
)


_Round: TypeAlias = list[tuple[float, float]]
"""Seconds that each decision took, by the clock and of CPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """Rounds of decisions; the time to read the index, and resident megabytes before and after."""

    ours: list[_Round]
    again: list[_Round]
    limit: list[_Round]
    meanwhile: list[_Round]
    diverted: int
    people: int
    absences: int
    load_seconds: float
    bare: float
    loaded: float


def measure(sizes: Sizes, template: Path, people: Sequence[Person]) -> Section:
    """Give everybody two numbers and a mailbox that was just looked at; decide calls in a process of its own."""
    file = copied(template, "deciding.db")
    _prepare(file, people)
    with process(_run, sizes, file) as pipe:
        if not pipe.poll(_PATIENCE_SECONDS):
            raise TimeoutError("the measure of deciding did not end")
        decided: _Decided = pipe.recv()
    return _section(decided)


def _prepare(file: Path, people: Sequence[Person]) -> None:
    with opened(file) as core, core.store.write(TENANT) as tx:
        tx.rules.put_layer(ScopedLayer(layer=_DIVERTING))
        tx.people.put(
            replace(each, extension=str(_FIRST_EXTENSION + number), mobile=f"070-{_FIRST_MOBILE + number}")
            for number, each in enumerate(people)
        )
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE mailbox SET last_good_look = ?", (to_micros(pages.NOW),))


def _run(sizes: Sizes, file: Path, pipe: Pipe) -> None:
    with opened(file) as core:
        pipe.send(asyncio.run(_decide(core, sizes)))


async def _decide(core: Core, sizes: Sizes) -> _Decided:
    index = CallIndex()
    follower = FeedFollower(core, index, lambda _: _PLAN, [TENANT])
    answers = AnswerCall(core, index, lambda _: _PLAN, follower.is_current, LookMeter())
    bare, began = resident_megabytes(), time.perf_counter()
    while await follower.poll(TENANT):
        pass
    load_seconds = time.perf_counter() - began
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 100_000)
    loaded = resident_megabytes()
    decided = _Decided(
        ours=[],
        again=[],
        limit=[],
        meanwhile=[await _meanwhile(core, follower, answers, list(_written(len(index), _IN_A_ROW, 0))[:-1])],
        diverted=0,
        people=len(index),
        absences=sum(len(each.absences) for each in index),
        load_seconds=load_seconds,
        bare=bare,
        loaded=loaded,
    )
    diverted = 0
    for number in range(1, sizes.rounds + 1):
        called = list(_written(len(index), sizes.decisions, number))
        seconds, diverted = await _timed(answers, called)
        decided.ours.append(seconds)
        decided.again.append((await _timed(answers, called))[0])
        decided.limit.append(_limit(index, core, called))
    return replace(decided, diverted=diverted)


async def _meanwhile(core: Core, follower: FeedFollower, answers: AnswerCall, called: Sequence[str]) -> _Round:
    """Decide calls while the index is rebuilt."""
    with core.store.write(TENANT) as tx:
        tx.changes.add([EVERYBODY], core.clock.now())
    reading = asyncio.ensure_future(_read_everybody(follower))
    found: _Round = []
    while not reading.done():
        found += (await _timed(answers, called))[0]
        await asyncio.sleep(0.001)
    return found


def _written(people: int, count: int, seed: int) -> Iterator[str]:
    """Make up numbers that are called: extensions, full numbers of the range, mobiles, URIs; one in ten is nobody's."""
    chance = random.Random(seed)
    for number in range(count):
        person = chance.randrange(people)
        extension, mobile = _FIRST_EXTENSION + person, _FIRST_MOBILE + person
        match number % 10:
            case 0 | 1 | 2:
                yield str(extension)
            case 3 | 4:
                yield f"sip:{extension}@192.0.2.10;user=phone"
            case 5 | 6:
                yield f"+468508{extension}"
            case 7:
                yield f"0046 (0)70-{mobile}"
            case 8:
                yield f"070{mobile}"
            case _:
                yield f"031-{mobile % 900_000 + 100_000}"


async def _timed(answers: AnswerCall, called: Sequence[str]) -> tuple[_Round, int]:
    """Return the time of each decision, and how many calls were diverted."""
    found, diverted = [], 0
    for number in called:
        began, worked = time.perf_counter(), time.thread_time()
        decision = await answers.decide(TENANT, (number,))
        found.append((time.perf_counter() - began, time.thread_time() - worked))
        diverted += not isinstance(decision.treatment, Ring)
    return found, diverted


async def _read_everybody(follower: FeedFollower) -> None:
    while await follower.poll(TENANT):
        pass


def _limit(index: CallIndex, core: Core, called: Sequence[str]) -> _Round:
    """The limit: a dictionary lookup by the number as written, and the pure decision."""
    now = core.clock.now()
    by_number = {key: each for each in index for key in each.numbers}
    terms = {each.person: each.terms(now) for each in index}
    written = {number: next(iter(_PLAN.candidates(number)), "") for number in called}
    found = []
    for number in called:
        key = written[number]
        began, worked = time.perf_counter(), time.thread_time()
        callee = by_number.get(key)
        if callee is not None:
            decide_call(callee.absences, now, terms[callee.person])
        found.append((time.perf_counter() - began, time.thread_time() - worked))
    return found


def _section(decided: _Decided) -> Section:
    numbers = 2 * decided.people
    section = Section(
        title="What a call meets",
        text=(
            f"{len(decided.ours[0]):,} calls in many written forms to {decided.people:,} people with {numbers:,} "
            f"numbers, one in ten to nobody; {decided.diverted:,} are diverted. Meetings divert calls here, so "
            f"{decided.absences:,} absences are held. A decision reads the number, finds the person, decides, and says "
            "until when it holds; nothing is asked of the store. The limit looks a number that was read before up in a "
            "dictionary and decides, no more. The last row is taken while everybody is read anew in a thread of the "
            "same process, as after a change of the rules: what it tells is how long Python's lock is held. All are "
            "medians of rounds; CPU is what the deciding thread took itself, on a machine that others use too."
        ),
        header=("", "p50", "p99", "worst", "p99 of CPU"),
        rows=[
            _row("a number in a form that was not seen before", decided.ours),
            _row("the same numbers again", decided.again),
            _row("the limit: dictionary and decision", decided.limit),
            _row("while everybody is read anew", decided.meanwhile),
        ],
        after=(
            f"Reading everybody took {shown(decided.load_seconds)} s and "
            f"{decided.loaded - decided.bare:.0f} MB ({decided.bare:.0f} MB before)."
        ),
    )
    p50, p99 = (_clock(decided.ours, share).median for share in (0.5, 0.99))
    section.goals.append(
        Goal(
            what=f"deciding a call, p99 at {numbers:,} numbers",
            wanted=f"< {milliseconds(WANTED_SECONDS)}",
            reached=f"{milliseconds(p99)} (p50 {milliseconds(p50)})",
            met=p99 < WANTED_SECONDS,
        )
    )
    return section


def _row(name: str, rounds: Sequence[_Round]) -> Sequence[str]:
    by_clock = (milliseconds(_clock(rounds, share).median) for share in (0.5, 0.99, 1.0))
    cpu = Taken(tuple(percentile([each for _, each in one], 0.99) for one in rounds))
    return (name, *by_clock, milliseconds(cpu.median))


def _clock(rounds: Sequence[_Round], share: float) -> Taken:
    return Taken(tuple(percentile([each for each, _ in one], share) for one in rounds))
