"""The worker: what falls due, what it tells, what it erases, and clocks that are set."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.call import CallRecord
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem, StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY, Change, MailboxRef
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.calls.history.record_call import ask_call_back, record_call
from kalenderkoppling.usecases.mailboxes.worker import AUDIT_KEPT, LONGEST_SLEEP
from kktest.calls import call, call_back
from kktest.house import House, employee, herself, mail_of, move_in, restarted
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.make import LUNCH, NOON, at
from kktest.waiting import turns

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def told(house: House) -> AsyncIterator[list[PersonId]]:
    """Of whom the bus told, in order."""
    heard: list[PersonId] = []
    async with house.bus.subscribe(ACME) as changes:

        async def listen() -> None:
            async for change in changes:
                heard.append(change.person)  # noqa: PERF401 - each is heard when it is told

        task = asyncio.create_task(listen())
        await turns()
        yield heard
        task.cancel()


async def hear() -> None:
    await turns()


async def quiet(house: House, told: list[PersonId]) -> None:
    """Let everything that is to be told have been told."""
    await house.settle()
    await house.worker.keep_time()
    await hear()
    told.clear()


async def absence_from(house: House, start: str, end: str) -> None:
    await create_absence(house.core, herself(), ANNA, NewAbsence(start=at(start), end=at(end), reason=LUNCH))


# ── what begins and ends ────────────────────────────────────────────────────────────────────────


async def test_absences_that_begin_and_end_are_told_at_their_instants(house: House, told: list[PersonId]) -> None:
    await absence_from(house, "12:30", "12:45")
    for _ in range(60):
        await quiet(house, told)
        house.clock.forward(MINUTE)
        await house.worker.keep_time()
        await hear()
        boundary = house.clock.now() in {at("12:30"), at("12:45")}
        assert (ANNA in told) is boundary


async def test_the_worker_asks_to_be_woken_at_the_next_boundary(house: House) -> None:
    await absence_from(house, "12:00", "12:30")
    await house.settle()
    house.clock.instant = at("12:29") + timedelta(seconds=40)
    assert await house.worker.keep_time() == at("12:30")


async def test_without_anything_to_come_it_wants_to_be_woken_within_a_minute(house: House) -> None:
    await house.settle()
    assert await house.worker.keep_time() <= house.clock.now() + LONGEST_SLEEP


async def test_boundaries_that_passed_while_the_store_was_away_are_told_afterwards(
    house: House, told: list[PersonId], monkeypatch: pytest.MonkeyPatch
) -> None:
    await absence_from(house, "12:00", "12:30")
    await house.settle()
    house.clock.instant = at("12:31")
    with monkeypatch.context() as away:
        away.setattr(SqlStore, "read", _unavailable)
        await house.worker.keep_time()
    await hear()
    told.clear()
    house.clock.forward(MINUTE)
    await house.worker.keep_time()
    await hear()
    assert ANNA in told


@contextmanager
def _unavailable(store: SqlStore, tenant: TenantId) -> Iterator[Transaction]:
    if tenant == ACME:
        raise StoreUnavailableError
    with store.write(tenant) as tx:
        yield tx


async def test_after_a_start_everybody_is_told_to_look_anew(house: House, told: list[PersonId]) -> None:
    await house.worker.keep_time()
    await hear()
    assert EVERYBODY in told


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────


async def test_F_12_time_that_passed_asleep_is_caught_up_with_one_look_per_mailbox(house: House) -> None:
    await house.settle()
    house.calendar.looks.clear()
    await house.sweep(timedelta(hours=9))
    assert set(house.calendar.looks_by_mailbox.values()) == {1}


@pytest.mark.parametrize("step", [timedelta(days=30), timedelta(days=-30), timedelta(hours=-1), timedelta(hours=3)])
async def test_F_12_a_stepped_clock_stops_no_sweep(house: House, step: timedelta) -> None:
    await house.settle()
    house.clock.forward(step)
    house.book("b", "2026-11-23 08:00", "2026-12-29 10:00")
    await house.sweep()
    assert len(house.kept()) == 1


@pytest.mark.parametrize("step", [timedelta(days=30), timedelta(hours=3)])
async def test_F_12_a_clock_that_went_ahead_and_came_back_stops_no_sweep(house: House, step: timedelta) -> None:
    house.clock.forward(step)
    await house.settle()
    house.clock.forward(-step)
    house.book("b", "13:00", "14:00")
    await house.sweep()
    assert len(house.kept()) == 1


async def test_F_12_a_claim_left_by_a_process_that_died_under_a_wrong_clock_does_not_hold(house: House) -> None:
    house.clock.forward(timedelta(days=30))
    with house.store.write(ACME) as tx:
        assert tx.mailboxes.claim(ANNA, house.clock.now(), MINUTE)
    house.clock.forward(timedelta(days=-30))
    house.book("b", "13:00", "14:00")
    await house.settle()
    assert len(house.kept()) == 1


async def test_F_12_a_clock_set_back_tells_everybody_to_look_anew(house: House, told: list[PersonId]) -> None:
    await quiet(house, told)
    house.clock.forward(timedelta(hours=-1))
    await house.worker.keep_time()
    await hear()
    assert told == [EVERYBODY]


async def test_F_12_housekeeping_goes_on_after_a_clock_that_was_years_ahead(house: House) -> None:
    house.clock.forward(timedelta(days=3_000))
    await house.settle()
    house.clock.forward(timedelta(days=-3_000))
    await absence_from(house, "12:00", "12:30")
    for _ in range(8):
        await house.sweep(timedelta(days=1))
    assert house.by_hand() == []


# ── housekeeping ────────────────────────────────────────────────────────────────────────────────


async def test_what_ended_is_erased_after_the_retention_and_not_before(house: House) -> None:
    await absence_from(house, "12:00", "12:30")
    await house.sweep(timedelta(days=7))
    assert len(house.by_hand()) == 1
    await house.sweep(timedelta(hours=1))
    assert house.by_hand() == []


async def test_retention_leaves_no_bytes(house: House) -> None:
    await create_absence(
        house.core,
        herself(),
        ANNA,
        NewAbsence(start=at("12:00"), end=at("12:30"), reason=LUNCH, note="Note-Canary-7f3a"),
    )
    assert b"Note-Canary-7f3a" in house.bytes()
    await house.sweep(timedelta(days=7, hours=1))
    assert b"Note-Canary-7f3a" not in house.bytes()


async def test_a_retention_that_was_set_longer_holds(house: House) -> None:
    with house.store.write(ACME) as tx:
        tx.people.put_settings(replace(tx.people.settings(), retention=timedelta(days=30)))
    await absence_from(house, "12:00", "12:30")
    await house.sweep(timedelta(days=20))
    assert len(house.by_hand()) == 1


async def test_S_4_a_removal_outlives_the_retention_while_its_booking_goes_on(house: House) -> None:
    house.book("b", "08:00", "2026-12-20 17:00")
    await house.look()
    await remove_absence(house.core, herself(), house.the_kept().id)
    for _ in range(20):
        await house.sweep(timedelta(days=1))
    assert (house.absences(), len(house.kept())) == ([], 1)


async def test_numbers_are_kept_for_a_day_and_calls_for_thirty(house: House) -> None:
    record = call("c", "12:00", to=ANNA, by=BERTIL)
    await record_call(house.core, ACME, record)
    await house.sweep(timedelta(hours=24))
    assert calls_of(house) == [record]
    await house.sweep(timedelta(hours=1))
    assert calls_of(house) == [replace(record, number="", colleague=None)]
    assert calls_of(house, BERTIL) == []
    await house.sweep(timedelta(days=28, hours=23))
    assert len(calls_of(house)) == 1
    await house.sweep(timedelta(hours=1))
    assert calls_of(house) == []


async def test_times_that_a_tenant_set_for_numbers_and_calls_hold(house: House) -> None:
    with house.store.write(ACME) as tx:
        ours = replace(tx.people.settings(), call_numbers_kept=timedelta(hours=3), calls_kept=timedelta(days=2))
        tx.people.put_settings(ours)
    await record_call(house.core, ACME, call("c", "12:00", to=ANNA))
    await house.sweep(timedelta(hours=3))
    assert calls_of(house)[0].number
    await house.sweep(timedelta(hours=1))
    assert not calls_of(house)[0].number
    await house.sweep(timedelta(days=1, hours=20))
    assert len(calls_of(house)) == 1
    await house.sweep(timedelta(hours=1))
    assert calls_of(house) == []


async def test_a_wish_to_be_called_back_is_kept_as_long_as_an_ended_absence(house: House) -> None:
    await ask_call_back(house.core, ACME, call_back("w", "12:00", to=ANNA))
    for after, there in ((timedelta(days=7), 1), (timedelta(hours=1), 0)):
        await house.sweep(after)
        with house.store.read(ACME) as tx:
            assert len(tx.call_backs.of(ANNA)) == there


async def test_S_1_erased_numbers_leave_no_bytes(house: House) -> None:
    await record_call(house.core, ACME, call("c", to=ANNA, by=BERTIL, number="070-7f3a-canary"))
    await ask_call_back(house.core, ACME, call_back("w", to=ANNA, by=BERTIL, number="070-7f3a-canary"))
    assert b"070-7f3a-canary" in house.bytes()
    await house.sweep(timedelta(days=7, hours=1))
    assert b"070-7f3a-canary" not in house.bytes()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    numbers_left=st.lists(st.timedeltas(timedelta(), timedelta(hours=2)), min_size=1, max_size=4),
    numbers_kept=st.timedeltas(timedelta(), timedelta(hours=30)),
    calls_kept=st.timedeltas(timedelta(), timedelta(hours=30)),
    sleep=st.timedeltas(timedelta(seconds=45), LONGEST_SLEEP),
)
@example([timedelta(seconds=1)], timedelta(hours=24), timedelta(hours=24, seconds=1), timedelta(seconds=59))
async def test_a_number_is_never_there_an_hour_after_its_time_nor_a_call_after_its_own(
    house: House, numbers_left: list[timedelta], numbers_kept: timedelta, calls_kept: timedelta, sleep: timedelta
) -> None:
    """Whenever within the worker's turns somebody looks; and none goes before its time."""
    start = house.clock.now()
    with restarted(house) as other, pytest.MonkeyPatch.context() as patched:
        # The bytes have their own tests; here the hours of many worlds pass.
        patched.setattr(SqlStore, "scrub", lambda _: None)
        came = [
            replace(call(f"c{n}", to=ANNA, by=BERTIL), at=start + left - numbers_kept)
            for n, left in enumerate(numbers_left)
        ]
        with other.store.write(ACME) as tx:
            ours = replace(tx.people.settings(), call_numbers_kept=numbers_kept, calls_kept=calls_kept)
            tx.people.put_settings(ours)
            tx.calls.drop_before(start + timedelta(days=9))
            tx.calls.add(came)
        while other.clock.now() < start + timedelta(hours=2, minutes=30):
            await other.worker.keep_time()
            other.clock.forward(sleep)
            there = calls_of(other)
            numbers_due, calls_due = other.clock.now() - numbers_kept, other.clock.now() - calls_kept
            hour = timedelta(hours=1)
            assert [each for each in there if each.number and each.at < numbers_due - hour] == []
            assert [each for each in there if each.at < calls_due - hour] == []
            assert {each.id for each in came if each.at >= calls_due} <= {each.id for each in there}
            assert all(each.number and each.colleague for each in there if each.at >= numbers_due)
    house.clock.instant = start


