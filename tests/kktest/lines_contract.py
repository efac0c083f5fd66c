"""What every source of line states keeps to: each kind's tests inherit a suite and give a fixture `world`."""

import asyncio
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import Line, LineStates, WatchedLines
from kktest.lines import Heard, reading
from kktest.waiting import settled, until

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL
SHORT = timedelta(seconds=1)
"""How long a state is believed in these worlds, so that a test sees it prolonged."""


class World(ABC):
    """A source under test, and the exchange behind it that a test moves."""

    clock: Clock
    lines: LineStates
    quiet: LineState
    """What a line is after its last call."""

    @abstractmethod
    def line(self, name: str) -> Line:
        """A line that is told of."""

    @abstractmethod
    async def set(self, name: str, state: LineState) -> None:
        """Let a phone ring, be in a call, or have none (`quiet`)."""


class WatchedWorld(World):
    """An exchange that is asked, and that may be lost."""

    lines: WatchedLines

    @abstractmethod
    async def lose(self) -> None:
        """Lose the exchange in a way that shows at once."""

    @abstractmethod
    async def restore(self) -> None:
        """Have it back."""


class LineStatesContract:
    """A source tells what it knows, in time; what it does not know it says is unknown."""

    async def test_a_phone_that_rings_is_answered_and_hung_up_is_told_so(self, world: World) -> None:
        line = world.line("10231")
        async with reading(world.lines, world.clock) as heard:
            for state in (RINGING, IN_CALL, world.quiet):
                await world.set("10231", state)
                await is_heard(heard, line, state)
            assert heard.of(line)[-3:] == [RINGING, IN_CALL, world.quiet]

    async def test_lines_are_told_apart(self, world: World) -> None:
        async with reading(world.lines, world.clock) as heard:
            await world.set("10231", IN_CALL)
            await world.set("10232", RINGING)
            await until(lambda: heard.state(world.line("10231")) is IN_CALL)
            await until(lambda: heard.state(world.line("10232")) is RINGING)

    async def test_a_state_is_believed_for_a_while_and_no_longer(self, world: World) -> None:
        async with reading(world.lines, world.clock) as heard:
            await world.set("10231", IN_CALL)
            await until(lambda: heard.state(world.line("10231")) is IN_CALL)
        known = [(at, report) for at, report in heard.reports if report.state is not UNKNOWN]
        assert known
        for at, report in known:
            assert at < report.valid_until <= at + timedelta(hours=1)
            assert report.valid_until.utcoffset() == timedelta()
        for at, report in heard.reports:
            assert report.state is not UNKNOWN or report.valid_until <= at

    async def test_a_state_that_lasts_is_told_again_before_its_time_has_passed(self, world: World) -> None:
        line = world.line("10231")
        async with reading(world.lines, world.clock) as heard:
            await world.set("10231", IN_CALL)
            await until(lambda: heard.state(line) is IN_CALL)
            first = heard.last(line)
            assert first is not None
            await until(lambda: no_gap(heard, line) > first.valid_until)
            assert heard.of(line)[-1] is IN_CALL
            assert UNKNOWN not in heard.of(line)[heard.of(line).index(IN_CALL) :]
            gaps_end = no_gap(heard, line)
        assert gaps_end > first.valid_until

    async def test_of_a_line_that_changes_while_nobody_reads_the_last_state_is_given(self, world: World) -> None:
        stopping = asyncio.Event()
        running = asyncio.ensure_future(world.lines.run(stopping))
        await settled()
        for state in (RINGING, IN_CALL, world.quiet, RINGING):
            await world.set("10231", state)
        await settled()
        heard = Heard(world.clock)
        reader = asyncio.ensure_future(heard.read(world.lines))
        await until(lambda: heard.state(world.line("10231")) is RINGING)
        assert heard.of(world.line("10231")) == [RINGING]
        stopping.set()
        await asyncio.wait_for(asyncio.gather(running, reader), 60)

    async def test_who_begins_to_read_after_another_hears_what_is_known(self, world: World) -> None:
        line, stopping = world.line("10231"), asyncio.Event()
        running = asyncio.ensure_future(world.lines.run(stopping))
        first, second = Heard(world.clock), Heard(world.clock)
        reader = asyncio.ensure_future(first.read(world.lines))
        await world.set("10231", IN_CALL)
        await until(lambda: first.state(line) is IN_CALL)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        reader = asyncio.ensure_future(second.read(world.lines))
        await until(lambda: second.state(line) is IN_CALL)
        stopping.set()
        await asyncio.wait_for(asyncio.gather(running, reader), 60)

    async def test_at_the_end_all_lines_are_unknown_and_the_reader_ends(self, world: World) -> None:
        names = ("10231", "10232")
        async with reading(world.lines, world.clock) as heard:
            for name in names:
                await world.set(name, IN_CALL)
                await is_heard(heard, world.line(name), IN_CALL)
        assert heard.has_ended
        assert [heard.state(world.line(name)) for name in names] == [UNKNOWN, UNKNOWN]

    async def test_it_may_run_again_after_its_end(self, world: World) -> None:
        async with reading(world.lines, world.clock):
            await settled()
        async with reading(world.lines, world.clock) as heard:
            await world.set("10231", IN_CALL)
            await until(lambda: heard.state(world.line("10231")) is IN_CALL)


