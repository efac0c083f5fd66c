"""What waits to be rendered."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.usecases.announcements.render_queue import RenderQueue, Waiting
from kalenderkoppling.usecases.announcements.sentence import said
from kktest.callees import SWEDISH
from kktest.keeping import ACME
from kktest.make import NOON
from kktest.prompts import key_of


def waiting(name: str, minutes: float = 0) -> Waiting:
    return Waiting(key=key_of(name), sentence=said(name, SWEDISH), tenant=ACME, needed_at=after(minutes))


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def taken(queue: RenderQueue, now: datetime = NOON) -> list[str]:
    found = []
    while (wanted := queue.take(now)) is not None:
        found.append(wanted.sentence.text)
    return found


def test_the_most_urgent_comes_first_and_of_equals_the_first_that_came() -> None:
    queue = RenderQueue()
    for name, minutes in (("b", 5), ("c", 1), ("a", 5)):
        queue.put(waiting(name, minutes))
    assert len(queue) == 3
    assert taken(queue) == ["c", "b", "a"]
    assert len(queue) == 0


def test_a_sentence_waits_once_by_its_earliest_need() -> None:
    queue = RenderQueue()
    for name, minutes in (("a", 5), ("b", 3), ("a", 1), ("a", 9)):
        queue.put(waiting(name, minutes))
    assert taken(queue) == ["a", "b"]


def test_what_was_discarded_does_not_come_unless_it_is_put_again() -> None:
    queue = RenderQueue()
    queue.put(waiting("a"))
    queue.put(waiting("b"))
    queue.discard([key_of("a"), key_of("c")])
    assert taken(queue) == ["b"]
    queue.put(waiting("a"))
    assert taken(queue) == ["a"]


def test_F_26_what_failed_rests_longer_each_time_but_ten_minutes_at_most() -> None:
    queue, now, rests = RenderQueue(), NOON, []
    queue.put(waiting("a"))
    for _ in range(12):
        wanted = queue.take(now)
        assert wanted is not None
        queue.put_back(wanted, now)
        assert queue.take(now) is None
        begun = now
        while not queue._ready and queue._resting[0][1] > now:
            now = queue._resting[0][1]
        rests.append((now - begun).total_seconds())
    assert rests == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]


def test_F_26_what_failed_before_lets_the_others_go_first() -> None:
    queue = RenderQueue()
    queue.put(waiting("bad", -60))
    bad = queue.take(NOON)
    assert bad is not None
    queue.put_back(bad, NOON)
    queue.put(waiting("good", 60))
    assert taken(queue, after(1)) == ["good", "bad"]


def test_what_rests_is_not_made_ready_by_being_wanted_again() -> None:
    queue = RenderQueue()
    queue.put(waiting("a", 5))
    wanted = queue.take(NOON)
    assert wanted is not None
    queue.put_back(wanted, NOON)
    queue.put(waiting("a", 1))
    assert queue.take(NOON) is None
    again = queue.take(after(1))
    assert again is not None
    assert (again.needed_at, again.failures) == (after(1), 1)


def test_what_was_discarded_while_it_rests_does_not_come() -> None:
    queue = RenderQueue()
    queue.put_back(waiting("a"), NOON)
    queue.discard([key_of("a")])
    assert queue.take(after(60)) is None


def test_S_14_what_is_put_and_discarded_for_ever_does_not_pile_up() -> None:
    queue = RenderQueue()
    for number in range(5_000):
        queue.put(waiting(f"{number}", number))
        queue.put_back(waiting(f"rests {number}"), NOON)
        queue.discard([key_of(f"{number}"), key_of(f"rests {number}")])
    assert len(queue._ready) < 1_100
    assert len(queue._resting) < 1_100


def test_the_order_stays_when_what_was_discarded_is_cleared_away() -> None:
    queue = RenderQueue()
    minutes = [number * 7_919 % 3_000 for number in range(3_000)]
    for each in minutes:
        queue.put(waiting(f"{each}", each))
    queue.discard(key_of(f"{each}") for each in minutes if each % 6)
    queue.put(waiting("last", 3_000))
    assert len(queue._ready) < 600
    assert taken(queue) == [*(f"{each}" for each in range(0, 3_000, 6)), "last"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-60, 60), st.booleans()), max_size=40))
def test_everything_that_waits_comes_once_in_order(steps: list[tuple[int, int, bool]]) -> None:
    queue, table = RenderQueue(), dict[str, int]()
    for number, minutes, discards in steps:
        name = str(number)
        if discards:
            queue.discard([key_of(name)])
            table.pop(name, None)
        else:
            queue.put(waiting(name, minutes))
            table[name] = min(minutes, table.get(name, minutes))
    found = taken(queue)
    assert sorted(found) == sorted(table)
    assert [table[name] for name in found] == sorted(table.values())
