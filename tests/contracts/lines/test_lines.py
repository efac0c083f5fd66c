"""Every source of line states keeps the contract: SIP dialog events, Asterisk, our own calls, and the tests' fake."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kalenderkoppling.domain.person import LineState, PersonId
from kalenderkoppling.ports.lines import Line, PersonLine
from kalenderkoppling.telephony.linestate import Asterisk, AsteriskRest, DialogEvents, Manners, address_at
from kalenderkoppling.usecases.calls.lines.own_lines import OwnLines
from kktest.ari import PASSWORD, USER, PretendAsterisk, pretend_asterisk
from kktest.dialog_exchange import DialogExchange, Row
from kktest.keeping import ACME
from kktest.lines import FakeLines, RunningClock, number_line
from kktest.lines_contract import SHORT, LineStatesContract, WatchedLinesContract, WatchedWorld, World

FREE, RINGING, IN_CALL, UNKNOWN = LineState.FREE, LineState.RINGING, LineState.IN_CALL, LineState.UNKNOWN
WATCHED = ("10231", "10232")


def moderate() -> float:
    return 0.5


class FakeWorld(WatchedWorld):
    quiet = FREE

    def __init__(self) -> None:
        self.clock = RunningClock()
        self.lines: FakeLines = FakeLines(self.clock, valid=SHORT)
        self.lines.watch(WATCHED)

    def line(self, name: str) -> Line:
        return number_line(name)

    async def set(self, name: str, state: LineState) -> None:
        self.lines.set(number_line(name), state)

    async def lose(self) -> None:
        self.lines.lose()

    async def restore(self) -> None:
        self.lines.restore()


class DialogWorld(WatchedWorld):
    quiet = FREE

    def __init__(self) -> None:
        self.clock = RunningClock()
        self.exchange = DialogExchange(longest=SHORT)
        manners = Manners(
            grace=timedelta(seconds=0.2),
            shortest_retry=timedelta(seconds=0.02),
            longest_retry=timedelta(seconds=0.1),
            refused_retry=timedelta(seconds=0.1),
            shortest_round=timedelta(seconds=0.05),
            per_second=1_000,
        )
        self.lines = DialogEvents(
            self.exchange, ACME, address_at("pbx.example.org"), self.clock, moderate, manners=manners
        )
        self.lines.watch(WATCHED)

    def line(self, name: str) -> Line:
        return number_line(name)

    async def set(self, name: str, state: LineState) -> None:
        rows: dict[LineState, tuple[Row, ...]] = {
            FREE: (),
            RINGING: (("call", "early", "recipient"),),
            IN_CALL: (("call", "confirmed", ""),),
        }
        self.exchange.set(f"sip:{name}@pbx.example.org", *rows[state])

    async def lose(self) -> None:
        self.exchange.forget()
        self.exchange.refuses_all = True

    async def restore(self) -> None:
        self.exchange.refuses_all = False


class AsteriskWorld(WatchedWorld):
    quiet = FREE

    def __init__(self, asterisk: PretendAsterisk) -> None:
        self.clock = RunningClock()
        self.asterisk = asterisk
        settings = Asterisk(
            url=asterisk.url,
            user=USER,
            password=PASSWORD,
            valid=SHORT,
            shortest_retry=timedelta(seconds=0.02),
            longest_retry=timedelta(seconds=0.1),
        )
        self.lines = AsteriskRest(settings, ACME, self.clock, moderate)
        self.lines.watch(WATCHED)

    def line(self, name: str) -> Line:
        return number_line(name)

    async def set(self, name: str, state: LineState) -> None:
        words = {FREE: "NOT_INUSE", RINGING: "RINGING", IN_CALL: "INUSE"}
        await self.asterisk.set(f"PJSIP/{name}", words[state])

    async def lose(self) -> None:
        self.asterisk.is_down = True
        await self.asterisk.drop()

    async def restore(self) -> None:
        self.asterisk.is_down = False


class OwnWorld(World):
    quiet = UNKNOWN

    def __init__(self) -> None:
        self.clock = RunningClock()
        self.lines: OwnLines = OwnLines(self.clock, valid=SHORT)
        self._states: dict[str, LineState] = {}

    def line(self, name: str) -> Line:
        return PersonLine(tenant=ACME, person=PersonId(name))

    async def set(self, name: str, state: LineState) -> None:
        person, before = PersonId(name), self._states.get(name, UNKNOWN)
        if state is UNKNOWN or (before is IN_CALL and state is RINGING):
            self.lines.ended(ACME, person)
            before = UNKNOWN
        if state is not UNKNOWN and before is UNKNOWN:
            self.lines.ringing(ACME, person)
        if state is IN_CALL:
            self.lines.in_call(ACME, person)
        self._states[name] = state


class TestFakeLines(WatchedLinesContract):
    @pytest.fixture
    def world(self) -> WatchedWorld:
        return FakeWorld()


class TestDialogEvents(WatchedLinesContract):
    @pytest.fixture
    def world(self) -> WatchedWorld:
        return DialogWorld()


class TestDialogEventsInParts(WatchedLinesContract):
    @pytest.fixture
    def world(self) -> WatchedWorld:
        world = DialogWorld()
        world.exchange.in_parts = True
        return world


class TestAsterisk(WatchedLinesContract):
    @pytest.fixture
    async def world(self) -> AsyncIterator[WatchedWorld]:
        async with pretend_asterisk() as asterisk:
            yield AsteriskWorld(asterisk)


class TestOwnLines(LineStatesContract):
    @pytest.fixture
    def world(self) -> World:
        return OwnWorld()
