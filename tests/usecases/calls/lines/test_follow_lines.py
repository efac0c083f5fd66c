"""Lines followed into the store: open pages are told once, storms are few transactions, outages lose nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from kalenderkoppling.domain.errors import NotFoundError, StoreUnavailableError
from kalenderkoppling.domain.mailbox import Change
from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.lines import LineReport, LineStates, NumberLine
from kalenderkoppling.ports.store import Store, Transaction
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.usecases.calls.lines import follow_lines
from kalenderkoppling.usecases.calls.lines.follow_lines import FollowLines
from kalenderkoppling.usecases.calls.lines.own_lines import OwnLines
from kalenderkoppling.usecases.calls.lines.report_line import report_line, report_lines
from kalenderkoppling.usecases.people.erase_person import erase_person
from kktest.house import CAROLINA, House, employee, move_in
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.lines import FakeLines, number_line
from kktest.make import NOON
from kktest.waiting import settled, turns, until

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL
DESK, MOBILE, BERTILS = number_line("10231"), number_line("0701740605"), number_line("10232")
WHOSE: Mapping[str, Sequence[PersonId]] = {"10231": [ANNA], "0701740605": [ANNA], "10232": [BERTIL]}
QUICK = timedelta(milliseconds=20)


def people_of(tenant: TenantId, number: str) -> Sequence[PersonId]:
    return WHOSE.get(number, [PersonId(number)] if number.startswith("p") else ())


@dataclass
class WatchedStore:
    """A store that counts transactions that write; a test says how many seconds each takes, and whether it is out."""

    store: Store
    takes: float = 0.0
    is_out: bool = False
    writes: list[TenantId] = field(default_factory=list)
    refused: int = 0

    def read(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """See the port."""
        return self.store.read(tenant)

    def write(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """See the port."""
        if self.is_out:
            self.refused += 1
            raise StoreUnavailableError
        self.writes.append(tenant)
        time.sleep(self.takes)
        return self.store.write(tenant)

    def tenants(self) -> Sequence[TenantId]:
        """See the port."""
        return self.store.tenants()

    def add_tenant(self, tenant: TenantId) -> None:
        """See the port."""
        self.store.add_tenant(tenant)

    def scrub(self) -> None:
        """See the port."""
        self.store.scrub()


@dataclass
class Followed:
    """A follower that runs, the source that it follows, and its store."""

    house: House
    store: WatchedStore
    lines: FakeLines
    own: OwnLines
    follow: FollowLines
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self, person: PersonId = ANNA, tenant: TenantId = ACME) -> LineState:
        """What open pages see now."""
        with self.house.store.read(tenant) as tx:
            return tx.lines.states([person], self.house.clock.now()).get(person, UNKNOWN)

    async def shows(self, state: LineState) -> None:
        """Wait until open pages see a state of Anna's."""
        await until(lambda: self.state() is state)

    def holds_after(self, minutes: float, person: PersonId = ANNA) -> LineState:
        """What is seen after a while in which nobody writes."""
        with self.house.store.read(ACME) as tx:
            later = self.house.clock.now() + timedelta(minutes=minutes)
            return tx.lines.states([person], later).get(person, UNKNOWN)


@asynccontextmanager
async def following(house: House, *more: LineStates) -> AsyncIterator[Followed]:
    store = WatchedStore(house.store)
    lines, own = FakeLines(house.clock), OwnLines(house.clock)
    core = replace(house.core, store=store)
    follow = FollowLines(core, [lines, own, *more], people_of, pause=QUICK, try_again=QUICK, begin_again=QUICK)
    followed = Followed(house, store, lines, own, follow)
    running = asyncio.ensure_future(follow.run(followed.stopping))
    await until(lambda: lines.runs)
    try:
        yield followed
    finally:
        followed.stopping.set()
        await asyncio.wait_for(running, 60)


@pytest.fixture
async def followed(house: House) -> AsyncIterator[Followed]:
    async with following(house) as opened:
        yield opened


async def test_what_the_exchange_says_of_a_number_is_its_person_s_state(followed: Followed) -> None:
    for state in (RINGING, IN_CALL, FREE):
        followed.lines.set(DESK, state)
        await followed.shows(state)
        assert followed.state(BERTIL) is UNKNOWN


