"""The index follows the store: everybody at the start, then whoever the feed names, through whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring
from kalenderkoppling.domain.absence import MEETING, AbsenceId, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import RefusedError, StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, TenantId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Store, Transaction
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.calls.index import follow_feed
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.calls.index.follow_feed import CURRENT_FOR, FeedFollower, FollowPace
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.people.erase_person import erase_person
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.draw import FEWER
from kktest.house import BOTH, CAROLINA, House, employee, herself, move_in, open_house
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, by_hand
from kktest.make import NOON, between, layer, rule
from kktest.waiting import settled, until

PLAN = NumberPlan(country="SE")
DIRECT = Diversion.DIRECT
QUICK = FollowPace(every=timedelta(milliseconds=5), at_once=2, polls_between=1)


class BrokenStore:
    """A store that can be away, and tells how often it was read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = False
        self.reads = 0

    @contextmanager
    def read(self, tenant: TenantId) -> Iterator[Transaction]:
        """See the port."""
        if self.is_away:
            raise StoreUnavailableError
        self.reads += 1
        with self._store.read(tenant) as tx:
            yield tx

    def __getattr__(self, name: str) -> object:
        """All else is the store's."""
        return getattr(self._store, name)


class Followed:
    """A house whose feed is followed."""

    def __init__(self, house: House, *tenants: TenantId, pace: FollowPace = QUICK) -> None:
        self.house = house
        self.store = BrokenStore(house.store)
        self.core: Core = replace(house.core, store=self.store)  # type: ignore[arg-type] # the rest is the store's
        self.index = CallIndex()
        self.told: list[tuple[Callee | None, Callee | None]] = []
        self.index.listen(lambda before, after: self.told.append((before, after)))
        self.follower = FeedFollower(self.core, self.index, lambda _: PLAN, tenants or (ACME,), pace)

    async def catch_up(self, tenant: TenantId = ACME) -> int:
        """Poll until nothing is left to be read; tells how often."""
        polls = 1
        while await self.follower.poll(tenant):
            polls += 1
            assert polls < 10_000
        return polls

    def known(self, tenant: TenantId = ACME) -> dict[PersonId, Callee]:
        """Who is in the index."""
        return {each.person: each for each in self.index if each.tenant == tenant}

    def fresh(self, tenant: TenantId = ACME) -> dict[PersonId, Callee]:
        """Everybody as the store is now."""
        with self.house.store.read(tenant) as tx:
            return load_callees(tx, tenant, tx.people.ids(), self.house.clock.now(), PLAN)

    def is_current(self, tenant: TenantId = ACME) -> bool:
        """Whether the index is as the store was a moment ago."""
        return self.follower.is_current(tenant)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow meanwhile."""
        stopping = asyncio.Event()
        running = asyncio.ensure_future(self.follower.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait_for(running, 60)


@pytest.fixture
def followed(house: House) -> Followed:
    return Followed(house)


def away(house: House, person: PersonId = ANNA, note: str = "x") -> None:
    """Have somebody away now, told in the feed."""
    with house.store.write(house.tenant) as tx:
        tx.absences.put_by_hand(person, by_hand("11:00", "13:00", id_=f"{person}-{note}"))
        tx.changes.add([person], house.clock.now())


# ── the start ───────────────────────────────────────────────────────────────────────────────────


async def test_everybody_is_read_at_the_start_a_few_at_a_time(followed: Followed) -> None:
    assert await followed.follower.poll(ACME)
    assert not followed.follower.loaded.is_set()
    assert not followed.is_current()
    await followed.catch_up()
    assert followed.known() == followed.fresh()
    assert set(followed.known()) == {ANNA, BERTIL, CAROLINA}
    assert followed.index.is_loaded(ACME)
    assert followed.follower.loaded.is_set()
    assert followed.is_current()
    assert followed.told == [(None, each) for each in followed.known().values()]


async def test_a_tenant_without_people_is_loaded_at_once(house: House) -> None:
    house.store.add_tenant(OTHER)
    followed = Followed(house, OTHER)
    await followed.catch_up(OTHER)
    assert followed.index.is_loaded(OTHER)
    assert followed.follower.loaded.is_set()


async def test_all_is_loaded_when_every_tenant_is(house: House) -> None:
    house.store.add_tenant(OTHER)
    move_in(house, [employee("olle")], OTHER)
    followed = Followed(house, ACME, OTHER)
    await followed.catch_up(ACME)
    assert (followed.is_current(ACME), followed.is_current(OTHER)) == (True, False)
    assert not followed.follower.loaded.is_set()
    await followed.catch_up(OTHER)
    assert followed.follower.loaded.is_set()
    assert set(followed.known(OTHER)) == {PersonId("olle")}
    assert followed.is_current(TenantId("nobody")) is False


async def test_changes_during_the_first_reading_are_not_missed(followed: Followed) -> None:
    await followed.follower.poll(ACME)
    await followed.follower.poll(ACME)
    away(followed.house)
    await followed.catch_up()
    assert followed.known() == followed.fresh()
    assert isinstance(followed.known()[ANNA].treatment(NOON), Announce)


# ── the feed ────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_the_feed_names_is_read_anew_and_nobody_else(followed: Followed) -> None:
    await followed.catch_up()
    followed.told.clear()
    away(followed.house)
    assert await followed.catch_up() == 1
    [(before, after)] = followed.told
    assert before is not None
    assert after is not None
    assert (before.treatment(NOON), type(after.treatment(NOON))) == (Ring(), Announce)
    assert followed.known() == followed.fresh()


async def test_while_nothing_changes_nobody_is_told(followed: Followed) -> None:
    await followed.catch_up()
    followed.told.clear()
    for _ in range(5):
        assert await followed.catch_up() == 1
    assert followed.told == []


async def test_a_change_that_callers_do_not_meet_is_told_to_nobody(followed: Followed) -> None:
    await followed.catch_up()
    followed.told.clear()
    with followed.house.store.write(ACME) as tx:
        tx.changes.add([ANNA], NOON)
    await followed.catch_up()
    assert followed.told == []


async def test_what_concerns_everybody_has_everybody_read_once_however_often_it_is_told(followed: Followed) -> None:
    await followed.catch_up()
    for seconds in range(1, 40):
        settings = TenantSettings(freshness_limit=timedelta(hours=5, seconds=seconds))
        await set_settings(followed.house.core, ACME, "admin", settings)
    followed.store.reads = 0
    await followed.catch_up()
    assert followed.known() == followed.fresh()
    assert followed.store.reads <= 4


async def test_what_concerns_everybody_again_and_again_keeps_no_round_from_its_end(followed: Followed) -> None:
    with followed.house.store.write(ACME) as tx:
        tx.people.put([employee(f"p{number}") for number in range(20)])
    for _ in range(14):
        with followed.house.store.write(ACME) as tx:
            tx.changes.add([EVERYBODY], NOON)
        assert await followed.follower.poll(ACME)
    assert len(followed.known()) == 23
    await followed.catch_up()
    assert followed.index.is_loaded(ACME)


async def test_whoever_is_named_during_a_round_over_everybody_comes_first(followed: Followed) -> None:
    with followed.house.store.write(ACME) as tx:
        tx.people.put([employee(f"p{number}") for number in range(20)])
    await followed.follower.poll(ACME)
    last = PersonId("p9")
    away(followed.house, last)
    await followed.follower.poll(ACME)
    assert set(followed.known()) == {last}
    await followed.catch_up()
    assert len(followed.known()) == 23


async def test_thousands_of_changes_are_caught_up_with(followed: Followed) -> None:
    await followed.catch_up()
    people = [employee(f"p{number:04}") for number in range(2_500)]
    with followed.house.store.write(ACME) as tx:
        tx.people.put(people)
    for piece in range(0, 2_500, 500):
        with followed.house.store.write(ACME) as tx:
            tx.changes.add([each.id for each in people[piece : piece + 500]], NOON)
    patient = Followed(followed.house, pace=FollowPace(at_once=400))
    await patient.catch_up()
    with followed.house.store.write(ACME) as tx:
        for each in people:
            tx.absences.put_by_hand(each.id, by_hand("11:00", "13:00", id_=f"away-{each.id}"))
        tx.changes.add([each.id for each in people], NOON)
    assert await patient.catch_up() == 7
    assert patient.known() == patient.fresh()
    assert len(patient.known()[PersonId("p2499")].absences) == 1


async def test_people_who_are_gone_are_forgotten(followed: Followed) -> None:
    await followed.catch_up()
    await erase_person(followed.house.core, ACME, "admin", ANNA)
    await followed.catch_up()
    assert set(followed.known()) == {BERTIL, CAROLINA}
    await import_people(followed.house.core, ACME, "admin", [employee("carolina")], may_empty=True)
    await followed.catch_up()
    assert set(followed.known()) == {CAROLINA}


async def test_somebody_new_is_found(followed: Followed) -> None:
    await followed.catch_up()
    everybody = [*map(employee, ("anna", "bertil", "carolina")), replace(employee("dag"), extension="10444")]
    await import_people(followed.house.core, ACME, "admin", everybody)
    await followed.catch_up()
    assert followed.index.find(ACME, ["10444"]) is not None


# ── a feed that does not tell everything ────────────────────────────────────────────────────────


async def test_a_feed_that_was_trimmed_meanwhile_has_everybody_read(followed: Followed) -> None:
    await followed.catch_up()
    away(followed.house, ANNA)
    with followed.house.store.write(ACME) as tx:
        tx.changes.drop_before(NOON + timedelta(seconds=1))
    followed.house.clock.forward(timedelta(seconds=1))
    away(followed.house, BERTIL)
    await followed.catch_up()
    assert followed.known() == followed.fresh()


async def test_a_feed_of_which_nothing_is_left_has_everybody_read(followed: Followed) -> None:
    await followed.catch_up()
    away(followed.house)
    with followed.house.store.write(ACME) as tx:
        tx.changes.drop_before(NOON + timedelta(days=2))
    await followed.catch_up()
    assert followed.known() == followed.fresh()


async def test_F_31_the_feed_of_an_older_backup_has_everybody_read(
    house: House, sqlite_template: Path, tmp_path: Path
) -> None:
    followed = Followed(house)
    await followed.catch_up()
    for note in "abc":
        away(house, note=note)
    await followed.catch_up()
    with open_house(sqlite_template, tmp_path / "backup", [employee("anna")]) as older:
        with older.store.write(ACME) as tx:
            tx.changes.add([ANNA], NOON)
        followed.store._store = older.store
        await followed.catch_up()
        assert set(followed.known()) == {ANNA}
        assert followed.known()[ANNA].absences == ()


# ── time ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_horizon_rolls_on_by_a_round_each_hour(followed: Followed) -> None:
    with followed.house.store.write(ACME) as tx:
        tx.rules.put_layer(ScopedLayer(layer=layer({ShowAs.BUSY: rule(MEETING, DIRECT)})))
    followed.house.book("far", "2026-11-28 10:00", "2026-11-28 11:00")
    await followed.house.settle()
    await followed.catch_up()
    assert followed.known()[ANNA].absences == ()
    followed.house.clock.forward(timedelta(days=3))
    for _ in range(6):
        await followed.catch_up()
    assert len(followed.known()[ANNA].absences) == 1


async def test_the_hourly_round_leaves_the_index_current_and_comes_once(followed: Followed) -> None:
    await followed.catch_up()
    followed.house.clock.forward(timedelta(minutes=59))
    followed.store.reads = 0
    loads = _count_loads(followed)
    for _ in range(5):
        await followed.catch_up()
    assert loads == []
    followed.house.clock.forward(timedelta(minutes=1))
    for _ in range(10):
        assert await followed.catch_up() == 1
        assert followed.is_current()
    assert sorted(each for people in loads for each in people) == [ANNA, BERTIL, CAROLINA]


async def test_F_12_a_clock_that_was_set_back_has_everybody_read_once(followed: Followed) -> None:
    await followed.catch_up()
    loads = _count_loads(followed)
    followed.house.clock.forward(-timedelta(days=1))
    for _ in range(10):
        await followed.catch_up()
    assert sorted(each for people in loads for each in people) == [ANNA, BERTIL, CAROLINA]


def _count_loads(followed: Followed) -> list[list[PersonId]]:
    loads: list[list[PersonId]] = []
    loading = followed.follower._load

    def counted(tx: Transaction, following: follow_feed._Following, people: Sequence[PersonId], now: object) -> object:
        if people:
            loads.append(list(people))
        return loading(tx, following, people, now)  # type: ignore[arg-type] # handed on as it is

    followed.follower._load = counted  # type: ignore[method-assign, assignment] # counts beside it
    return loads


async def test_what_was_read_some_time_ago_is_not_current(followed: Followed) -> None:
    await followed.catch_up()
    followed.house.clock.forward(CURRENT_FOR)
    assert followed.is_current()
    followed.house.clock.forward(timedelta(seconds=1))
    assert not followed.is_current()


# ── a store that is away ────────────────────────────────────────────────────────────────────────


async def test_S_13_while_the_store_is_away_what_is_known_stays_and_all_is_caught_up_with_afterwards(
    followed: Followed,
) -> None:
    away(followed.house)
    async with followed.running():
        await until(followed.is_current)
        followed.store.is_away = True
        await until(lambda: not followed.is_current())
        away(followed.house, BERTIL)
        await settled()
        annas = followed.index.get(ACME, ANNA)
        assert annas is not None
        assert isinstance(annas.treatment(NOON), Announce)
        followed.store.is_away = False
        await until(lambda: followed.known() == followed.fresh())
        await until(followed.is_current)


async def test_a_store_that_is_away_at_the_start_is_waited_for(followed: Followed) -> None:
    followed.store.is_away = True
    async with followed.running():
        await settled()
        assert not followed.index.is_loaded(ACME)
        followed.store.is_away = False
        await asyncio.wait_for(followed.follower.loaded.wait(), 60)


async def test_changes_are_followed_within_moments(house: House) -> None:
    followed = Followed(house, pace=FollowPace())
    async with followed.running():
        await until(followed.is_current)
        began = asyncio.get_running_loop().time()
        away(house)
        await until(lambda: isinstance(followed.known()[ANNA].treatment(NOON), Announce))
        assert asyncio.get_running_loop().time() - began < 2


async def test_a_person_who_cannot_be_read_is_no_other_persons_trouble(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await followed.catch_up()
    spoiled = {BERTIL}

    def loading(tx: Transaction, tenant: TenantId, people: Iterable[PersonId], *rest: object, **more: object) -> object:
        if spoiled & set(people):
            raise ValueError
        return load_callees(tx, tenant, people, *rest, **more)  # type: ignore[arg-type] # handed on as it is

    monkeypatch.setattr(follow_feed, "load_callees", loading)
    with followed.house.store.write(ACME) as tx:
        for each in (ANNA, BERTIL, CAROLINA):
            tx.absences.put_by_hand(each, by_hand("11:00", "13:00", id_=f"away-{each}"))
        tx.changes.add([ANNA, BERTIL, CAROLINA], NOON)
    await followed.catch_up()
    known = followed.known()
    assert [len(known[each].absences) for each in (ANNA, BERTIL, CAROLINA)] == [1, 0, 1]
    assert followed.is_current()


# ── the law ─────────────────────────────────────────────────────────────────────────────────────

Deed = Callable[[House, int], Awaitable[object]]


async def _create(house: House, number: int) -> None:
    new = NewAbsence(start=house.clock.now(), end=house.clock.now() + timedelta(hours=1 + number), reason=MEETING,
                     diversion=DIRECT)  # fmt: skip
    await create_absence(house.core, herself(_person(number)), _person(number), new)


async def _edit(house: House, number: int) -> None:
    for each in house.absences(_person(number))[:1]:
        await edit_absence(house.core, herself(_person(number)), AbsenceId(each.id), Fields(diversion=Diversion.OPEN))


async def _remove(house: House, number: int) -> None:
    for each in house.absences(_person(number))[:1]:
        await remove_absence(house.core, herself(_person(number)), AbsenceId(each.id))


async def _book(house: House, number: int) -> None:
    house.book(f"b{number}", f"{11 + number}:00", f"{13 + number}:30", of=_person(number), show_as=ShowAs.BUSY)
    await house.look(_person(number))


async def _serve(house: House, number: int) -> None:
    services = (BOTH, Entitlements(), Entitlements(referral=True))[number % 3]
    await set_service(house.core, ACME, "admin", _person(number + 1), services)


async def _rule(house: House, number: int) -> None:
    diversion = tuple(Diversion)[number % 3]
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer({ShowAs.BUSY: rule(MEETING, diversion)})))


async def _set(house: House, number: int) -> None:
    await set_settings(house.core, ACME, "admin", TenantSettings(freshness_limit=timedelta(hours=4 + number)))


async def _hire(house: House, number: int) -> None:
    people: list[Person] = [replace(employee(_person(each)), extension=f"{number}{each}") for each in range(number + 1)]
    await import_people(house.core, ACME, "admin", people, may_empty=True)


async def _erase(house: House, number: int) -> None:
    with house.store.read(ACME) as tx:
        is_there = tx.people.get(_person(number)) is not None
    if is_there:
        await erase_person(house.core, ACME, "admin", _person(number))


async def _trim(house: House, number: int) -> None:
    with house.store.write(ACME) as tx:
        tx.changes.drop_before(house.clock.now() + timedelta(days=1))


def _person(number: int) -> PersonId:
    return (ANNA, BERTIL, CAROLINA, PersonId("dag"))[number % 4]


DEEDS: Sequence[Deed] = (_create, _edit, _remove, _book, _serve, _rule, _set, _hire, _erase, _trim)


async def _done(house: House, deed: Deed, number: int) -> None:
    """Do something; what is refused or not there changes nothing."""
    with house.store.read(ACME) as tx:
        there = set(tx.people.ids())
    of_somebody: dict[Deed, int] = {
        _create: number, _edit: number, _remove: number, _book: number, _serve: number + 1,
    }  # fmt: skip
    concerned = of_somebody.get(deed)
    if concerned is None or _person(concerned) in there:
        # Somebody without the referral service cannot divert calls.
        with suppress(RefusedError):
            await deed(house, number)


@FEWER
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.booleans()), min_size=1, max_size=12))
def test_after_whatever_was_done_the_index_is_as_a_fresh_reading(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[Deed, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("house")
    copyfile(sqlite_template, folder / "template.db")

    async def live() -> None:
        with open_house(folder / "template.db", folder / "house", map(employee, ("anna", "bertil"))) as house:
            followed = Followed(house)
            for deed, number, is_followed in deeds:
                await _done(house, deed, number)
                if is_followed:
                    await followed.follower.poll(ACME)
            await followed.catch_up()
            assert followed.known() == followed.fresh()
            assert followed.index.ambiguous == 0
            assert between("11:00", "13:00").holds(NOON)

    asyncio.run(live())
