"""Instants, stretches and whole days: half-open, UTC inside, local days as long as they last."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.time import Days, Interval, as_utc, interval_of, local_midnight
from kktest.make import STOCKHOLM, at, between, days


def test_an_instant_becomes_utc() -> None:
    local = datetime(2026, 11, 23, 13, tzinfo=STOCKHOLM)
    assert (as_utc(local), as_utc(local).tzinfo) == (datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="time zone"):
        as_utc(datetime(2026, 11, 23, 13))  # noqa: DTZ001 the point of the test


@pytest.mark.parametrize("naive", ["start", "end"])
def test_a_stretch_with_a_naive_end_is_refused(naive: str) -> None:
    ends = {"start": at("10:00"), "end": at("11:00")}
    ends[naive] = ends[naive].replace(tzinfo=None)
    with pytest.raises(InvalidValueError, match="time zone"):
        Interval(**ends)


@pytest.mark.parametrize("end", ["10:00", "09:59"])
def test_C_19_a_stretch_that_does_not_end_after_it_starts_is_refused(end: str) -> None:
    with pytest.raises(InvalidValueError, match="end after it starts"):
        between("10:00", end)


def test_instants_are_utc_inside_a_stretch() -> None:
    stretch = Interval(
        start=datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM),
        end=datetime(2026, 10, 25, 3, 30, tzinfo=STOCKHOLM),
    )
    assert stretch.start.tzinfo is UTC
    assert stretch.end.tzinfo is UTC


def test_a_stretch_through_the_doubled_hour_is_as_long_as_it_lasts() -> None:
    """From 02:30 summer time to 02:10 winter time: forty minutes, though the clock on the wall went back."""
    stretch = Interval(
        start=datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM),
        end=datetime(2026, 10, 25, 2, 10, tzinfo=STOCKHOLM, fold=1),
    )
    assert stretch.end - stretch.start == timedelta(minutes=40)


@pytest.mark.parametrize(
    ("instant", "held"), [("09:59", False), ("10:00", True), ("10:59", True), ("11:00", False), ("11:01", False)]
)
def test_C_01_the_start_belongs_to_a_stretch_and_the_end_does_not(instant: str, held: bool) -> None:
    assert between("10:00", "11:00").holds(at(instant)) is held


@pytest.mark.parametrize(
    ("start", "end", "shared"),
    [
        ("11:00", "12:00", False),
        ("09:00", "10:00", False),
        ("10:59", "12:00", True),
        ("09:00", "10:01", True),
        ("10:15", "10:45", True),
        ("09:00", "12:00", True),
    ],
)
def test_C_01_stretches_that_touch_do_not_overlap(start: str, end: str, shared: bool) -> None:
    one, other = between("10:00", "11:00"), between(start, end)
    assert (one.overlaps(other), other.overlaps(one)) == (shared, shared)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-11-23", 24), ("2027-03-28", 23), ("2026-10-25", 25)], ids=["plain", "spring", "autumn"]
)
def test_C_09_a_day_is_23_or_25_hours_when_the_clocks_change(day: str, hours: int) -> None:
    first = date.fromisoformat(day)
    stretch = Days(first=first, after=first + timedelta(days=1)).interval(STOCKHOLM)
    assert stretch.end - stretch.start == timedelta(hours=hours)


def test_C_09_whole_days_run_from_local_midnight_to_local_midnight() -> None:
    assert days("2026-11-23", "2026-11-25").interval(STOCKHOLM) == between("2026-11-23 00:00", "2026-11-25 00:00")


def test_C_09_the_same_dates_are_other_instants_in_another_zone() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    there, here = (interval_of(days("2026-11-23", "2026-11-24"), zone) for zone in (lisbon, STOCKHOLM))
    assert there.start - here.start == timedelta(hours=1)


def test_C_09_a_day_whose_midnight_is_skipped_begins_at_the_change() -> None:
    azores = ZoneInfo("Atlantic/Azores")
    begins = local_midnight(date(2027, 3, 28), azores)
    assert begins == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert begins.tzinfo is UTC


@pytest.mark.parametrize("after", ["2026-11-23", "2026-11-22"])
def test_C_19_days_that_do_not_last_a_day_are_refused(after: str) -> None:
    with pytest.raises(InvalidValueError, match="at least one"):
        days("2026-11-23", after)


def test_instants_are_taken_as_they_are_in_every_zone() -> None:
    assert interval_of(between("10:00", "11:00"), ZoneInfo("Asia/Tokyo")) == between("10:00", "11:00")
