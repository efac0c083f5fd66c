"""Ids of absences: opaque, never twice, and in an order that a store likes."""

import threading

from kalenderkoppling.composition.core import AbsenceIds


def test_no_id_ever_comes_twice_whoever_asks_at_once() -> None:
    new_id = AbsenceIds()
    given: list[str] = []

    def ask() -> None:
        given.extend(new_id() for _ in range(1_000))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert len(set(given)) == 4_000


def test_ids_in_a_row_begin_alike_and_end_at_random() -> None:
    new_id = AbsenceIds()
    one, other = new_id(), new_id()
    assert one[:8] == other[:8]
    assert one[8:] != other[8:]


def test_the_beginning_changes_so_that_ids_do_not_tell_a_process() -> None:
    new_id = AbsenceIds()
    assert len({new_id()[:8] for _ in range(1_024)}) == 4
