"""What is in force, in which order it shows, and what governs: semantics 6."""

from datetime import datetime
from functools import cmp_to_key
from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.in_force import governing, in_force, in_order
from kalenderkoppling.domain.absence import Absence, Diversion, Origin
from kktest.draw import absences, instants
from kktest.make import absence, at

NONE, OPEN, DIRECT = Diversion.NONE, Diversion.OPEN, Diversion.DIRECT


@pytest.mark.parametrize(("instant", "number"), [("09:59", 0), ("10:00", 1), ("10:59", 1), ("11:00", 0)])
def test_C_01_at_the_end_instant_the_person_is_free(instant: str, number: int) -> None:
    assert len(in_force([absence("10:00", "11:00")], at(instant))) == number


def test_absences_are_shown_by_start_then_end_then_key() -> None:
    ordered = [
        absence("09:00", "12:00", tie="z"),
        absence("10:00", "11:00", tie="y"),
        absence("10:00", "11:30", tie="a"),
        absence("10:00", "11:30", tie="b"),
    ]
    assert all(in_order(each) == ordered for each in permutations(ordered))


def test_nothing_governs_where_nothing_is_in_force() -> None:
    assert governing([]) is None


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (
            absence("10:00", "11:00", DIRECT, origin=Origin.BY_HAND),
            absence("10:00", "12:00", OPEN, origin=Origin.OUT_OF_OFFICE),
        ),
        (
            absence("10:00", "11:00", OPEN, origin=Origin.BY_HAND),
            absence("10:00", "12:00", NONE, origin=Origin.OUT_OF_OFFICE),
        ),
    ],
    ids=["direct over open", "open over none"],
)
def test_C_02_the_strongest_counts_before_anything_else(stronger: Absence, weaker: Absence) -> None:
    assert governing([weaker, stronger]) is stronger


PRECEDENCE = [
    Origin.OUT_OF_OFFICE,
    Origin.BUSY,
    Origin.TENTATIVE,
    Origin.WORKING_ELSEWHERE,
    Origin.FREE,
    Origin.BY_HAND,
]


@pytest.mark.parametrize("diversion", Diversion)
@pytest.mark.parametrize(("first", "second"), list(pairwise(PRECEDENCE)))
def test_C_02_of_equals_out_of_office_busy_tentative_elsewhere_free_by_hand(
    first: Origin, second: Origin, diversion: Diversion
) -> None:
    stronger = absence("10:00", "11:00", diversion, origin=first, tie="z")
    weaker = absence("10:00", "12:00", diversion, origin=second, tie="a")
    assert governing([weaker, stronger]) is stronger


def test_C_02_then_the_later_end_counts() -> None:
    later, earlier = absence("10:00", "11:01", tie="z"), absence("09:00", "11:00", tie="a")
    assert governing([earlier, later]) is later


def test_C_02_then_the_key_counts() -> None:
    one, other = absence("10:00", "11:00", tie="a"), absence("09:00", "11:00", tie="b")
    assert governing([other, one]) is one


STRENGTH = [DIRECT, OPEN, NONE]


def compare(one: Absence, other: Absence) -> int:
    """The sentence of semantics 6, word by word, without a sort key."""
    if one.diversion is not other.diversion:
        return STRENGTH.index(one.diversion) - STRENGTH.index(other.diversion)
    if one.origin is not other.origin:
        return PRECEDENCE.index(one.origin) - PRECEDENCE.index(other.origin)
    if one.interval.end != other.interval.end:
        return -1 if one.interval.end > other.interval.end else 1
    return (one.tie > other.tie) - (one.tie < other.tie)


@given(st.lists(absences(), min_size=1, unique_by=lambda each: each.tie), st.randoms())
def test_C_02_what_governs_is_always_the_first_in_the_order_of_the_sentence(
    standing: list[Absence], shuffle: Random
) -> None:
    expected = min(standing, key=cmp_to_key(compare))
    shuffle.shuffle(standing)
    assert governing(standing) is expected


@given(st.lists(absences()), instants)
def test_what_is_in_force_always_has_begun_and_has_not_ended(away: list[Absence], now: datetime) -> None:
    standing = in_force(away, now)
    assert standing == [each for each in away if not (now < each.interval.start or now >= each.interval.end)]
