"""Line states for tests: an exchange whose lines a test sets, and people who read what is told."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import Line, LineReport, LineStates, NumberLine
from kktest.keeping import ACME

PATIENCE_SECONDS = 10.0


def number_line(number: str = "10231") -> NumberLine:
    """A line of Acme's exchange."""
    return NumberLine(tenant=ACME, number=number)


class RunningClock:
    """The machine's time."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)


class LoopClock:
    """A clock that goes with the loop's time, also where that is virtual."""

    def now(self) -> datetime:
        """See the port."""
        return datetime(2027, 2, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass(slots=True)
class FakeLines:
    """A source of line states in memory; each reader has a queue of its own, from what is known when it begins.

    While it is lost, nothing is told but that. `fails` lets the next run end with that error.
    """

    clock: Clock
    valid: timedelta = timedelta(minutes=10)
    states: dict[Line, LineState] = field(default_factory=dict)
    watched: set[str] | None = None
    fails: list[Exception] = field(default_factory=list)
    runs: int = 0
    is_lost: bool = False
    _readers: list[asyncio.Queue[LineReport | None]] = field(default_factory=list)
    _broken: asyncio.Event = field(default_factory=asyncio.Event)

    def set(self, line: Line, state: LineState) -> None:
        """Let the exchange say something of a line."""
        self.states[line] = state
        if not self.is_lost and self._is_watched(line):
            self._tell(line, state)

    def lose(self) -> None:
        """Lose the connection."""
        self.is_lost = True
        for line in filter(self._is_watched, self.states):
            self._tell(line, LineState.UNKNOWN)

    def restore(self) -> None:
        """Have the connection back."""
        self.is_lost = False
        self.again()

    def again(self) -> None:
        """Tell everything once more, with a later end."""
        for line in filter(self._is_watched, self.states):
            self._tell(line, self.states[line])

    def break_off(self, error: Exception) -> None:
        """Let the run end with an error."""
        self.fails.append(error)
        self._broken.set()

    def watch(self, numbers: Iterable[str]) -> None:
        """See the port."""
        before = {line for line in self.states if self._is_watched(line)}
        self.watched = set(numbers)
        for line, state in self.states.items():
            if line in before and not self._is_watched(line):
                self._tell(line, LineState.UNKNOWN)
            elif line not in before and self._is_watched(line) and not self.is_lost:
                self._tell(line, state)

    async def reports(self) -> AsyncIterator[LineReport]:
        """See the port."""
        queue: asyncio.Queue[LineReport | None] = asyncio.Queue()
        if not self.is_lost:
            for line in filter(self._is_watched, self.states):
                queue.put_nowait(self._report(line, self.states[line]))
        self._readers.append(queue)
        try:
            while (report := await queue.get()) is not None:
                yield report
        finally:
            self._readers.remove(queue)

    async def run(self, stopping: asyncio.Event) -> None:
        """See the port."""
        self.runs += 1
        ends = [asyncio.ensure_future(each.wait()) for each in (stopping, self._broken)]
        try:
            while not (stopping.is_set() or self._broken.is_set()):
                if not self.is_lost:
                    self.again()
                half = self.valid.total_seconds() / 2
                await asyncio.wait(ends, timeout=half, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ends:
                each.cancel()
            self._broken.clear()
        if self.fails:
            raise self.fails.pop()
        for line in self.states:
            self._tell(line, LineState.UNKNOWN)
        for queue in self._readers:
            queue.put_nowait(None)

    def _tell(self, line: Line, state: LineState) -> None:
        for queue in self._readers:
            queue.put_nowait(self._report(line, state))

    def _report(self, line: Line, state: LineState) -> LineReport:
        now = self.clock.now()
        if state is LineState.UNKNOWN:
            return LineReport.unknown(line, now)
        return LineReport(line=line, state=state, valid_until=now + self.valid)

    def _is_watched(self, line: Line) -> bool:
        return self.watched is None or (isinstance(line, NumberLine) and line.number in self.watched)


@dataclass(slots=True)
class Heard:
    """What a reader has heard, in order, each with when it was."""

    clock: Clock
    reports: list[tuple[datetime, LineReport]] = field(default_factory=list)
    has_ended: bool = False

    async def read(self, lines: LineStates) -> None:
        """Read to the end."""
        async for report in lines.reports():
            self.reports.append((self.clock.now(), report))
        self.has_ended = True

    def of(self, line: Line) -> list[LineState]:
        """The states of a line, those told again left out."""
        states = [report.state for _, report in self.reports if report.line == line]
        return [state for number, state in enumerate(states) if number == 0 or states[number - 1] is not state]

    def last(self, line: Line) -> LineReport | None:
        """What was heard last of a line."""
        return next((report for _, report in reversed(self.reports) if report.line == line), None)

    def state(self, line: Line) -> LineState | None:
        """The state that was heard last of a line, None for a line that nothing was heard of."""
        last = self.last(line)
        return None if last is None else last.state


@asynccontextmanager
async def reading(lines: LineStates, clock: Clock) -> AsyncIterator[Heard]:
    """Run a source and read it; at the end both end by themselves."""
    heard = Heard(clock)
    stopping = asyncio.Event()
    running = asyncio.ensure_future(lines.run(stopping))
    reader = asyncio.ensure_future(heard.read(lines))
    try:
        yield heard
    finally:
        stopping.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(running, reader)
