"""A status is loaded stretch by stretch: it is always the one that everything to come would give."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, Origin
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.situation import NEAR, near_situations, situation
from kktest.keeping import ACME, ANNA, BERTIL, person
from kktest.make import NOON, absence

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def _by_hand(number: int, start: timedelta, length: timedelta) -> Absence:
    made = absence("10:00", "11:00", Diversion.NONE, origin=Origin.BY_HAND, tie=f"id-{number}")
    interval = Interval(start=NOON + start, end=NOON + start + length)
    return replace(made, id=AbsenceId(f"id-{number}"), interval=interval)


@pytest.mark.parametrize(
    "away",
    [
        [],
        [(-_HOUR, _HOUR)],
        [(-_HOUR, 2 * _HOUR)],
        [(_HOUR, _HOUR)],
        [(-_HOUR, 2 * _HOUR), (_HOUR, _DAY)],
        [(-_DAY, _DAY + NEAR)],
        [(-_DAY, _DAY + NEAR - _HOUR), (NEAR - _HOUR, 3 * _DAY)],
        [(-_DAY, _DAY + NEAR), (NEAR, 30 * _DAY), (NEAR + 30 * _DAY, 30 * _DAY)],
        [(-_HOUR, 2 * _HOUR), (NEAR + _DAY, _DAY)],
        [(NEAR, _DAY)],
    ],
)
def test_the_status_is_that_of_all_that_is_to_come(store: SqlStore, away: list[tuple[timedelta, timedelta]]) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person(ANNA), person(BERTIL, "Bertil Dal")])
        for number, (start, length) in enumerate(away):
            tx.absences.put_by_hand(ANNA, _by_hand(number, start, length))
    with store.read(ACME) as tx:
        near = near_situations(tx, [ANNA, BERTIL], NOON)
        whole = situation(tx, ANNA, NOON)
        assert whole is not None
        assert near[ANNA].status() == whole.status()
        assert all(each.interval.overlaps(near[ANNA].between) for each in near[ANNA].absences)
        assert not near[BERTIL].absences
