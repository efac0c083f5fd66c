"""How old the knowledge of a calendar may be: semantics 9."""

from datetime import timedelta

import pytest

from kalenderkoppling.absences.freshness import is_fresh
from kktest.make import NOON

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("limit_hours", "age", "fresh"),
    [
        (24, timedelta(hours=24), True),
        (24, timedelta(hours=24) + SECOND, False),
        (6, timedelta(hours=6), True),
        (6, timedelta(hours=6) + SECOND, False),
        (1, timedelta(hours=4), True),
        (1, timedelta(hours=4) + SECOND, False),
        (0, timedelta(hours=4), True),
    ],
)
def test_C_27_a_look_older_than_the_limit_never_under_four_hours_is_not_fresh(
    limit_hours: int, age: timedelta, fresh: bool
) -> None:
    assert is_fresh(NOON - age, NOON, timedelta(hours=limit_hours)) is fresh


@pytest.mark.parametrize(("age", "fresh"), [(timedelta(hours=24), True), (timedelta(hours=24) + SECOND, False)])
def test_C_27_the_limit_is_24_hours_unless_set_otherwise(age: timedelta, fresh: bool) -> None:
    assert is_fresh(NOON - age, NOON) is fresh


def test_C_27_before_the_first_good_look_nothing_is_fresh() -> None:
    assert not is_fresh(None, NOON)


def test_F_12_a_look_in_the_future_after_a_clock_step_is_fresh() -> None:
    assert is_fresh(NOON + timedelta(days=3), NOON)
