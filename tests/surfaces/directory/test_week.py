"""How a week is laid out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.directory.shown import Shown
from kalenderkoppling.surfaces.directory.week import Week, lay_out, monday_of, week_name
from kktest.make import STOCKHOLM, at, between

MONDAY = date(2026, 11, 23)
NOW = at("2026-11-25 10:30")


def shown(stretch: Interval, place: str = "w1") -> Shown:
    words = dict.fromkeys(
        ("kind", "title", "reason", "diversion", "starts", "ends", "when", "origin", "note", "edit_path"), ""
    )
    return Shown(place=place, interval=stretch, is_referral=False, **words)


def week_of(*stretches: Interval, monday: date = MONDAY) -> Week:
    return lay_out(monday, [shown(each, f"w{number}") for number, each in enumerate(stretches)], NOW, STOCKHOLM)


def test_an_empty_week_shows_working_days_and_hours() -> None:
    week = week_of()
    assert [each.day for each in week.days] == [MONDAY + timedelta(days=number) for number in range(5)]
    assert list(week.hours) == list(range(7, 17))
    assert week.is_empty


@pytest.mark.parametrize(("now", "days"), [("2026-11-27 10:30", 5), ("2026-11-28 10:30", 6), ("2026-11-29 21:00", 7)])
def test_today_always_shows_in_its_week_on_a_weekend_too(now: str, days: int) -> None:
    assert len(lay_out(MONDAY, [], at(now), STOCKHOLM).days) == days


def test_a_weekend_of_another_week_without_absences_does_not_show() -> None:
    assert len(lay_out(MONDAY + timedelta(days=7), [], at("2026-11-29 21:00"), STOCKHOLM).days) == 5


def test_a_box_stands_on_quarters_from_the_first_hour() -> None:
    box = week_of(between("2026-11-24 09:00", "2026-11-24 10:30")).days[1].boxes[0]
    assert (box.first_line, box.last_line) == (9, 15)


def test_times_between_quarters_are_covered_whole() -> None:
    box = week_of(between("2026-11-24 09:05", "2026-11-24 09:50")).days[1].boxes[0]
    assert (box.first_line, box.last_line) == (9, 13)


def test_overlapping_ones_stand_side_by_side_and_others_take_the_whole_width() -> None:
    boxes = (
        week_of(
            between("2026-11-24 09:00", "2026-11-24 11:00"),
            between("2026-11-24 10:00", "2026-11-24 12:00"),
            between("2026-11-24 13:00", "2026-11-24 14:00"),
        )
        .days[1]
        .boxes
    )
    assert [(each.lane, each.lanes) for each in boxes] == [(1, 2), (2, 2), (1, 1)]


def test_back_to_back_ones_do_not_share() -> None:
    boxes = (
        week_of(between("2026-11-24 09:00", "2026-11-24 10:00"), between("2026-11-24 10:00", "2026-11-24 11:00"))
        .days[1]
        .boxes
    )
    assert [each.lanes for each in boxes] == [1, 1]


def test_early_and_late_ones_widen_the_hours() -> None:
    hours = week_of(
        between("2026-11-24 05:30", "2026-11-24 06:00"), between("2026-11-24 20:00", "2026-11-24 21:10")
    ).hours
    assert (hours[0], hours[-1]) == (5, 21)


def test_one_over_midnight_has_a_part_on_both_days() -> None:
    week = week_of(between("2026-11-24 16:00", "2026-11-25 09:00"))
    assert [len(each.boxes) for each in week.days] == [0, 1, 1, 0, 0]
    assert week.bars == []


def test_whole_days_between_parts_are_a_bar() -> None:
    week = week_of(between("2026-11-23 16:00", "2026-11-26 09:00"))
    assert [(each.first_day, each.after_day) for each in week.bars] == [(2, 4)]
    assert [len(each.boxes) for each in week.days] == [1, 0, 0, 1, 0]


def test_a_bar_is_cut_at_the_week() -> None:
    week = week_of(between("2026-11-01 00:00", "2026-12-31 00:00"))
    assert [(each.first_day, each.after_day) for each in week.bars] == [(1, 8)]
    assert len(week.days) == 7


def test_the_present_is_marked_today_and_nowhere_else() -> None:
    assert [each.now_line for each in week_of().days] == [None, None, 15, None, None]
    assert [each.now_line for each in week_of(monday=MONDAY + timedelta(days=7)).days] == [None] * 5


@pytest.mark.parametrize("monday", [date(2026, 3, 23), date(2026, 10, 19)])
def test_a_week_with_a_clock_change_keeps_the_clock_on_its_lines(monday: date) -> None:
    sunday = monday + timedelta(days=6)
    week = week_of(between(f"{sunday} 09:00", f"{sunday} 10:00"), monday=monday)
    assert [(each.first_line, each.last_line) for each in week.days[6].boxes] == [(9, 13)]


@pytest.mark.parametrize(
    ("named", "monday"),
    [("2026-W48", MONDAY), ("2026-W01", date(2025, 12, 29)), ("2026-W53", date(2026, 12, 28)), ("2025-W53", MONDAY)],
)
def test_a_named_week_begins_on_its_iso_monday(named: str, monday: date) -> None:
    assert monday_of(named, MONDAY + timedelta(days=2)) == monday


@given(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
def test_a_weeks_name_names_it(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    assert monday_of(week_name(monday), MONDAY) == monday


starts = st.integers(-48, 24 * 8).map(lambda hours: at("2026-11-23 00:00") + timedelta(hours=hours))
stretches = st.builds(
    lambda start, minutes: Interval(start=start, end=start + timedelta(minutes=minutes)),
    starts,
    st.integers(1, 4 * 24 * 60),
)


@given(st.lists(stretches, max_size=9))
def test_whatever_overlaps_the_week_is_drawn_on_lines_that_exist(drawn: list[Interval]) -> None:
    week = week_of(*drawn)
    whole_week = between("2026-11-23 00:00", "2026-11-30 00:00")
    assert {each.place for each in week.shown} == {
        f"w{number}" for number, each in enumerate(drawn) if each.overlaps(whole_week)
    }
    for day in week.days:
        for box in day.boxes:
            assert 1 <= box.first_line < box.last_line <= week.quarters + 2
            assert 1 <= box.lane <= box.lanes


def test_a_short_one_is_high_enough_for_a_finger() -> None:
    box = week_of(between("2026-11-24 09:00", "2026-11-24 09:10")).days[1].boxes[0]
    assert (box.first_line, box.last_line, box.height) == (9, 11, "low")


@given(st.lists(stretches, max_size=6))
def test_up_to_six_at_once_never_cover_each_other(drawn: list[Interval]) -> None:
    for day in week_of(*drawn).days:
        for number, one in enumerate(day.boxes):
            for other in day.boxes[number + 1 :]:
                together = one.first_line < other.last_line and other.first_line < one.last_line
                assert not together or (one.lanes == other.lanes and one.lane != other.lane)
