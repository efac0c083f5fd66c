"""When a sudden emptiness is looked at twice: semantics 9."""

import pytest

from kalenderkoppling.domain.absence import Edit
from kalenderkoppling.domain.booking import Booking, Private, Standing
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.sync.brake import wants_second_look
from kktest.make import STOCKHOLM, between, booking, days, kept, private, view


def rows(number: int) -> list[Kept]:
    return [kept(booking(f"b{each}")) for each in range(number)]


@pytest.mark.parametrize(("number", "second"), [(0, False), (4, False), (5, True), (6, True)])
def test_a_sudden_no_bookings_at_all_where_at_least_five_were_known_is_read_again(number: int, second: bool) -> None:
    assert wants_second_look(view(), rows(number), STOCKHOLM) is second


@pytest.mark.parametrize(
    "row",
    [private("p"), booking("c", standing=Standing.CANCELLED), booking("n")],
    ids=["private", "cancelled", "normal"],
)
def test_rows_that_are_private_or_cancelled_are_not_empty(row: Booking | Private) -> None:
    assert not wants_second_look(view(row), rows(9), STOCKHOLM)


def test_rows_that_could_not_be_placed_are_not_empty() -> None:
    assert not wants_second_look(view(unreadable=["x"]), rows(9), STOCKHOLM)


def test_bookings_that_the_look_did_not_cover_are_not_missed() -> None:
    old = kept(booking("old", between("2026-11-20 10:00", "2026-11-20 11:00")))
    assert not wants_second_look(view(), [*rows(4), old], STOCKHOLM)


def test_whole_days_are_counted_in_the_persons_zone() -> None:
    all_day = kept(booking("d", days("2026-11-22", "2026-11-23")))
    before = kept(booking("d", days("2026-11-21", "2026-11-22")))
    assert wants_second_look(view(), [*rows(4), all_day], STOCKHOLM)
    assert not wants_second_look(view(), [*rows(4), before], STOCKHOLM)


def test_removed_bookings_were_known_too() -> None:
    assert wants_second_look(view(), [*rows(4), kept(booking("r"), Edit(removed=True))], STOCKHOLM)


def test_what_has_no_length_was_not_known() -> None:
    assert not wants_second_look(view(), [*rows(4), kept(booking("z", None))], STOCKHOLM)
