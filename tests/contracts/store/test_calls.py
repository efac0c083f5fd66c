"""What every store promises of calls: the history, wishes to be called back, recorded phrases."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import SqlStore
from kktest.calls import NAME_OF_ANNA, call, call_back, recording
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON, at

MINUTE = timedelta(minutes=1)
CAROLINA = PersonId("carolina")
numbers = count(1)
thorough = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        yield tx


def ids(records: Sequence[CallRecord] | Sequence[CallBackRequest]) -> list[str]:
    return [each.id for each in records]


# ── the history ─────────────────────────────────────────────────────────────────────────────────


def test_nobody_has_called_before_the_first_call(tx: Transaction) -> None:
    assert tx.calls.of(ANNA, limit=10) == []


def test_calls_to_a_person_and_by_a_person_come_newest_first_and_others_do_not(tx: Transaction) -> None:
    to_her = call("to-her", "12:00", to=ANNA)
    by_her = call("by-her", "12:10", to=BERTIL, by=ANNA)
    of_others = call("of-others", "12:05", to=BERTIL, by=CAROLINA)
    tx.calls.add([to_her, of_others, by_her])

    assert tx.calls.of(ANNA, limit=10) == [by_her, to_her]
    assert tx.calls.of(BERTIL, limit=10) == [by_her, of_others]
    assert tx.calls.of(CAROLINA, limit=10) == [of_others]


def test_a_person_who_calls_the_own_number_has_that_call_once(tx: Transaction) -> None:
    tx.calls.add([call("own", "12:00", to=ANNA, by=ANNA)])

    assert ids(tx.calls.of(ANNA, limit=10)) == ["own"]


def test_a_limit_gives_the_newest_whichever_way_they_went(tx: Transaction) -> None:
    tx.calls.add(call(f"to-{n}", f"12:{n:02}", to=ANNA) for n in range(0, 10, 2))
    tx.calls.add(call(f"by-{n}", f"12:{n:02}", to=BERTIL, by=ANNA) for n in range(1, 10, 2))

    assert ids(tx.calls.of(ANNA, limit=4)) == ["by-9", "to-8", "by-7", "to-6"]
    assert ids(tx.calls.of(ANNA, limit=4, before=at("12:06"))) == ["by-5", "to-4", "by-3", "to-2"]
    assert ids(tx.calls.of(ANNA, limit=4, before=at("12:01"))) == ["to-0"]
    assert tx.calls.of(ANNA, limit=4, before=at("12:00")) == []


def test_a_call_that_is_there_already_is_replaced(tx: Transaction) -> None:
    first = call("c", "12:00", to=ANNA, by=BERTIL, result=CallResult.MISSED)
    tx.calls.add([first])
    last = replace(first, result=CallResult.ANSWERED, length=timedelta(minutes=3), colleague=None, number="0701")
    tx.calls.add([last])
    tx.calls.add([])

    assert tx.calls.of(ANNA, limit=10) == [last]
    assert tx.calls.of(BERTIL, limit=10) == []


def test_numbers_are_erased_from_before_an_instant_with_the_colleague_and_calls_stay(tx: Transaction) -> None:
    old = call("old", "11:59", to=ANNA, by=BERTIL, number="0701740605")
    hidden = call("hidden", "11:58", to=ANNA, number="")
    fresh = call("fresh", "12:00", to=ANNA, by=BERTIL, number="0701740605")
    tx.calls.add([old, hidden, fresh])

    assert tx.calls.erase_numbers(at("12:00")) == 1
    assert tx.calls.of(ANNA, limit=10) == [fresh, replace(old, number="", colleague=None), hidden]
    assert ids(tx.calls.of(BERTIL, limit=10)) == ["fresh"]
    assert tx.calls.erase_numbers(at("12:00")) == 0


def test_calls_are_forgotten_from_before_an_instant(tx: Transaction) -> None:
    tx.calls.add([call("old", "11:59", to=ANNA), call("fresh", "12:00", to=ANNA)])

    assert tx.calls.drop_before(at("12:00")) == 1
    assert ids(tx.calls.of(ANNA, limit=10)) == ["fresh"]
    assert tx.calls.drop_before(at("12:00")) == 0


# Few people and instants, so that they collide.
crowd = st.sampled_from((ANNA, BERTIL, CAROLINA))
instants = st.integers(0, 20).map(lambda minutes: NOON + minutes * MINUTE)
records = st.lists(
    st.builds(
        CallRecord,
        id=st.integers(0, 30).map(lambda n: CallId(f"c{n}")),
        person=crowd,
        colleague=st.none() | crowd,
        number=st.sampled_from(("", "0701", "4411")),
        at=instants,
        length=st.timedeltas(timedelta(), timedelta(hours=1)),
        result=st.sampled_from(CallResult),
    ),
    max_size=20,
    unique_by=lambda record: record.id,
)


def every_call(tx: Transaction) -> dict[CallId, CallRecord]:
    return {record.id: record for person in (ANNA, BERTIL, CAROLINA) for record in tx.calls.of(person, limit=100)}


def new_tenant() -> TenantId:
    """Each example has a tenant of its own, which is quicker than a database of its own."""
    return TenantId(f"tenant-{next(numbers)}")


@thorough
@given(added=records, numbers_until=instants, calls_until=instants)
def test_a_number_is_never_there_after_its_time_nor_a_call_after_its_own(
    store: SqlStore, added: list[CallRecord], numbers_until: datetime, calls_until: datetime
) -> None:
    with store.write(new_tenant()) as tx:
        tx.calls.add(added)
        erased = tx.calls.erase_numbers(numbers_until)
        dropped = tx.calls.drop_before(calls_until)
        left = every_call(tx)

    assert left == {
        each.id: each if each.at >= numbers_until else replace(each, number="", colleague=None)
        for each in added
        if each.at >= calls_until
    }
    assert erased == sum(each.at < numbers_until and bool(each.number or each.colleague) for each in added)
    assert dropped == sum(each.at < calls_until for each in added)


@thorough
@given(added=records, limit=st.integers(1, 6), before=st.none() | instants)
def test_a_persons_calls_are_the_newest_of_those_that_concern_the_person(
    store: SqlStore, added: list[CallRecord], limit: int, before: datetime | None
) -> None:
    with store.write(new_tenant()) as tx:
        tx.calls.add(added)
        found = tx.calls.of(ANNA, limit=limit, before=before)

    hers = [each for each in added if ANNA in (each.person, each.colleague) and (before is None or each.at < before)]
    assert list(found) == sorted(hers, key=lambda each: (each.at, each.id), reverse=True)[:limit]


@pytest.mark.parametrize("before", [None, NOON])
def test_a_persons_calls_among_many_are_one_short_stretch_of_an_index(store: SqlStore, before: datetime | None) -> None:
    with store.write(ACME) as tx:
        fill(tx)
        plans = plans_of(tx, lambda: tx.calls.of(ANNA, limit=50, before=before))

    assert [index in plan for plan, index in zip(plans, ("call_by_person", "call_by_colleague"), strict=True)] == [
        True,
        True,
    ]
    assert [plan for plan in plans if "B-TREE" in plan or "Sort" in plan or "SCAN" in plan or "Seq" in plan] == []


def test_what_is_erased_each_hour_is_found_by_an_index_that_knows_no_erased_ones(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        fill(tx)
        [plan] = plans_of(tx, lambda: tx.calls.erase_numbers(NOON))

    assert "call_with_caller" in plan


def fill(tx: Transaction) -> None:
    """Add many calls of many people, most without a caller, and let the database know how many."""
    tx.calls.add(
        replace(
            call(
                f"c{n:05}", to=PersonId(f"p{n % 200}"), by=PersonId(f"p{n % 199}") if n % 40 == 0 else None, number=""
            ),
            at=NOON - n * MINUTE,
        )
        for n in range(4_000)
    )
    connection: Connection = tx.calls._connection  # type: ignore[attr-defined] # statistics have no port
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE call")


def plans_of(tx: Transaction, work: Callable[[], object]) -> list[str]:
    """Return how the database would run each statement of some work, without scanning where it can."""
    connection: Connection = tx.calls._connection  # type: ignore[attr-defined] # plans have no port
    run: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        run.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    work()
    event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN"
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    return [
        "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", values))
        for statement, values in run
    ]


# ── wishes to be called back ────────────────────────────────────────────────────────────────────


def test_a_wish_is_found_by_its_id_by_its_person_and_among_all(tx: Transaction) -> None:
    second = call_back("second", "12:05", to=ANNA, number="0702", by=BERTIL)
    first = call_back("first", "12:00", to=ANNA, number="0701")
    to_bertil = call_back("to-bertil", "12:02", to=BERTIL, number="0701")
    for each in (second, first, to_bertil):
        tx.call_backs.add(each)

    assert tx.call_backs.get(CallId("second")) == second
    assert tx.call_backs.get(CallId("nothing")) is None
    assert tx.call_backs.of(ANNA) == [first, second]
    assert tx.call_backs.all(limit=10) == [first, to_bertil, second]
    assert tx.call_backs.all(limit=2) == [first, to_bertil]


def test_a_later_wish_of_the_same_number_to_the_same_person_replaces_the_earlier_one(tx: Transaction) -> None:
    tx.call_backs.add(call_back("first", "12:00", to=ANNA, number="0701", by=BERTIL))
    later = call_back("later", "12:30", to=ANNA, number="0701")
    tx.call_backs.add(later)

    assert tx.call_backs.of(ANNA) == [later]
    assert tx.call_backs.get(CallId("first")) is None


def test_an_earlier_wish_that_is_told_late_replaces_nothing(tx: Transaction) -> None:
    later = call_back("later", "12:30", to=ANNA, number="0701")
    tx.call_backs.add(later)
    tx.call_backs.add(call_back("first", "12:00", to=ANNA, number="0701"))

    assert tx.call_backs.all(limit=10) == [later]


def test_the_same_wish_told_twice_is_there_once(tx: Transaction) -> None:
    tx.call_backs.add(call_back("a", "12:00", to=ANNA, number="0701"))
    tx.call_backs.add(call_back("a", "12:00", to=ANNA, number="0701"))
    corrected = call_back("a", "12:00", to=ANNA, number="0702")
    tx.call_backs.add(corrected)

    assert tx.call_backs.all(limit=10) == [corrected]


def test_a_wish_that_was_dealt_with_is_gone(tx: Transaction) -> None:
    tx.call_backs.add(call_back("a", "12:00", to=ANNA, number="0701"))
    tx.call_backs.add(call_back("b", "12:00", to=ANNA, number="0702"))
    tx.call_backs.remove(CallId("a"))
    tx.call_backs.remove(CallId("nothing"))

    assert ids(tx.call_backs.of(ANNA)) == ["b"]


def test_wishes_are_forgotten_from_before_an_instant(tx: Transaction) -> None:
    tx.call_backs.add(call_back("old", "11:59", to=ANNA, number="0701"))
    tx.call_backs.add(call_back("fresh", "12:00", to=ANNA, number="0702"))

    assert tx.call_backs.drop_before(at("12:00")) == 1
    assert ids(tx.call_backs.all(limit=10)) == ["fresh"]


# ── recorded phrases ────────────────────────────────────────────────────────────────────────────


def test_a_recording_is_kept_listed_replaced_and_deleted(tx: Transaction) -> None:
    first = recording(NAME_OF_ANNA, b"first")
    tx.recordings.put(first)
    assert tx.recordings.get(NAME_OF_ANNA) == first

    second = recording(NAME_OF_ANNA, b"second" * 50_000)
    tx.recordings.put(second)
    assert tx.recordings.get(NAME_OF_ANNA) == second
    assert tx.recordings.hashes() == {NAME_OF_ANNA: second.sha256}

    tx.recordings.remove(NAME_OF_ANNA)
    tx.recordings.remove(NAME_OF_ANNA)
    assert (tx.recordings.get(NAME_OF_ANNA), tx.recordings.hashes()) == (None, {})


def test_recordings_differ_by_kind_by_key_and_by_language(tx: Transaction) -> None:
    phrases = [
        PhraseId(kind=PhraseKind.REASON, key="anna", language="sv"),
        PhraseId(kind=PhraseKind.REASON, key="anna", language="nb"),
        PhraseId(kind=PhraseKind.NAME, key="anna"),
        PhraseId(kind=PhraseKind.NAME, key="bertil"),
    ]
    for number, phrase in enumerate(phrases):
        tx.recordings.put(recording(phrase, bytes([number])))
    tx.recordings.remove(phrases[0])

    assert set(tx.recordings.hashes()) == set(phrases[1:])
    assert [found.audio for each in phrases if (found := tx.recordings.get(each))] == [b"\1", b"\2", b"\3"]
