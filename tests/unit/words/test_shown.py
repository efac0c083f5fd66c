"""Times, dates and weeks as the pages write them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.words import (
    Language,
    day_heading,
    languages,
    short_date,
    shown_age,
    shown_back,
    shown_clock,
    shown_stretch,
    shown_time,
    week_label,
    weekday_short,
)

SV, NB, EN = Language("sv"), Language("nb"), Language("en")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=STOCKHOLM)


def at(days: int, clock: time = time(13, 5)) -> datetime:
    return datetime.combine(FRIDAY + timedelta(days=days), clock, tzinfo=STOCKHOLM)


def test_a_time_of_day_is_written_with_two_digits() -> None:
    assert shown_clock(time(8, 5), SV) == "08:05"


@pytest.mark.parametrize(
    ("days", "language", "written"),
    [
        (0, SV, "13:05"),
        (0, EN, "13:05"),
        (1, SV, "i morgon 13:05"),
        (1, NB, "i morgen 13:05"),
        (1, EN, "tomorrow 13:05"),
        (3, SV, "mån 23 nov. 13:05"),
        (3, NB, "man. 23. nov. 13:05"),
        (3, EN, "Mon 23 Nov 13:05"),
        (-1, SV, "tors 19 nov. 13:05"),
        (180, SV, "ons 19 maj 13:05"),
        (181, SV, "tors 20 maj 2027 13:05"),
        (-181, EN, "Sat 23 May 2026 13:05"),
    ],
)
def test_an_instant_is_written_as_shortly_as_it_is_clear(days: int, language: Language, written: str) -> None:
    assert shown_time(at(days), NOW, language) == written


@pytest.mark.parametrize(("language", "written"), [(SV, "åter 13:00"), (NB, "tilbake 13:00"), (EN, "back 13:00")])
def test_a_return_is_written_with_its_word(language: Language, written: str) -> None:
    assert shown_back(at(0, time(13, 0)), NOW, language) == written


@pytest.mark.parametrize(
    ("days", "clock", "written"),
    [
        (1, time.min, "åter i morgon"),
        (3, time.min, "åter mån 23 nov."),
        (3, time(8, 0), "åter mån 23 nov. 08:00"),
        (0, time.min, "åter 00:00"),
    ],
)
def test_a_return_at_midnight_of_another_day_is_written_as_a_date_only(days: int, clock: time, written: str) -> None:
    assert shown_back(at(days, clock), NOW, SV) == written


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (at(0), at(0, time(14, 0)), "13:05–14:00"),
        (at(3), at(3, time(14, 0)), "mån 23 nov. 13:05–14:00"),
        (at(0), at(1, time(8, 0)), "13:05 – i morgon 08:00"),
        (at(-1), at(0, time(14, 0)), "tors 19 nov. 13:05 – i dag 14:00"),
        (at(0, time.min), at(1, time.min), "i dag"),
        (at(1, time.min), at(2, time.min), "i morgon"),
        (at(0, time.min), at(3, time.min), "i dag – sön 22 nov."),
        (at(3, time.min), at(5, time.min), "mån 23 nov. – tis 24 nov."),
    ],
)
def test_a_stretch_is_written_from_and_until(start: datetime, end: datetime, written: str) -> None:
    assert shown_stretch(start, end, NOW, SV) == written


@pytest.mark.parametrize(("language", "written"), [(SV, "mån 23 nov."), (NB, "man. 23. nov."), (EN, "Mon 23 Nov")])
def test_a_date_is_written_short(language: Language, written: str) -> None:
    assert short_date(date(2026, 11, 23), FRIDAY, language) == written


@pytest.mark.parametrize(
    ("days", "language", "written"),
    [
        (0, SV, "I dag, fredag 20 november"),
        (1, SV, "I morgon, lördag 21 november"),
        (-1, SV, "I går, torsdag 19 november"),
        (3, SV, "Måndag 23 november"),
        (0, NB, "I dag, fredag 20. november"),
        (3, EN, "Monday 23 November"),
        (200, SV, "Tisdag 8 juni 2027"),
    ],
)
def test_a_day_is_written_as_a_heading(days: int, language: Language, written: str) -> None:
    assert day_heading(FRIDAY + timedelta(days=days), FRIDAY, language) == written


@pytest.mark.parametrize(("language", "written"), [(SV, "mån"), (NB, "man."), (EN, "Mon")])
def test_a_column_of_the_calendar_has_a_short_weekday(language: Language, written: str) -> None:
    assert weekday_short(date(2026, 11, 23), language) == written


@pytest.mark.parametrize(("language", "written"), [(SV, "v. 48"), (NB, "uke 48"), (EN, "week 48")])
def test_a_week_is_its_iso_number(language: Language, written: str) -> None:
    assert week_label(date(2026, 11, 23), language) == written


@pytest.mark.parametrize(
    ("day", "written"), [(date(2027, 1, 3), "v. 53"), (date(2027, 1, 4), "v. 1"), (date(2024, 12, 30), "v. 1")]
)
def test_weeks_at_new_year_follow_iso_8601(day: date, written: str) -> None:
    assert week_label(day, SV) == written


@pytest.mark.parametrize(
    ("age", "written"),
    [
        (timedelta(seconds=-5), "nyss"),
        (timedelta(seconds=59), "nyss"),
        (timedelta(minutes=1), "för 1 minut sedan"),
        (timedelta(minutes=59, seconds=59), "för 59 minuter sedan"),
        (timedelta(hours=1), "för 1 timme sedan"),
        (timedelta(hours=23), "för 23 timmar sedan"),
        (timedelta(days=1), "för 1 dag sedan"),
        (timedelta(days=3, hours=5), "för 3 dagar sedan"),
    ],
)
def test_an_age_is_written_in_its_largest_unit(age: timedelta, written: str) -> None:
    assert shown_age(age, SV) == written


@pytest.mark.parametrize("language", languages())
def test_every_day_of_a_year_is_written_differently(language: Language) -> None:
    days = [date(2028, 1, 1) + timedelta(days=day) for day in range(366)]
    assert len({short_date(day, date(2028, 6, 30), language) for day in days}) == 366