class WatchedLinesContract(LineStatesContract):
    """A source that asks an exchange: what is lost is unknown at once, and told anew when it is back."""

    async def test_a_line_is_told_as_it_is_when_the_watching_begins(self, world: WatchedWorld) -> None:
        await world.set("10231", IN_CALL)
        await world.set("10232", FREE)
        async with reading(world.lines, world.clock) as heard:
            await until(lambda: heard.state(world.line("10231")) is IN_CALL)
            await until(lambda: heard.state(world.line("10232")) is FREE)

    async def test_F_25_lines_are_unknown_as_soon_as_the_exchange_is_lost(self, world: WatchedWorld) -> None:
        async with reading(world.lines, world.clock) as heard:
            await both_are(world, heard, IN_CALL)
            await world.lose()
            await until(lambda: heard.state(world.line("10231")) is UNKNOWN, 2)
            await until(lambda: heard.state(world.line("10232")) is UNKNOWN, 2)

    async def test_F_25_each_line_is_told_anew_when_the_exchange_is_back(self, world: WatchedWorld) -> None:
        async with reading(world.lines, world.clock) as heard:
            await both_are(world, heard, IN_CALL)
            await world.lose()
            await until(lambda: heard.state(world.line("10232")) is UNKNOWN)
            await world.set("10231", FREE)
            await world.restore()
            await until(lambda: heard.state(world.line("10231")) is FREE)
            await until(lambda: heard.state(world.line("10232")) is IN_CALL)

    async def test_a_line_that_is_watched_no_more_is_unknown_and_stays_so(self, world: WatchedWorld) -> None:
        async with reading(world.lines, world.clock) as heard:
            await both_are(world, heard, IN_CALL)
            world.lines.watch(["10232"])
            await until(lambda: heard.state(world.line("10231")) is UNKNOWN)
            await world.set("10231", RINGING)
            await world.set("10232", RINGING)
            await until(lambda: heard.state(world.line("10232")) is RINGING)
            await settled()
            assert heard.state(world.line("10231")) is UNKNOWN

    async def test_a_line_that_is_watched_from_now_on_is_told_as_it_is(self, world: WatchedWorld) -> None:
        await world.set("10233", IN_CALL)
        async with reading(world.lines, world.clock) as heard:
            await settled()
            assert heard.state(world.line("10233")) is None
            world.lines.watch(["10231", "10232", "10233"])
            await until(lambda: heard.state(world.line("10233")) is IN_CALL)

    async def test_a_line_may_be_left_and_watched_again(self, world: WatchedWorld) -> None:
        async with reading(world.lines, world.clock) as heard:
            await both_are(world, heard, RINGING)
            world.lines.watch([])
            await until(lambda: heard.state(world.line("10231")) is UNKNOWN)
            world.lines.watch(["10231"])
            await until(lambda: heard.state(world.line("10231")) is RINGING)

    @pytest.mark.parametrize("rounds", [3])
    async def test_F_25_an_exchange_that_comes_and_goes_ends_nothing(self, world: WatchedWorld, rounds: int) -> None:
        async with reading(world.lines, world.clock) as heard:
            for _ in range(rounds):
                await both_are(world, heard, IN_CALL)
                await world.lose()
                await until(lambda: heard.state(world.line("10231")) is UNKNOWN)
                await world.restore()
            await both_are(world, heard, IN_CALL)


async def is_heard(heard: Heard, line: Line, state: LineState) -> None:
    """Wait until a state is what was heard last of a line."""
    await until(lambda: heard.state(line) is state)


async def both_are(world: WatchedWorld, heard: Heard, state: LineState) -> None:
    """Bring both watched lines into a state that is heard."""
    for name in ("10231", "10232"):
        await world.set(name, state)
        await is_heard(heard, world.line(name), state)


def no_gap(heard: Heard, line: Line) -> datetime:
    """See that each report of a line came while the one before it was still believed; return the last end."""
    known = [(at, report) for at, report in heard.reports if report.line == line and report.state is IN_CALL]
    for (_, before), (at, _) in pairwise(known):
        assert at < before.valid_until
    return known[-1][1].valid_until
