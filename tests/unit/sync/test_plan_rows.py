"""Which rows a plan adds, changes and drops: semantics 2, 5 and 9."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import Diversion, Edit
from kalenderkoppling.domain.booking import Booking, ShowAs, Standing
from kalenderkoppling.domain.time import When
from kalenderkoppling.sync.plan import Plan, make_plan
from kktest.make import (
    ADDIN_OFF,
    NOON,
    SUBJECTS_SHOWN,
    at,
    between,
    booking,
    choice,
    days,
    kept,
    known,
    layer,
    policy,
    rule,
    terms,
    view,
    with_item_choice,
)

LONG_AGO = between("2026-11-20 10:00", "2026-11-20 11:00")
AT_THE_EDGE = between("2026-11-21 23:00", "2026-11-22 00:00")
OVER_THE_EDGE = between("2026-11-21 23:00", "2026-11-22 00:01")
NO_UPDATE = policy(layer({ShowAs.BUSY: None}))


def test_R1_a_booking_makes_an_absence() -> None:
    plan = make_plan(view(booking()), known(), terms())
    assert plan == Plan(add=(kept(id_="new-1"),))


def test_each_new_booking_gets_an_id_of_its_own() -> None:
    plan = make_plan(view(booking("a"), booking("b")), known(), terms())
    assert [each.id for each in plan.add] == ["new-1", "new-2"]


@pytest.mark.parametrize(
    "seen",
    [booking(show_as=ShowAs.FREE), booking(when=None), booking(standing=Standing.DECLINED), booking(show_as=None)],
    ids=["free", "no length", "declined", "unknown show-as"],
)
def test_a_booking_that_gives_no_absence_leaves_no_row(seen: Booking) -> None:
    assert make_plan(view(seen), known(), terms()).is_empty
    assert make_plan(view(seen), known(kept()), terms()) == Plan(drop=(kept().id,))


def test_a_look_that_shows_what_is_kept_changes_nothing() -> None:
    assert make_plan(view(booking()), known(kept()), terms()).is_empty


def test_a_moved_booking_is_the_same_booking_with_a_new_time() -> None:
    moved = booking(when=between("14:00", "15:00"))
    assert make_plan(view(moved), known(kept()), terms()) == Plan(change=(kept(moved),))


def test_a_booking_that_joined_a_series_is_written() -> None:
    joined = booking(series="s")
    assert make_plan(view(joined), known(kept()), terms()) == Plan(change=(kept(joined),))


def test_a_deleted_booking_takes_its_absence_with_it() -> None:
    assert make_plan(view(), known(kept()), terms()) == Plan(drop=(kept().id,))


@pytest.mark.parametrize(
    ("when", "stays"),
    [
        (LONG_AGO, True),
        (AT_THE_EDGE, True),
        (OVER_THE_EDGE, False),
        (days("2026-11-21", "2026-11-22"), True),
        (days("2026-11-21", "2026-11-23"), False),
    ],
    ids=["long ago", "ends at the edge", "over the edge", "day before", "day over the edge"],
)
def test_a_booking_that_has_become_older_than_the_window_has_not_been_deleted(when: When, stays: bool) -> None:
    assert make_plan(view(), known(kept(booking(when=when))), terms()).is_empty is stays


def test_an_absence_older_than_the_window_keeps_its_edit() -> None:
    prolonged = kept(booking(when=LONG_AGO), Edit(end=at("2026-11-30 12:00")))
    assert make_plan(view(), known(prolonged), terms()).is_empty


def test_a_booking_that_overlaps_the_window_is_kept_whole() -> None:
    long = booking(when=between("2026-10-01 08:00", "2027-06-01 17:00"))
    assert make_plan(view(long), known(), terms()).add[0].booking.when == long.when


def test_an_older_row_that_gives_no_absence_any_more_leaves_no_row() -> None:
    old = kept(booking(when=LONG_AGO))
    assert make_plan(view(), known(old), terms(NO_UPDATE)) == Plan(drop=(old.id,))


def test_an_older_row_with_an_edit_sleeps_where_the_rules_give_nothing() -> None:
    old = kept(booking(when=LONG_AGO), Edit(diversion=Diversion.OPEN))
    assert make_plan(view(), known(old), terms(NO_UPDATE)).is_empty


@pytest.mark.parametrize("edit", [None, Edit(removed=True)], ids=["plain", "removed"])
def test_C_19_a_row_of_no_length_is_no_row(edit: Edit | None) -> None:
    assert make_plan(view(), known(kept(booking(when=None), edit)), terms()) == Plan(drop=(kept().id,))


def test_what_could_not_be_placed_in_time_is_not_deleted() -> None:
    assert make_plan(view(unreadable=["b"]), known(kept()), terms()).is_empty


def test_C_22_the_rows_of_a_series_that_could_not_be_read_stay_and_no_others_do() -> None:
    of_series, other = kept(booking("s/1", series="s")), kept(booking("t/1", series="t"))
    assert make_plan(view(unreadable=["s"]), known(of_series, other), terms()) == Plan(drop=(other.id,))


def test_C_22_an_occurrence_that_is_seen_though_its_series_could_not_be_read_is_compared() -> None:
    moved = booking("s/1", between("14:00", "15:00"), series="s")
    plan = make_plan(view(moved, unreadable=["s"]), known(kept(booking("s/1", series="s"))), terms())
    assert plan == Plan(change=(kept(moved),))


@pytest.mark.parametrize(("ago_days", "added"), [(7, 0), (6, 1)])
def test_what_ended_longer_ago_than_is_kept_is_not_written(ago_days: int, added: int) -> None:
    end = NOON - timedelta(days=ago_days)
    old = booking(when=replace(between("10:00", "11:00"), start=end - timedelta(hours=1), end=end))
    assert len(make_plan(view(old), known(), terms()).add) == added


def test_what_ended_just_within_retention_is_written() -> None:
    end = NOON - timedelta(days=7) + timedelta(seconds=1)
    recent = booking(when=replace(between("10:00", "11:00"), start=end - timedelta(hours=1), end=end))
    assert len(make_plan(view(recent), known(), terms()).add) == 1


# ── rules in a plan ─────────────────────────────────────────────────────────────────────────────


def test_R6_a_rule_change_that_gives_nothing_takes_the_row() -> None:
    assert make_plan(view(booking()), known(kept()), terms(NO_UPDATE)) == Plan(drop=(kept().id,))


def test_a_rule_change_that_only_says_something_else_writes_nothing() -> None:
    """What a row becomes is derived from rules and choices when it is asked for."""
    of = policy(layer({ShowAs.BUSY: rule(diversion=Diversion.DIRECT)}))
    assert make_plan(view(booking()), known(kept()), terms(of)).is_empty


def test_bookings_of_one_show_as_do_not_answer_for_another() -> None:
    seen = [booking("a"), booking("b", show_as=ShowAs.FREE), booking("c"), booking("d", show_as=None)]
    plan = make_plan(view(*seen), known(), terms())
    assert [each.booking.key for each in plan.add] == ["a", "c"]


def test_C_08_a_declined_booking_does_not_answer_for_others_of_its_show_as() -> None:
    declined = booking("declined", standing=Standing.DECLINED)
    for seen in ([declined, booking()], [booking(), declined]):
        assert [each.booking.key for each in make_plan(view(*seen), known(), terms()).add] == ["b"]


def test_R7_without_the_service_nothing_is_added_and_everything_goes() -> None:
    plan = make_plan(view(booking("a"), booking("b")), known(kept(booking("b"))), terms(policy(coupled=False)))
    assert plan == Plan(drop=(kept().id,))


# ── subjects ────────────────────────────────────────────────────────────────────────────────────

WITH_SUBJECT = booking(subject="Budget")
SHOWN = policy(SUBJECTS_SHOWN)


def test_R11_a_subject_is_kept_only_while_the_administrator_shows_subjects() -> None:
    assert make_plan(view(WITH_SUBJECT), known(), terms(SHOWN)).add[0].booking.subject == "Budget"
    assert make_plan(view(WITH_SUBJECT), known(), terms()).add[0].booking.subject is None


def test_C_18_a_subject_goes_when_subjects_are_switched_off_and_leaves_traces_to_purge() -> None:
    plan = make_plan(view(booking()), known(kept(WITH_SUBJECT)), terms())
    assert plan == Plan(change=(kept(),), leaves_traces=True)


@pytest.mark.parametrize("unreadable", [(), ("b",)], ids=["older than the window", "not placed in time"])
def test_C_18_a_subject_goes_from_a_row_that_the_look_does_not_show(unreadable: tuple[str, ...]) -> None:
    of = replace(WITH_SUBJECT, when=LONG_AGO)
    plan = make_plan(view(unreadable=unreadable), known(kept(of)), terms())
    assert plan == Plan(change=(kept(replace(of, subject=None)),), leaves_traces=True)


def test_C_18_a_subject_that_was_replaced_leaves_traces_to_purge() -> None:
    renamed = booking(subject="Plan")
    plan = make_plan(view(renamed), known(kept(WITH_SUBJECT)), terms(SHOWN))
    assert plan == Plan(change=(kept(renamed),), leaves_traces=True)


def test_a_subject_that_stays_leaves_no_traces_though_the_time_changes() -> None:
    moved = replace(WITH_SUBJECT, when=between("12:00", "13:00"))
    plan = make_plan(view(moved), known(kept(WITH_SUBJECT)), terms(SHOWN))
    assert plan == Plan(change=(kept(moved),))


def test_C_18_a_subject_is_fetched_when_subjects_are_switched_on() -> None:
    plan = make_plan(view(WITH_SUBJECT), known(kept()), terms(SHOWN))
    assert plan == Plan(change=(kept(WITH_SUBJECT),))


@pytest.mark.parametrize(("of", "purge"), [(WITH_SUBJECT, True), (booking(), False)])
def test_a_dropped_row_leaves_traces_only_where_it_bore_a_subject(of: Booking, purge: bool) -> None:
    assert make_plan(view(), known(kept(of)), terms(SHOWN)).leaves_traces is purge


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_later_row_does_not_hide_the_traces_of_an_earlier_one(first: str) -> None:
    rows = [kept(booking(key, subject="Budget" if key == first else None)) for key in ("a", "b")]
    assert make_plan(view(), known(*rows), terms(SHOWN)).leaves_traces


def test_a_later_change_does_not_hide_the_traces_of_an_earlier_one() -> None:
    rows = [kept(booking("a", subject="Budget")), kept(booking("b", between("08:00", "09:00")))]
    assert make_plan(view(booking("a"), booking("b")), known(*rows), terms(SHOWN)).leaves_traces


def test_the_choice_on_an_item_is_not_kept_with_the_row() -> None:
    seen = with_item_choice(booking(), choice(), for_series=False)
    assert make_plan(view(seen), known(), terms()).add[0].booking.item_choice is None


# ── what a plan says of itself ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("plan", "absences", "empty"),
    [
        (Plan(), False, True),
        (Plan(add=(kept(),)), True, False),
        (Plan(change=(kept(),)), True, False),
        (Plan(drop=(kept().id,)), True, False),
        (Plan(forget=(kept().id,)), True, False),
        (Plan(choose={kept().booking.key: choice()}), False, False),
        (Plan(unchoose=(kept().booking.key,)), False, False),
        (Plan(forget_choices=(kept().booking.key,)), False, False),
    ],
    ids=["nothing", "add", "change", "drop", "forget", "choose", "unchoose", "forget choices"],
)
def test_a_plan_says_whether_it_writes_and_whether_it_shows(plan: Plan, absences: bool, empty: bool) -> None:
    assert (plan.changes_absences, plan.is_empty) == (absences, empty)


def test_C_15_the_rows_of_sleeping_choices_follow_the_rules() -> None:
    free = booking(show_as=ShowAs.FREE)
    chosen = known(kept(free), b=choice())
    assert make_plan(view(free), chosen, terms()).is_empty
    assert make_plan(view(free), chosen, terms(policy(ADDIN_OFF))) == Plan(drop=(kept().id,))