async def test_open_pages_are_told_at_once_and_through_the_feed(followed: Followed) -> None:
    place = followed.house.latest_change()
    async with followed.house.bus.subscribe(ACME) as changes:
        followed.lines.set(DESK, IN_CALL)
        assert await asyncio.wait_for(anext(changes), 60) == Change(tenant=ACME, person=ANNA)
    assert followed.house.told_since(place) == [ANNA]
    assert followed.state() is IN_CALL


async def test_a_state_that_only_lasts_is_prolonged_and_told_to_nobody(followed: Followed) -> None:
    followed.lines.set(DESK, IN_CALL)
    await followed.shows(IN_CALL)
    place = followed.house.latest_change()
    for _ in range(3):
        followed.house.clock.forward(timedelta(minutes=8))
        followed.lines.again()
        await until(lambda: followed.holds_after(9) is IN_CALL)
    assert followed.house.told_since(place) == []
    assert followed.holds_after(11) is UNKNOWN


async def test_a_state_whose_time_has_passed_is_unknown_and_open_pages_are_told(followed: Followed) -> None:
    followed.lines.set(DESK, IN_CALL)
    await followed.shows(IN_CALL)
    place = followed.house.latest_change()
    followed.house.clock.forward(timedelta(minutes=10))
    assert followed.state() is UNKNOWN
    await until(lambda: followed.house.told_since(place) == [ANNA])
    await settled()
    assert followed.house.told_since(place) == [ANNA]
    followed.lines.again()
    await followed.shows(IN_CALL)
    assert followed.house.told_since(place) == [ANNA, ANNA]


async def test_F_25_a_lost_exchange_makes_lines_unknown_and_open_pages_are_told(followed: Followed) -> None:
    followed.lines.set(DESK, IN_CALL)
    followed.lines.set(BERTILS, FREE)
    await until(lambda: (followed.state(), followed.state(BERTIL)) == (IN_CALL, FREE))
    place = followed.house.latest_change()
    followed.lines.lose()
    await until(lambda: (followed.state(), followed.state(BERTIL)) == (UNKNOWN, UNKNOWN))
    assert sorted(followed.house.told_since(place)) == [ANNA, BERTIL]


async def test_a_person_is_in_a_call_while_one_of_several_phones_is(followed: Followed) -> None:
    followed.lines.set(DESK, FREE)
    followed.lines.set(MOBILE, IN_CALL)
    await followed.shows(IN_CALL)
    followed.lines.set(MOBILE, FREE)
    await followed.shows(FREE)


async def test_a_call_through_us_is_seen_while_it_lasts_and_after_it_what_the_exchange_says(followed: Followed) -> None:
    followed.lines.set(DESK, FREE)
    await followed.shows(FREE)
    followed.own.ringing(ACME, ANNA)
    await followed.shows(RINGING)
    followed.own.in_call(ACME, ANNA)
    await followed.shows(IN_CALL)
    followed.own.ended(ACME, ANNA)
    await followed.shows(FREE)


async def test_after_a_call_through_us_a_line_that_nobody_else_watches_is_unknown(followed: Followed) -> None:
    followed.own.ringing(ACME, CAROLINA)
    followed.own.in_call(ACME, CAROLINA)
    await until(lambda: followed.state(CAROLINA) is IN_CALL)
    assert followed.holds_after(1.9, CAROLINA) is IN_CALL
    assert followed.holds_after(2.1, CAROLINA) is UNKNOWN
    followed.own.ended(ACME, CAROLINA)
    await until(lambda: followed.state(CAROLINA) is UNKNOWN)


async def test_a_storm_of_a_thousand_reports_is_few_transactions(followed: Followed) -> None:
    people = [f"p{number}" for number in range(1_000)]
    move_in(followed.house, [employee(each, mailbox="") for each in people])
    before = len(followed.store.writes)
    for state in (RINGING, IN_CALL):
        for each in people:
            followed.lines.set(number_line(each), state)
    await until(lambda: all(followed.state(PersonId(each)) is IN_CALL for each in (people[0], people[-1])))
    assert len(followed.store.writes) - before <= 8


