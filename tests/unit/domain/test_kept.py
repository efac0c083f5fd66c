"""What counts as a change of a booking, and which choice counts."""

from dataclasses import replace

import pytest

from kalenderkoppling.domain.absence import Edit
from kalenderkoppling.domain.booking import Booking, BookingKey, ChoiceKind, ShowAs, Standing
from kalenderkoppling.domain.kept import same_facts
from kktest.make import at, between, booking, choice, choices, days, kept, with_item_choice

BASE = booking(series="s", subject="Budget")


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, subject="Budget 2"),
        replace(BASE, series_key=None),
        replace(BASE, standing=Standing.DECLINED),
        with_item_choice(BASE, choice()),
        replace(BASE, key=BookingKey("other")),
    ],
    ids=["subject", "series", "standing", "item choice", "key"],
)
def test_C_11_what_is_not_start_end_all_day_or_show_as_is_no_change(changed: Booking) -> None:
    assert same_facts(BASE, changed)


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, when=between("10:01", "11:00")),
        replace(BASE, when=between("10:00", "11:01")),
        replace(BASE, when=days("2026-11-23", "2026-11-24")),
        replace(BASE, when=None),
        replace(BASE, show_as=ShowAs.FREE),
        replace(BASE, show_as=None),
    ],
    ids=["start", "end", "all-day", "no length", "show-as", "unknown show-as"],
)
def test_C_11_start_end_all_day_and_show_as_are_changes(changed: Booking) -> None:
    assert not same_facts(BASE, changed)


def test_C_11_all_day_is_a_change_though_it_takes_the_same_time() -> None:
    whole, timed = days("2026-11-23", "2026-11-24"), between("2026-11-23 00:00", "2026-11-24 00:00")
    assert not same_facts(booking(when=whole), booking(when=timed))


@pytest.mark.parametrize("kind", ChoiceKind)
def test_C_17_an_occurrences_own_choice_beats_its_series_choice(kind: ChoiceKind) -> None:
    own, of_series = choice(kind), choice(ChoiceKind.NO, made="08:00")
    assert choices(b=own, s=of_series).on(BASE) is own


def test_C_17_without_its_own_an_occurrence_follows_its_series_choice() -> None:
    of_series = choice(ChoiceKind.NO)
    assert choices(s=of_series, other=choice()).on(BASE) is of_series


def test_a_single_booking_has_its_own_choice_or_none() -> None:
    single = booking("single")
    assert choices(s=choice()).on(single) is None
    assert choices(single=choice(made="07:30")).on(single) == choice(made="07:30")


@pytest.mark.parametrize(
    ("edit", "removed"), [(None, False), (Edit(end=at("10:30")), False), (Edit(removed=True), True)]
)
def test_a_removal_is_an_edit_that_says_so(edit: Edit | None, removed: bool) -> None:
    assert kept(edit=edit).is_removed is removed
