"""Nothing of a private booking survives a plan: C-07, S-1, F-30."""

from dataclasses import replace

import pytest

from kalenderkoppling.domain.absence import Edit
from kalenderkoppling.domain.booking import BookingKey, ShowAs
from kalenderkoppling.sync.plan import Plan, make_plan
from kktest.make import at, between, booking, choice, kept, known, private, terms, view

LONG_AGO = between("2026-11-20 10:00", "2026-11-20 11:00")
OCCURRENCES = [("old", LONG_AGO), ("a", between("08:00", "09:00")), ("b", between("10:00", "11:00"))]


def test_R10_a_private_booking_is_never_synchronised() -> None:
    assert make_plan(view(private()), known(), terms()).is_empty


@pytest.mark.parametrize("edit", [None, Edit(end=at("10:30")), Edit(removed=True)], ids=["plain", "edited", "removed"])
def test_F_30_a_booking_made_private_is_forgotten_with_every_trace(edit: Edit | None) -> None:
    plan = make_plan(view(private()), known(kept(edit=edit)), terms())
    assert plan == Plan(forget=(kept().id,), leaves_traces=True)


def test_C_07_a_key_that_is_both_private_and_normal_is_private() -> None:
    plan = make_plan(view(private(), booking()), known(kept()), terms())
    assert plan == Plan(forget=(kept().id,), leaves_traces=True)
    assert make_plan(view(private(), booking()), known(), terms()).is_empty


def test_C_07_a_key_that_is_both_private_and_unreadable_is_private() -> None:
    assert make_plan(view(private(), unreadable=["b"]), known(kept()), terms()).forget == (kept().id,)


def test_C_07_a_series_made_private_takes_its_older_occurrences_with_it() -> None:
    old = kept(booking("old", LONG_AGO, series="s"))
    assert make_plan(view(private("b", "s")), known(old), terms()).forget == (old.id,)


def test_C_07_a_private_occurrence_leaves_the_others_of_a_series_that_is_not_private() -> None:
    old, other = kept(booking("old", LONG_AGO, series="s")), kept(booking("a", series="s"))
    plan = make_plan(
        view(private("b", "s"), booking("a", series="s")), known(old, other, kept(booking(series="s"))), terms()
    )
    assert plan == Plan(forget=(kept().id,), leaves_traces=True)


def test_C_07_a_booking_that_left_a_series_which_is_private_is_not_private() -> None:
    left = booking()
    plan = make_plan(view(private("p", "s"), left), known(kept(booking(series="s"))), terms())
    assert plan == Plan(change=(kept(left),))


def test_C_07_a_private_occurrence_without_series_leaves_single_bookings_alone() -> None:
    single = kept(booking("old", LONG_AGO))
    assert make_plan(view(private("p")), known(single), terms()).is_empty


def test_an_unreadable_occurrence_of_a_private_series_was_read_as_normal_and_stays() -> None:
    row = kept(booking(series="s"))
    assert make_plan(view(private("p", "s"), unreadable=["b"]), known(row), terms()).is_empty


def test_C_07_a_series_that_is_both_private_and_unreadable_is_private() -> None:
    row = kept(booking(series="s"))
    assert make_plan(view(private("s", "s"), unreadable=["s"]), known(row), terms()).forget == (row.id,)


def test_a_booking_made_private_and_normal_again_starts_anew() -> None:
    plan = make_plan(view(booking()), known(), terms())
    assert plan.add == (kept(id_="new-1"),)


def test_C_07_the_choice_of_a_series_made_private_holds_up_no_row_any_more() -> None:
    free = kept(booking(series="s", show_as=ShowAs.FREE))
    plan = make_plan(view(private("p", "s"), unreadable=["b"]), known(free, s=choice()), terms())
    assert plan == Plan(drop=(free.id,), forget_choices=(BookingKey("s"),), leaves_traces=True)


def test_C_07_an_occurrence_that_is_both_private_and_normal_makes_no_series_normal() -> None:
    seen = view(private("b", "s"), booking(series="s"))
    assert make_plan(seen, known(s=choice()), terms()).forget_choices == (BookingKey("s"),)


def test_F_31_of_rows_that_no_look_has_confirmed_only_what_the_view_tells_is_kept() -> None:
    told, past = kept(booking("told")), kept(booking("past", LONG_AGO))
    unreadable = kept(booking("unreadable"))
    before = replace(known(told, past, unreadable), is_confirmed=False)
    plan = make_plan(view(booking("told"), unreadable=["unreadable"]), before, terms())
    assert plan == Plan(forget=(past.id, unreadable.id), leaves_traces=True)


def test_F_31_S_4_an_edit_on_a_row_that_no_look_has_confirmed_stands_where_the_booking_is_unchanged() -> None:
    edited = kept(edit=Edit(end=at("10:30")))
    assert make_plan(view(booking()), replace(known(edited), is_confirmed=False), terms()).is_empty