@pytest.mark.parametrize("takes", [0.0, 0.03], ids=["quick store", "slow store"])
async def test_reports_that_come_one_by_one_are_written_a_few_times_a_second(house: House, takes: float) -> None:
    store = WatchedStore(house.store, takes=takes)
    lines = FakeLines(house.clock)
    follow = FollowLines(replace(house.core, store=store), [lines], people_of)
    stopping = asyncio.Event()
    running = asyncio.ensure_future(follow.run(stopping))
    await until(lambda: lines.runs)
    began = asyncio.get_running_loop().time()
    for number in range(100):
        lines.set(DESK, IN_CALL if number % 2 else RINGING)
        await settled(0.01)
    lasted = asyncio.get_running_loop().time() - began
    assert 1 <= len(store.writes) <= lasted / 0.2 + 2
    stopping.set()
    await asyncio.wait_for(running, 60)


async def test_F_22_while_the_store_is_out_the_last_of_each_line_is_kept_and_then_written(followed: Followed) -> None:
    followed.lines.set(DESK, IN_CALL)
    await followed.shows(IN_CALL)
    followed.store.is_out = True
    followed.lines.set(DESK, FREE)
    followed.lines.set(BERTILS, RINGING)
    await until(lambda: followed.store.refused >= 3)
    followed.lines.set(BERTILS, IN_CALL)
    assert followed.state() is IN_CALL
    followed.store.is_out = False
    await until(lambda: (followed.state(), followed.state(BERTIL)) == (FREE, IN_CALL))


async def test_S_14_an_outage_with_many_reports_takes_no_more_room_than_there_are_lines(followed: Followed) -> None:
    followed.store.is_out = True
    for number in range(2_000):
        followed.lines.set(DESK, IN_CALL if number % 2 else RINGING)
        if number % 100 == 0:
            await turns(1)
    await until(lambda: followed.store.refused > 2)
    assert len(followed.follow) == 1
    assert len(followed.follow._lines._changed) <= 1
    followed.store.is_out = False
    await followed.shows(IN_CALL)