def calls_of(house: House, person: PersonId = ANNA) -> list[CallRecord]:
    with house.store.read(ACME) as tx:
        return list(tx.calls.of(person, limit=10))


async def test_sessions_end_when_they_are_old_or_idle(house: House) -> None:
    ages = {"fresh": (0, 0), "old": (13 * 60, 1), "idle": (60, 31)}
    with house.store.write(ACME) as tx:
        for key, (created, seen) in ages.items():
            tx.sessions.put(
                Session(
                    key=key,
                    person=ANNA,
                    csrf_token="t",
                    created_at=NOON - created * MINUTE,
                    seen_at=NOON - seen * MINUTE,
                )
            )
    await house.worker.keep_time()
    with house.store.read(ACME) as tx:
        assert [key for key in ages if tx.sessions.get(key)] == ["fresh"]


async def test_the_change_feed_is_kept_for_a_day(house: House) -> None:
    await house.settle()
    await absence_from(house, "12:00", "12:30")
    place = house.latest_change()
    await house.sweep(timedelta(hours=23))
    assert oldest_change(house) <= place
    await house.sweep(timedelta(hours=2))
    assert oldest_change(house) > place


def oldest_change(house: House) -> int:
    """The place of the oldest change that the feed still tells of."""
    with house.store.read(ACME) as tx:
        [oldest] = tx.changes.since(0, 1)
    return oldest.id


