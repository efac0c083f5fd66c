"""What every store promises of absences: kept, changed, dropped, and when they begin and end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import ConflictError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval, When
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, by_hand, placed, placed_at
from kktest.make import NOON, at, between, booking, days, kept

REMOVED = Edit(removed=True)
WEEK = timedelta(days=7)
CECILIA = PersonId("cecilia")


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        yield tx


def ids(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return sorted(each.id for each in rows)


def test_what_was_added_is_kept(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("b1")), placed(booking("b2", days("2026-11-23", "2026-11-25")))])

    assert tx.absences.kept(ANNA) == [kept(booking("b1")), kept(booking("b2", days("2026-11-23", "2026-11-25")))]


def test_what_was_added_for_several_people_is_kept_of_each(tx: Transaction) -> None:
    tx.absences.add_many({ANNA: [placed(booking("b2")), placed(booking("b1"))], BERTIL: [placed(booking("b3"))]})

    kept_of = tx.absences.kept_by_person([ANNA, BERTIL, CECILIA])
    assert kept_of == {ANNA: [kept(booking("b1")), kept(booking("b2"))], BERTIL: [kept(booking("b3"))]}
    assert tx.absences.kept_by_person([BERTIL]) == {BERTIL: [kept(booking("b3"))]}


def test_what_cannot_be_added_for_one_is_added_for_nobody(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.absences.add(ANNA, [placed()])

    with pytest.raises(ConflictError), store.write(ACME) as tx:
        tx.absences.add_many({CECILIA: [placed(booking("b2"))], BERTIL: [placed()]})

    with store.read(ACME) as tx:
        assert list(tx.absences.kept_by_person([ANNA, BERTIL, CECILIA])) == [ANNA]


def test_adding_nothing_is_nothing(tx: Transaction) -> None:
    tx.absences.add(ANNA, [])
    tx.absences.add_many({})
    tx.absences.change(ANNA, [])

    assert tx.absences.kept(ANNA) == []


def test_an_id_is_kept_once(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.absences.add(ANNA, [placed()])

    with pytest.raises(ConflictError), store.write(ACME) as tx:
        tx.absences.add(BERTIL, [placed()])


def test_a_change_replaces_the_row_and_gives_a_new_version(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("b1", subject="Budget")), placed(booking("b2"))])
    before = tx.absences.owned(AbsenceId("id-b1"))
    changed = kept(booking("b1", between("13:00", "14:00"), show_as=None), Edit(note="late"))

    tx.absences.change(ANNA, [placed(changed)])

    after = tx.absences.owned(AbsenceId("id-b1"))
    assert before is not None
    assert after is not None
    assert after.kept == changed
    assert after.version != before.version
    assert tx.absences.owned(AbsenceId("id-b2")) == replace(before, kept=kept(booking("b2")))


def test_a_change_of_what_is_gone_brings_nothing_back(tx: Transaction) -> None:
    tx.absences.change(ANNA, [placed()])

    assert tx.absences.kept(ANNA) == []


def test_kept_between_uses_the_effective_times_half_open(tx: Transaction) -> None:
    edited = kept(booking("moved"), Edit(start=at("15:00"), end=at("16:00")))
    tx.absences.add(ANNA, [placed(booking("b1", between("10:00", "11:00"))), placed(edited)])
    tx.absences.add(BERTIL, [placed(booking("b2", between("10:30", "11:30")))])

    found = tx.absences.kept_between([ANNA, BERTIL], between("11:00", "12:00"))
    later = tx.absences.kept_between([ANNA, BERTIL], between("15:30", "15:45"))

    assert found == {BERTIL: [kept(booking("b2", between("10:30", "11:30")))]}
    assert later == {ANNA: [edited]}


def test_kept_between_takes_thousands_of_people(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed()])
    people = [*(type(ANNA)(f"p{number}") for number in range(3_000)), ANNA]

    assert list(tx.absences.kept_between(people, between("00:00", "23:00"))) == [ANNA]


def test_what_was_set_by_hand_is_found_replaced_and_dropped(tx: Transaction) -> None:
    tx.absences.put_by_hand(ANNA, by_hand("10:00", "11:00"))
    first = tx.absences.owned(by_hand().id)
    longer = by_hand("10:00", "12:00", note="by train")
    tx.absences.put_by_hand(ANNA, longer)
    second = tx.absences.owned(by_hand().id)

    assert first is not None
    assert second is not None
    assert second.by_hand == longer
    assert second.version != first.version
    assert tx.absences.by_hand_between([ANNA], between("11:30", "13:00")) == {ANNA: [longer]}

    tx.absences.drop([longer.id])
    assert tx.absences.owned(longer.id) is None


def test_dropping_leaves_the_others_and_ignores_unknown_ids(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("b1")), placed(booking("b2"))])

    tx.absences.drop([AbsenceId("id-b1"), AbsenceId("nobody's")])

    assert ids(tx.absences.kept(ANNA)) == ["id-b2"]


def test_dropping_what_is_kept_leaves_what_was_set_by_hand(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("b1")), placed(booking("b2"))])
    tx.absences.put_by_hand(ANNA, by_hand())

    assert tx.absences.drop_kept_of(ANNA) == 2
    assert tx.absences.kept(ANNA) == []
    assert tx.absences.owned(by_hand().id) is not None


@pytest.mark.parametrize(("before", "left"), [("11:00", ["late"]), ("10:59", ["edited", "hand", "late", "soon"])])
def test_what_ended_by_an_instant_is_dropped_edits_counted_in(tx: Transaction, before: str, left: list[str]) -> None:
    tx.absences.add(ANNA, [placed_at("soon", at("10:00")), placed_at("late", at("10:30"))])
    prolonged = kept(booking("edited", between("10:00", "10:30")), Edit(end=at("11:00")), id_="id-edited")
    tx.absences.add(ANNA, [placed(prolonged)])
    tx.absences.put_by_hand(ANNA, by_hand("10:00", "11:00", id_="id-hand"))

    dropped = tx.absences.drop_ended(at(before))

    names = ("edited", "hand", "late", "soon")
    assert [name for name in names if tx.absences.owned(AbsenceId(f"id-{name}"))] == left
    assert dropped == 4 - len(left)


@pytest.mark.parametrize("when", [between("10:00", "18:00"), days("2026-11-23", "2026-11-24")])
def test_S_4_what_an_edit_ended_early_stays_until_its_booking_has_ended(tx: Transaction, when: When) -> None:
    tx.absences.add(ANNA, [placed(kept(booking("edited", when), Edit(end=at("11:00")), id_="id-edited"))])

    assert tx.absences.drop_ended(at("12:00")) == 0
    assert tx.absences.drop_ended(at("2026-11-24 14:00")) == 1


def test_a_long_absence_is_dropped_when_it_has_ended(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed_at("long", NOON - 5 * WEEK, 4 * WEEK), placed_at("on", NOON - 5 * WEEK, 6 * WEEK)])

    assert tx.absences.drop_ended(NOON) == 1
    assert ids(tx.absences.kept(ANNA)) == ["id-on"]


def test_purging_subjects_takes_those_and_nothing_else(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("b1", subject="Budget")), placed(booking("b2"))])
    tx.absences.add(BERTIL, [placed(booking("b3", subject="Lunch"))])

    assert tx.absences.purge_subjects([ANNA]) == 1
    assert ids(tx.absences.kept(ANNA)) == ["id-b1", "id-b2"]
    assert [each.booking.subject for each in tx.absences.kept(ANNA)] == [None, None]
    assert [each.booking.subject for each in tx.absences.kept(BERTIL)] == ["Lunch"]


def test_dropping_what_no_rule_gives_spares_edits_other_show_as_and_other_people(tx: Transaction) -> None:
    rows = [
        kept(booking("plain", subject="Budget")),
        kept(booking("edited", subject="Lunch"), Edit(note="x")),
        kept(booking("removed"), REMOVED),
        kept(booking("away", show_as=ShowAs.OUT_OF_OFFICE)),
        kept(booking("unknown", show_as=None)),
    ]
    tx.absences.add(ANNA, [placed(row) for row in rows])

    tx.absences.add(BERTIL, [placed(booking("of-bertil"))])
    touched = tx.absences.drop_unruled([ANNA], [ShowAs.BUSY])

    assert touched == 2
    assert ids(tx.absences.kept(ANNA)) == ["id-away", "id-edited", "id-removed", "id-unknown"]
    assert ids(tx.absences.kept(BERTIL)) == ["id-of-bertil"]
    asleep = tx.absences.owned(AbsenceId("id-edited"))
    assert asleep is not None
    assert asleep.kept == kept(booking("edited"), Edit(note="x"))


def test_dropping_what_no_rule_gives_knows_the_unknown_show_as(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(booking("busy")), placed(booking("unknown", show_as=None))])

    assert tx.absences.drop_unruled([ANNA], [None]) == 1
    assert ids(tx.absences.kept(ANNA)) == ["id-busy"]


@pytest.mark.parametrize(
    ("stretch", "concerned"),
    [
        (("09:59", "10:00"), [ANNA]),
        (("10:00", "10:59"), []),
        (("10:59", "11:00"), [ANNA]),
        (("11:00", "11:30"), [BERTIL]),
        (("09:00", "12:00"), [ANNA, BERTIL]),
    ],
)
def test_a_boundary_concerns_whose_absence_starts_or_ends_there(
    tx: Transaction, stretch: tuple[str, str], concerned: list[str]
) -> None:
    tx.absences.add(ANNA, [placed(booking("b1", between("10:00", "11:00")))])
    tx.absences.put_by_hand(BERTIL, by_hand("11:30", "13:00"))

    assert tx.absences.with_boundary(between(*stretch)) == concerned


def test_a_removal_has_no_boundaries(tx: Transaction) -> None:
    tx.absences.add(ANNA, [placed(kept(booking("b1"), REMOVED))])

    assert tx.absences.with_boundary(between("00:00", "23:00")) == []
    assert tx.absences.next_boundary(at("00:00")) is None


@pytest.mark.parametrize("length", [timedelta(hours=1), timedelta(days=6), 3 * WEEK, 60 * WEEK], ids=str)
@pytest.mark.parametrize("weeks", [0, 1, 30])
def test_every_boundary_is_the_next_one_once(tx: Transaction, weeks: int, length: timedelta) -> None:
    start = NOON + weeks * WEEK
    tx.absences.add(ANNA, [placed_at("b1", start, length), placed_at("b2", start + timedelta(minutes=5), length)])

    found = []
    edge = tx.absences.next_boundary(NOON - timedelta(seconds=1))
    while edge is not None:
        assert tx.absences.with_boundary(Interval(start=edge - timedelta(microseconds=1), end=edge)) == [ANNA]
        found.append(edge)
        edge = tx.absences.next_boundary(edge)

    minutes = (timedelta(), timedelta(minutes=5))
    assert found == sorted([start + each for each in minutes] + [start + length + each for each in minutes])


def test_an_absence_is_owned_by_its_person(tx: Transaction) -> None:
    tx.absences.add(BERTIL, [placed()])

    owned = tx.absences.owned(placed().kept.id)

    assert owned is not None
    assert (owned.person, owned.kept, owned.by_hand) == (BERTIL, kept(), None)
    assert tx.absences.owned(AbsenceId("nobody's")) is None