async def test_S_7_a_tenant_whose_lines_cannot_be_written_keeps_no_other_waiting(house: House) -> None:
    @dataclass
    class HalfOut(WatchedStore):
        def write(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
            if tenant == OTHER:
                raise StoreUnavailableError
            return super().write(tenant)

    lines = FakeLines(house.clock)
    follow = FollowLines(replace(house.core, store=HalfOut(house.store)), [lines], people_of, pause=QUICK)
    stopping = asyncio.Event()
    running = asyncio.ensure_future(follow.run(stopping))
    await until(lambda: lines.runs)
    lines.set(NumberLine(tenant=OTHER, number="10232"), IN_CALL)
    lines.set(DESK, IN_CALL)
    with house.store.read(ACME) as tx:
        assert tx.lines.states([ANNA], NOON) == {}
    await until(lambda: states_of(house) == {ANNA: IN_CALL})
    stopping.set()
    await asyncio.wait_for(running, 60)


def states_of(house: House) -> Mapping[PersonId, LineState]:
    with house.store.read(ACME) as tx:
        return tx.lines.states([ANNA, BERTIL], house.clock.now())


async def test_tenants_are_written_apart(house: House) -> None:
    house.store.add_tenant(OTHER)
    move_in(house, [employee("anna", mailbox="")], OTHER)
    async with following(house) as followed:
        followed.lines.set(DESK, IN_CALL)
        followed.lines.set(NumberLine(tenant=OTHER, number="10231"), RINGING)
        await until(lambda: (followed.state(), followed.state(ANNA, OTHER)) == (IN_CALL, RINGING))


async def test_S_12_of_somebody_who_was_erased_nothing_is_written_and_others_are(followed: Followed) -> None:
    await erase_person(followed.house.core, ACME, "admin", ANNA)
    place = followed.house.latest_change()
    followed.lines.set(DESK, IN_CALL)
    followed.lines.set(BERTILS, IN_CALL)
    await until(lambda: followed.state(BERTIL) is IN_CALL)
    assert followed.state() is UNKNOWN
    assert followed.house.told_since(place) == [BERTIL]


async def test_a_number_that_gets_another_person_is_that_one_s(house: House) -> None:
    whose = {"10231": [ANNA]}
    lines = FakeLines(house.clock)
    follow = FollowLines(house.core, [lines], lambda _, number: whose.get(number, ()), pause=QUICK)
    stopping = asyncio.Event()
    running = asyncio.ensure_future(follow.run(stopping))
    lines.set(DESK, IN_CALL)
    await until(lambda: states_of(house) == {ANNA: IN_CALL})
    whose["10231"] = [BERTIL]
    follow.directory_changed()
    await until(lambda: states_of(house) == {BERTIL: IN_CALL})
    stopping.set()
    await asyncio.wait_for(running, 60)


async def test_at_the_end_everybody_is_unknown_and_open_pages_are_told(house: House) -> None:
    async with following(house) as followed:
        followed.lines.set(DESK, IN_CALL)
        followed.own.ringing(ACME, BERTIL)
        await until(lambda: (followed.state(), followed.state(BERTIL)) == (IN_CALL, RINGING))
        place = house.latest_change()
    assert (followed.state(), followed.state(BERTIL)) == (UNKNOWN, UNKNOWN)
    assert sorted(house.told_since(place)) == [ANNA, BERTIL]


async def test_the_end_does_not_wait_for_a_store_that_is_out(house: House) -> None:
    async with following(house) as followed:
        followed.lines.set(DESK, IN_CALL)
        await followed.shows(IN_CALL)
        followed.store.is_out = True


async def test_it_ends_without_sources_too(house: House) -> None:
    stopping = asyncio.Event()
    running = asyncio.ensure_future(FollowLines(house.core, [], people_of).run(stopping))
    await settled()
    assert not running.done()
    stopping.set()
    await asyncio.wait_for(running, 60)


@dataclass
class Deaf:
    """A source that runs without end, and never tells anything; its reading breaks."""

    runs: int = 0

    async def reports(self) -> AsyncIterator[LineReport]:
        """See the port."""
        if self.runs < 1_000:
            raise ValueError("secret number")
        yield LineReport.unknown(DESK, NOON)

    async def run(self, stopping: asyncio.Event) -> None:
        """See the port."""
        self.runs += 1
        await stopping.wait()


@pytest.mark.usefixtures("quick_ends")
async def test_F_25_a_source_that_fails_is_unknown_and_begins_again_and_others_go_on(house: House) -> None:
    deaf = Deaf()
    with capture_logs() as logs:
        async with following(house, deaf) as followed:
            followed.lines.set(DESK, IN_CALL)
            followed.own.ringing(ACME, BERTIL)
            await until(lambda: (followed.state(), followed.state(BERTIL)) == (IN_CALL, RINGING))
            followed.lines.is_lost = True
            followed.lines.break_off(RuntimeError("secret number"))
            await followed.shows(UNKNOWN)
            assert followed.state(BERTIL) is RINGING
            followed.lines.restore()
            await followed.shows(IN_CALL)
            assert followed.lines.runs >= 2
            await until(lambda: deaf.runs >= 2)
    assert {"RuntimeError", "ValueError"} <= {log.get("error") for log in logs}
    assert "secret" not in str(logs)


@pytest.fixture
def quick_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_lines, "_ENDS_WITHIN", 0.05)


async def test_one_line_may_be_set_by_hand(house: House) -> None:
    place = house.latest_change()
    await report_line(house.core, ACME, ANNA, IN_CALL, NOON + timedelta(minutes=1))
    await report_line(house.core, ACME, ANNA, IN_CALL, NOON + timedelta(minutes=2))
    assert states_of(house) == {ANNA: IN_CALL}
    assert house.told_since(place) == [ANNA]
    with pytest.raises(NotFoundError):
        await report_line(house.core, ACME, PersonId("gone"), FREE, NOON + timedelta(minutes=1))


async def test_a_state_that_others_have_seen_pass_is_told_again(house: House) -> None:
    await report_lines(house.core, ACME, {ANNA: LineRow(state=IN_CALL, valid_until=NOON + timedelta(minutes=1))})
    place = house.latest_change()
    house.clock.forward(timedelta(minutes=5))
    await report_lines(house.core, ACME, {ANNA: LineRow(state=IN_CALL, valid_until=NOON + timedelta(minutes=9))})
    assert house.told_since(place) == [ANNA]


async def test_a_line_that_was_never_known_and_is_unknown_is_told_to_nobody(house: House) -> None:
    place = house.latest_change()
    await report_lines(house.core, ACME, {ANNA: LineRow(state=UNKNOWN, valid_until=NOON)})
    assert house.told_since(place) == []