async def test_the_logs_contents_are_kept_for_a_year_and_the_chain_stays_whole(house: House) -> None:
    await absence_from(house, "12:00", "12:30")
    await house.sweep(AUDIT_KEPT)
    assert len(house.audit()) == 1
    await house.sweep(timedelta(hours=1))
    assert (house.audit(), {str(state) for state in house.chain()}) == ([], {"erased"})


async def test_S_1_what_a_killed_process_left_in_free_pages_goes_within_the_hour(house: House) -> None:
    await house.settle()
    with restarted(house) as other:
        with other.store.write(ACME) as tx:
            tx.people.put([replace(employee("anna"), responsibilities="Canary-7f3a")])
        with other.store.write(ACME) as tx:
            tx.people.remove(ANNA)
        assert b"Canary-7f3a" in house.bytes()
        await house.sweep(timedelta(hours=1))
        assert b"Canary-7f3a" not in house.bytes()


# ── several tenants ─────────────────────────────────────────────────────────────────────────────


async def test_L_4_one_tenants_failure_delays_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.store.add_tenant(TenantId("aaa-broken"))
    plain = SqlStore.read

    @contextmanager
    def broken_for_one(store: SqlStore, tenant: TenantId) -> Iterator[Transaction]:
        if tenant == "aaa-broken":
            raise StoreUnavailableError
        with plain(store, tenant) as tx:
            yield tx

    monkeypatch.setattr(SqlStore, "read", broken_for_one)
    house.book("b", "13:00", "14:00")
    await house.settle()
    assert len(house.kept()) == 1


