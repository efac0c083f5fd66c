"""What an edge is told: never more than holds, everything that holds, and nothing twice for nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce, Treatment
from kalenderkoppling.domain.absence import Absence, Diversion
from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.edge import EdgeReferral
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.edge import push_to_edge
from kalenderkoppling.usecases.calls.edge.push_to_edge import (
    ASKED_EVERY,
    LOOKED_AT_ONCE,
    REFILL,
    SHORTEST,
    TOLD_AT_ONCE,
    EdgePush,
)
from kktest.callees import callee
from kktest.draw import FEWER, absences
from kktest.edge import FakeEdge
from kktest.house import CountingMeter
from kktest.keeping import OTHER
from kktest.make import NOON, absence, around, at
from kktest.waiting import DEADLINE_SECONDS, settled, turns, until

DIRECT, OPEN = Diversion.DIRECT, Diversion.OPEN
AT_LUNCH = absence("11:30", "13:00", DIRECT)
FULL = "+46850812345"


@dataclass(slots=True)
class Scene:
    """An edge that is kept told, and the clock of both."""

    direct_dial: Sequence[str] = ()
    edge: FakeEdge = field(default_factory=FakeEdge)
    meter: CountingMeter = field(default_factory=CountingMeter)
    push: EdgePush = field(init=False)

    def __post_init__(self) -> None:
        self.push = EdgePush(self.edge, self.edge.clock, self.meter, self.direct_dial)

    @property
    def now(self) -> datetime:
        return self.edge.clock.now()

    async def settle(self) -> datetime:
        """Have every turn that is due; return when the next one is."""
        while (again_at := await self.push.turn()) <= self.now:
            pass
        return again_at

    async def until(self, end: datetime) -> None:
        """Let time pass, with every turn at its time."""
        while (again_at := await self.settle()) < end:
            self.edge.clock.instant = again_at
        self.edge.clock.instant = end
        await self.settle()


def person(*away: Absence, numbers: Sequence[str] = ("1234",), id_: str = "anna", **others: object) -> Callee:
    return replace(callee(*away, id_=id_), numbers=frozenset(numbers), **others)  # type: ignore[arg-type] # by name


def direct(number: str, until: str) -> EdgeReferral:
    return EdgeReferral(number=number, holds_for=at(until) - NOON)


# ── what is told ────────────────────────────────────────────────────────────────────────────────


async def test_an_absence_in_force_is_told_with_its_end() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.told == [direct("1234", "13:00")]


async def test_an_open_referral_is_told_with_its_ring_time() -> None:
    scene = Scene()
    scene.push.changed(None, person(absence("11:30", "13:00", OPEN), ring=timedelta(seconds=20)))
    await scene.settle()
    assert scene.edge.told == [EdgeReferral(number="1234", holds_for=timedelta(hours=1), ring=timedelta(seconds=20))]


async def test_an_absence_that_diverts_nothing_is_not_told() -> None:
    scene = Scene()
    scene.push.changed(None, person(absence("11:30", "13:00")))
    scene.push.changed(None, person(AT_LUNCH, id_="bo", numbers=["5678"], may_divert=False))
    await scene.settle()
    assert scene.edge.told == []


async def test_an_absence_is_told_when_it_begins_and_taken_back_when_it_ends() -> None:
    scene = Scene()
    scene.push.changed(None, person(absence("13:00", "14:00", DIRECT)))
    await scene.until(at("12:59"))
    assert scene.edge.told == []
    await scene.until(at("13:00"))
    assert scene.edge.numbers() == {"1234"}
    await scene.until(at("14:00"))
    assert scene.edge.removed[-1] == "1234"


async def test_every_dialled_form_is_told() -> None:
    scene = Scene(direct_dial=("+468508",))
    scene.push.changed(None, person(AT_LUNCH, numbers=["12345", "+46701740605"]))
    await scene.settle()
    assert scene.edge.numbers() == {
        *("12345", FULL, "46850812345", "0850812345"),
        *("+46701740605", "46701740605", "0701740605"),
    }


async def test_absences_back_to_back_are_told_once_with_the_end_of_the_last() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH, absence("13:00", "15:00", DIRECT, tie="b")))
    await scene.settle()
    assert scene.edge.told == [direct("1234", "15:00")]


async def test_open_after_direct_is_told_when_it_begins() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH, absence("13:00", "15:00", OPEN, tie="b")))
    await scene.until(at("13:00"))
    assert scene.edge.meets("1234") == EdgeReferral(
        number="1234", holds_for=timedelta(hours=2), ring=timedelta(seconds=15)
    )


async def test_C_27_a_calendar_that_is_too_old_diverts_no_longer_than_it_may() -> None:
    scene = Scene()
    scene.push.changed(
        None, person(absence("11:30", "18:00", DIRECT), last_good_look=at("08:30"), freshness_limit=timedelta(hours=4))
    )
    await scene.settle()
    assert scene.edge.told[0].holds_for == timedelta(minutes=30, microseconds=1)


async def test_an_absence_of_weeks_is_told_for_a_day_and_never_runs_out_meanwhile() -> None:
    scene = Scene()
    scene.push.changed(
        None, person(absence("2026-11-20 08:00", "2026-12-20 08:00", DIRECT), last_good_look=NOON + timedelta(days=9))
    )
    await scene.settle()
    assert scene.edge.told[0].holds_for == timedelta(days=1)
    for _ in range(60):
        await scene.until(scene.now + timedelta(hours=1))
        end = scene.edge.ends("1234")
        assert end is not None
        assert end >= scene.now + timedelta(hours=11)


async def test_what_holds_for_less_than_a_second_is_not_told() -> None:
    scene = Scene()
    scene.edge.clock.instant = at("13:00") - SHORTEST / 2
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.told == []


# ── changes ─────────────────────────────────────────────────────────────────────────────────────


async def test_an_absence_that_is_removed_is_taken_back_at_once() -> None:
    scene = Scene()
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, person())
    await scene.settle()
    assert scene.edge.numbers() == set()


async def test_an_end_that_comes_nearer_is_told_at_once() -> None:
    scene = Scene()
    before = person(absence("11:30", "17:00", DIRECT))
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.told[-1] == direct("1234", "13:00")


async def test_another_ring_time_is_told_at_once() -> None:
    scene = Scene()
    before = person(absence("11:30", "13:00", OPEN))
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, replace(before, ring=timedelta(seconds=30)))
    await scene.settle()
    assert [each.ring for each in scene.edge.told] == [timedelta(seconds=15), timedelta(seconds=30)]


async def test_an_end_that_moves_away_is_told_in_good_time_and_not_before() -> None:
    scene = Scene()
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, person(absence("11:30", "17:00", DIRECT)))
    await scene.settle()
    assert len(scene.edge.told) == 1
    await scene.until(at("12:05"))
    assert scene.edge.told[-1].holds_for == timedelta(hours=4, minutes=55)


async def test_an_end_that_is_near_and_moves_away_is_told_at_once() -> None:
    scene = Scene()
    before = person(absence("11:30", "12:08", DIRECT))
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.told[-1] == direct("1234", "13:00")


async def test_a_look_that_finds_nothing_new_tells_nothing() -> None:
    scene = Scene()
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    for minute in range(4):
        after = person(AT_LUNCH, last_good_look=NOON + timedelta(minutes=minute))
        scene.push.changed(before, after)
        await scene.settle()
    assert len(scene.edge.told) == 1


async def test_another_number_takes_the_place_of_the_old_one() -> None:
    scene = Scene()
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, person(AT_LUNCH, numbers=["5678"]))
    await scene.settle()
    assert scene.edge.numbers() == {"5678"}


async def test_somebody_who_is_gone_is_taken_back() -> None:
    scene = Scene()
    before = person(AT_LUNCH, absence("15:00", "16:00", DIRECT, tie="b"))
    scene.push.changed(None, before)
    await scene.settle()
    scene.push.changed(before, None)
    scene.push.changed(None, None)
    await scene.until(at("15:30"))
    assert scene.edge.numbers() == set()


# ── numbers of several people ───────────────────────────────────────────────────────────────────


async def test_a_number_of_two_people_rings() -> None:
    scene = Scene()
    anna, bo = person(AT_LUNCH, numbers=["1", FULL]), person(id_="bo", numbers=[FULL])
    hers = {"1", FULL, "46850812345", "0850812345"}
    scene.push.changed(None, anna)
    await scene.settle()
    assert scene.edge.numbers() == hers
    scene.push.changed(None, bo)
    await scene.settle()
    assert scene.edge.numbers() == {"1"}
    scene.push.changed(bo, None)
    await scene.settle()
    assert scene.edge.numbers() == hers


async def test_the_same_number_in_two_companies_rings() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH))
    scene.push.changed(None, person(AT_LUNCH, tenant=OTHER))
    await scene.settle()
    assert scene.edge.numbers() == set()


async def test_a_form_that_is_somebody_elses_number_is_theirs() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH, numbers=[FULL]))
    await scene.settle()
    assert "0850812345" in scene.edge.numbers()
    scene.push.changed(None, person(id_="bo", numbers=["0850812345"]))
    await scene.settle()
    assert scene.edge.numbers() == {FULL, "46850812345"}


# ── an edge in trouble ──────────────────────────────────────────────────────────────────────────


async def test_F_25_what_could_not_be_told_is_told_when_the_edge_is_back() -> None:
    scene = Scene()
    scene.edge.is_down = True
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    assert scene.push.untold == 1
    scene.edge.is_down = False
    await scene.until(NOON + timedelta(seconds=30))
    assert scene.edge.numbers() == {"1234"}
    assert scene.meter.counts[Count.EDGE_FAILED, "edge"] == 1


async def test_F_25_only_what_holds_then_is_told() -> None:
    scene = Scene()
    scene.push.changed(None, person())
    await scene.settle()
    scene.edge.is_down = True
    states = [person(absence("11:30", f"13:{minute:02}", DIRECT)) for minute in range(60)]
    for before, after in pairwise(states):
        scene.push.changed(before, after)
        await scene.until(scene.now + timedelta(seconds=1))
    scene.edge.is_down = False
    await scene.until(scene.now + timedelta(minutes=1))
    assert len(scene.edge.told) == 1
    assert scene.edge.ends("1234") == at("13:59")


async def test_F_25_a_removal_that_could_not_be_told_is_told_when_the_edge_is_back() -> None:
    scene = Scene()
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    scene.edge.is_down = True
    scene.push.changed(before, person())
    await scene.settle()
    assert scene.edge.numbers() == {"1234"}
    scene.edge.is_down = False
    await scene.until(NOON + timedelta(seconds=30))
    assert scene.edge.numbers() == set()


async def test_F_25_an_edge_out_of_reach_is_asked_ever_more_seldom() -> None:
    scene = Scene()
    scene.edge.is_down = True
    scene.push.changed(None, person(AT_LUNCH))
    await scene.until(NOON + timedelta(minutes=10))
    assert 15 <= scene.edge.asked <= 30


async def test_F_25_trouble_that_is_over_is_forgotten() -> None:
    scene = Scene()
    scene.edge.is_down = True
    scene.push.changed(None, person(AT_LUNCH))
    await scene.until(NOON + timedelta(minutes=5))
    scene.edge.is_down = False
    await scene.until(NOON + timedelta(minutes=6))
    scene.edge.is_down = True
    scene.edge.forget()
    await scene.until(scene.now + ASKED_EVERY)
    scene.edge.is_down = False
    await scene.until(scene.now + timedelta(seconds=4))
    assert scene.edge.numbers() == {"1234"}


async def test_F_25_changes_do_not_make_it_asked_more_often() -> None:
    scene = Scene()
    scene.edge.is_down = True
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    asked = scene.edge.asked
    for _ in range(50):
        scene.push.changed(before, person())
        scene.push.changed(person(), before)
        await scene.settle()
    assert scene.edge.asked == asked


async def test_S_14_an_edge_that_is_gone_for_long_lets_nothing_pile_up() -> None:
    scene = Scene()
    scene.edge.is_down = True
    for minute in range(2_000):
        one, other = person(AT_LUNCH, numbers=[FULL]), person(numbers=[FULL])
        scene.push.changed(one, other) if minute % 2 else scene.push.changed(other, one)
        await scene.push.turn()
    assert scene.push.untold <= 3


async def test_an_edge_that_began_anew_is_told_everything_within_seconds() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH, numbers=[FULL]))
    await scene.settle()
    scene.edge.forget()
    await scene.until(NOON + ASKED_EVERY)
    assert len(scene.edge.numbers()) == 3


async def test_everything_in_force_is_told_again_every_few_minutes() -> None:
    scene = Scene()
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    scene.edge._items.clear()  # Somebody emptied the table by hand.
    await scene.until(NOON + REFILL)
    assert scene.edge.numbers() == {"1234"}


async def test_what_an_earlier_process_told_is_taken_back_where_it_no_longer_holds() -> None:
    scene = Scene()
    await scene.edge.put([direct("1234", "17:00"), direct("5678", "17:00")])
    scene.push.changed(None, person())
    scene.push.changed(None, person(AT_LUNCH, id_="bo", numbers=["5678"]))
    await scene.settle()
    assert scene.edge.numbers() == {"5678"}


async def test_half_a_batch_that_was_told_is_known_to_be_uncertain() -> None:
    @dataclass(slots=True, kw_only=True)
    class Halting(FakeEdge):
        left: int = 100

        async def put(self, referrals: Sequence[EdgeReferral]) -> None:
            for each in referrals:
                self.left -= 1
                if self.left < 0:
                    raise EdgeUnavailableError
                await FakeEdge.put(self, [each])

    scene = Scene(edge=Halting(left=2))
    before = [person(AT_LUNCH, id_=f"p{number}", numbers=[f"{number}"]) for number in range(5)]
    for each in before:
        scene.push.changed(None, each)
    await scene.settle()
    assert len(scene.edge.numbers()) == 2
    for each in before:
        scene.push.changed(each, replace(each, absences=()))
    await scene.until(NOON + timedelta(seconds=5))
    assert scene.edge.numbers() == set()


# ── many, and trouble of ours ───────────────────────────────────────────────────────────────────


async def test_a_change_waits_for_no_more_than_a_batch() -> None:
    scene = Scene()
    for number in range(TOLD_AT_ONCE * 4):
        scene.push.changed(None, person(AT_LUNCH, id_=f"p{number}", numbers=[f"1{number:05}"]))
    before = person(AT_LUNCH)
    scene.push.changed(None, before)
    await scene.settle()
    scene.edge.forget()
    scene.edge.clock.forward(ASKED_EVERY)
    await scene.push.turn()
    assert len(scene.edge.numbers()) == TOLD_AT_ONCE
    scene.push.changed(None, person(AT_LUNCH, id_="bo", numbers=["5678"]))
    await scene.settle()
    assert len(scene.edge.numbers()) == TOLD_AT_ONCE * 4 + 2


async def test_looking_at_many_lets_others_have_their_turn() -> None:
    scene = Scene()
    for number in range(LOOKED_AT_ONCE * 10):
        scene.push.changed(None, person(AT_LUNCH, id_=f"p{number}", numbers=[f"1{number:05}"]))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await scene.push.turn()
    task.cancel()
    assert turns >= 10


async def test_F_26_one_person_of_whom_nothing_can_be_said_rings_and_keeps_nobody_waiting() -> None:
    class Broken(ZoneInfo):
        def utcoffset(self, dt: datetime | None, /) -> timedelta | None:
            raise RuntimeError("the rules of this zone are broken")

    scene = Scene()
    broken = Broken.no_cache("Europe/Stockholm")
    before = person(AT_LUNCH, numbers=["5678"], id_="bo")
    scene.push.changed(None, before)
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    scene.push.changed(before, replace(before, around=around(zone=broken)))
    await scene.settle()
    assert scene.edge.numbers() == {"1234"}
    assert scene.meter.counts[Count.EDGE_FAILED, "callee"] == 1
    scene.push.changed(None, before)
    await scene.settle()
    assert scene.edge.numbers() == {"1234", "5678"}


async def test_F_12_a_clock_that_was_set_back_is_noticed() -> None:
    scene = Scene()
    scene.edge.clock.instant = at("13:30")
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.numbers() == set()
    scene.edge.clock.instant = NOON
    await scene.settle()
    assert scene.edge.told == [direct("1234", "13:00")]


# ── running ─────────────────────────────────────────────────────────────────────────────────────


async def test_while_it_runs_a_change_is_told_at_once_and_it_stops_when_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(push_to_edge, "ASKED_EVERY", timedelta(hours=1))
    scene, stopping = Scene(), asyncio.Event()
    running = asyncio.create_task(scene.push.run(stopping))
    await turns()
    scene.push.changed(None, person(AT_LUNCH))
    await until(scene.edge.numbers)
    stopping.set()
    await asyncio.wait_for(running, DEADLINE_SECONDS)


async def test_while_it_runs_and_nothing_changes_it_does_nothing() -> None:
    scene, stopping = Scene(), asyncio.Event()
    scene.push.changed(None, person(AT_LUNCH))
    running = asyncio.create_task(scene.push.run(stopping))
    await until(lambda: scene.edge.told)
    await settled()
    asked = scene.edge.asked
    await settled()
    assert (scene.edge.asked, len(scene.edge.told)) == (asked, 1)
    stopping.set()
    await running


# ── laws ────────────────────────────────────────────────────────────────────────────────────────


def met(treatment: Treatment) -> timedelta | None:
    """What a decision lets a caller meet: the ring time before the announcement; None: the phone alone."""
    match treatment:
        case Ring():
            return None
        case RingThenAnnounce(after=after):
            return after
        case Announce():
            return timedelta()


def met_at_edge(edge: FakeEdge, number: str) -> timedelta | None:
    referral = edge.meets(number)
    return None if referral is None else referral.ring or timedelta()


NUMBERS = {"anna": ("1234", FULL), "bo": ("5678",)}


@st.composite
def callees(draw: st.DrawFn) -> Callee:
    """Anna or Bo, with some absences around noon, perhaps on old data, perhaps without the service."""
    id_ = draw(st.sampled_from(sorted(NUMBERS)))
    found = draw(st.lists(absences(), max_size=4, unique_by=lambda each: each.tie))
    return replace(
        person(*found, id_=id_, numbers=NUMBERS[id_]),
        ring=timedelta(seconds=draw(st.integers(0, 40))),
        may_divert=draw(st.sampled_from((True, True, True, False))),
        last_good_look=NOON - timedelta(minutes=draw(st.integers(0, 6 * 60))),
        freshness_limit=timedelta(hours=5),
    )


steps = st.lists(
    callees() | st.sampled_from(["anna", "bo", "forgets"]) | st.timedeltas(timedelta(0), timedelta(minutes=50)),
    max_size=12,
)


@FEWER
@given(steps, st.lists(st.timedeltas(timedelta(0), timedelta(hours=3)), max_size=8))
async def test_an_edge_that_is_kept_told_lets_callers_meet_exactly_what_is_decided_and_never_more_on_its_own(
    story: list[Callee | str | timedelta], afterwards: list[timedelta]
) -> None:
    scene, known = Scene(), dict[PersonId, Callee]()
    for step in story:
        match step:
            case Callee():
                scene.push.changed(known.get(step.person), step)
                known[step.person] = step
            case "forgets":
                scene.edge.forget()
                await scene.until(scene.now + ASKED_EVERY)
            case str():
                scene.push.changed(known.pop(PersonId(step), None), None)
            case timedelta():
                await scene.until(scene.now + step)
        await scene.settle()
        for number, decided, left in decisions(scene.now, known):
            assert met_at_edge(scene.edge, number) == (decided if left >= SHORTEST else None)
    # Nobody tells it anything any more: what it diverts is still only what would be decided.
    for pause in sorted(afterwards):
        scene.edge.clock.instant = max(scene.now, NOON + pause)
        for number, decided, _ in decisions(scene.now, known):
            assert met_at_edge(scene.edge, number) in {None, decided}


def decisions(now: datetime, known: dict[PersonId, Callee]) -> list[tuple[str, timedelta | None, timedelta]]:
    """By number: what is decided now, and for how long that holds."""
    return [decision(number, id_, now, known) for id_, numbers in NUMBERS.items() for number in numbers]


def decision(
    number: str, id_: str, now: datetime, known: dict[PersonId, Callee]
) -> tuple[str, timedelta | None, timedelta]:
    of = known.get(PersonId(id_)) or person(id_=id_)

    def decided(instant: datetime) -> timedelta | None:
        return met(of.treatment(instant))

    return number, decided(now), of.holds_until(now, decided) - now


@FEWER
@given(st.lists(st.tuples(callees(), st.booleans(), st.timedeltas(timedelta(0), timedelta(minutes=20))), max_size=10))
async def test_F_25_once_an_edge_can_be_told_again_it_agrees_with_what_is_decided(
    story: list[tuple[Callee, bool, timedelta]],
) -> None:
    scene, known = Scene(), dict[PersonId, Callee]()
    for step, is_down, pause in story:
        scene.edge.is_down = is_down
        scene.push.changed(known.get(step.person), step)
        known[step.person] = step
        await scene.until(scene.now + pause)
    scene.edge.is_down = False
    await scene.until(scene.now + timedelta(seconds=31))
    for number, decided, left in decisions(scene.now, known):
        assert met_at_edge(scene.edge, number) == (decided if left >= SHORTEST else None)


@pytest.mark.parametrize("seconds", [1, 59, 3599])
async def test_S_13_the_end_of_an_absence_holds_although_nobody_tells_it(seconds: int) -> None:
    scene = Scene()
    scene.edge.clock.instant = at("13:00") - timedelta(seconds=seconds)
    scene.push.changed(None, person(AT_LUNCH))
    await scene.settle()
    assert scene.edge.numbers() == {"1234"}
    scene.edge.clock.instant = at("13:00")
    assert scene.edge.numbers() == set()
