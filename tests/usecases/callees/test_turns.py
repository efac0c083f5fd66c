"""When each of many people has a turn next."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.callees.turns import CalleeKey, Turns
from kktest.make import NOON


def key(number: int) -> CalleeKey:
    return TenantId("acme"), PersonId(str(number))


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_those_who_are_due_come_the_longest_due_first_and_once() -> None:
    turns = Turns()
    for number, minutes in ((1, 3), (2, 1), (3, 9)):
        turns.set(key(number), after(minutes))
    assert turns.take(after(5), most=10) == [key(2), key(1)]
    assert turns.take(after(5), most=10) == []
    assert turns.next() == after(9)


def test_a_turn_set_anew_replaces_the_earlier_one() -> None:
    turns = Turns()
    turns.set(key(1), after(1))
    turns.set(key(1), after(8))
    assert turns.take(after(5), most=10) == []
    assert turns.next() == after(8)


def test_a_turn_taken_away_does_not_come() -> None:
    turns = Turns()
    turns.set(key(1), after(1))
    turns.remove(key(1))
    turns.remove(key(2))
    assert (turns.next(), len(turns)) == (None, 0)


def test_S_14_turns_set_anew_for_ever_do_not_pile_up() -> None:
    turns = Turns()
    for minutes in range(20_000):
        turns.set(key(minutes % 3), after(minutes))
    assert len(turns._heap) < 2_000


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60))), st.integers(0, 60), st.integers(1, 4))
def test_turns_are_those_of_a_plain_table(sets: list[tuple[int, int]], now: int, most: int) -> None:
    turns, table = Turns(), dict(sets)
    for number, minutes in sets:
        turns.set(key(number), after(minutes))
    due = sorted((minutes, str(number)) for number, minutes in table.items() if minutes <= now)[:most]
    assert turns.take(after(now), most=most) == [key(int(number)) for _, number in due]
    assert len(turns) == len(table) - len(due)