async def test_L_4_one_bad_mailbox_delays_no_other(house: House) -> None:
    house.calendar.fail(mail_of(ANNA), ReadFailedError(ReadProblem.MALFORMED), times=100)
    house.book("b", of=BERTIL)
    await house.sweep()
    assert len(house.kept(BERTIL)) == 1


async def test_S_7_two_tenants_may_have_people_of_the_same_id(house: House) -> None:
    house.store.add_tenant(OTHER)
    move_in(house, [employee("anna", mailbox="other@example.org")], OTHER)
    house.book("theirs", "15:00", "16:00", of="other")
    house.book("ours", "13:00", "14:00")
    await house.settle()
    assert [each.booking.key for each in house.kept()] == ["ours"]
    with house.store.read(OTHER) as tx:
        assert [each.booking.key for each in tx.absences.kept(ANNA)] == ["theirs"]


async def test_a_tenant_without_a_connection_is_left_alone(house: House) -> None:
    house.worker.connection_of = lambda _: None
    await house.settle()
    await house.look()
    assert (house.calendar.looks, house.notices.asked, house.bus.pending) == ([], [], ())


# ── kills ───────────────────────────────────────────────────────────────────────────────────────


class KilledError(BaseException):
    """The process is gone."""


async def test_F_20_a_process_killed_while_it_reads_is_followed_by_one_that_looks_again(house: House) -> None:
    house.book("b", "13:00", "14:00")

    async def die() -> None:
        raise KilledError

    house.interrupted.after_reading.append(die)
    with pytest.raises(KilledError):
        await house.look()
    with restarted(house) as following:
        await following.settle()
        assert following.kept() == []
        await following.sweep(MINUTE)
        assert len(following.kept()) == 1


async def test_F_20_a_process_killed_before_the_commit_leaves_nothing_half_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.book("b", "13:00", "14:00")
    house.book("c", "15:00", "16:00")
    await house.look()
    rows = house.kept()
    house.book("b", "17:00", "18:00")
    house.calendar.take_away(mail_of(ANNA), "c")
    plain = SqlStore.write

    @contextmanager
    def killed(store: SqlStore, tenant: TenantId) -> Iterator[Transaction]:
        with plain(store, tenant) as tx:
            yield tx
            if tx.absences.kept(ANNA) != rows:
                raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "write", killed)
        with pytest.raises(KilledError):
            await house.look()
    assert house.kept() == rows
    with restarted(house) as following:
        await following.sweep(MINUTE)
        assert [each.interval.start for each in following.absences()] == [at("17:00")]


async def test_a_bus_that_tells_of_somebody_unknown_is_answered_by_nothing(house: House) -> None:
    await house.worker.look(MailboxRef(tenant=ACME, person=PersonId("nobody")))
    await house.worker.look(MailboxRef(tenant=TenantId("nobody"), person=ANNA))
    await house.bus.publish(Change(tenant=ACME, person=PersonId("nobody")))
    assert house.calendar.looks == []


async def test_an_edit_of_one_process_is_seen_by_the_look_of_another(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    with restarted(house) as other:
        await edit_absence(other.core, herself(), house.the_kept().id, Fields(reason=LUNCH))
    await house.look()
    assert house.absences()[0].reason == LUNCH
