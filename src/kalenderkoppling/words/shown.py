"""Times, dates and weeks as the pages write them; every input is already in the person's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kalenderkoppling.words.catalogue import Formats, Language
from kalenderkoppling.words.languages import catalogue
from kalenderkoppling.words.texts import text

LAST_DAY_WITHOUT_YEAR = 180
"""Days from today beyond which a date is written with its year."""


def shown_clock(clock: time, language: Language) -> str:
    """Write a time of day: `13:05`."""
    return _clock(clock, catalogue(language).formats)


def shown_time(at_local: datetime, now_local: datetime, language: Language) -> str:
    """Write an instant in its shortest unambiguous form: `13:05`, `i morgon 13:05`, `mån 23 nov. 13:05`."""
    formats = catalogue(language).formats
    clock = _clock(at_local.time(), formats)
    if at_local.date() == now_local.date():
        return clock
    return f"{_near_date(at_local.date(), now_local.date(), formats)} {clock}"


def shown_back(back_local: datetime, now_local: datetime, language: Language) -> str:
    """Write when a person is back: `åter 13:00`; a return at midnight is a date only (C-10)."""
    formats = catalogue(language).formats
    when = shown_time(back_local, now_local, language)
    if back_local.time() == time.min and back_local.date() != now_local.date():
        when = _near_date(back_local.date(), now_local.date(), formats)
    return formats.back.format(when=when)


def shown_stretch(start_local: datetime, end_local: datetime, now_local: datetime, language: Language) -> str:
    """Write an interval; whole days, midnight to midnight, are dates without a time."""
    formats = catalogue(language).formats
    today = now_local.date()
    if start_local.time() == end_local.time() == time.min:
        last = end_local.date() - timedelta(days=1)
        ends = [_near_or_today(day, today, formats) for day in (start_local.date(), last)]
        return " – ".join(dict.fromkeys(ends))
    start = shown_time(start_local, now_local, language)
    if start_local.date() == end_local.date():
        return f"{start}–{_clock(end_local.time(), formats)}"
    day = _near_or_today(end_local.date(), today, formats)
    return f"{start} – {day} {_clock(end_local.time(), formats)}"


def short_date(day: date, today: date, language: Language) -> str:
    """Write a date: `mån 23 nov.`, with the year where it is more than 180 days away."""
    return _short_date(day, today, catalogue(language).formats)


def day_heading(day: date, today: date, language: Language) -> str:
    """Write a day as a heading: `I dag, måndag 23 november`."""
    formats = catalogue(language).formats
    written = _date(day, today, formats, formats.weekdays, formats.months)
    near = _near_word(day, today, formats)
    heading = formats.heading.format(near=near, date=written) if near else written
    return heading[0].upper() + heading[1:]


def weekday_short(day: date, language: Language) -> str:
    """Write a weekday above a column of the calendar: `mån`."""
    return catalogue(language).formats.weekdays_short[day.weekday()]


def week_label(day: date, language: Language) -> str:
    """Write the ISO week that a day is in: `v. 48`."""
    return catalogue(language).formats.week.format(week=day.isocalendar().week)


def shown_age(age: timedelta, language: Language) -> str:
    """Write how old something is: `nyss`, `för 3 minuter sedan`; a negative age is `nyss` too."""
    minutes = age // timedelta(minutes=1)
    if minutes < 1:
        return text("age.now", language)
    if age < timedelta(hours=1):
        return text("age.minutes", language, count=minutes)
    if age < timedelta(days=1):
        return text("age.hours", language, count=age // timedelta(hours=1))
    return text("age.days", language, count=age // timedelta(days=1))


def _clock(clock: time, formats: Formats) -> str:
    return formats.clock.format(hour=clock.hour, minute=clock.minute)


def _near_word(day: date, today: date, formats: Formats) -> str | None:
    near = {-1: formats.yesterday, 0: formats.today, 1: formats.tomorrow}
    return near.get((day - today).days)


def _near_or_today(day: date, today: date, formats: Formats) -> str:
    return formats.today if day == today else _near_date(day, today, formats)


def _near_date(day: date, today: date, formats: Formats) -> str:
    return formats.tomorrow if day - today == timedelta(days=1) else _short_date(day, today, formats)


def _short_date(day: date, today: date, formats: Formats) -> str:
    return _date(day, today, formats, formats.weekdays_short, formats.months_short)


def _date(day: date, today: date, formats: Formats, weekdays: tuple[str, ...], months: tuple[str, ...]) -> str:
    written = formats.date.format(weekday=weekdays[day.weekday()], day=day.day, month=months[day.month - 1])
    if abs((day - today).days) > LAST_DAY_WITHOUT_YEAR:
        return formats.date_with_year.format(date=written, year=day.year)
    return written
