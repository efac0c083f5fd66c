"""Times and dates as words, and the four ways in which a return is said (C-10)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import assert_never

from kalenderkoppling.domain.absence import ReturnForm
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.time import as_utc
from kalenderkoppling.words.catalogue import Language, Speech
from kalenderkoppling.words.languages import catalogue

LAST_WEEKDAY_DAY = 6
"""Days ahead up to which a weekday alone is unambiguous."""

LAST_DAY_WITHOUT_YEAR = 180
"""Days ahead beyond which a date is given with its year."""


def clock_phrase(clock: time, language: Language) -> str:
    """Say a time of day to the minute, with its preposition: `klockan fjorton och trettio`."""
    return catalogue(language).speech.clock(clock)


def date_phrase(day: date, language: Language, *, with_year: bool = False) -> str:
    """Say a date in full: `måndagen den sjunde december`."""
    speech = catalogue(language).speech
    places = {
        "weekday": speech.weekdays[day.weekday()],
        "day": speech.days[day.day - 1],
        "month": speech.months[day.month - 1],
    }
    if with_year:
        return speech.date_with_year.format(**places, year=speech.year(day.year))
    return speech.date.format(**places)


def return_phrase(form: ReturnForm, back_local: datetime, now_local: datetime, language: Language) -> str:
    """Say when a person is back.

    Args:
        form: How it is said; it follows from the instants alone.
        back_local: The return, aware, in the person's time zone.
        now_local: The instant of the call, aware, in the person's time zone.
        language: The language of the announcement.

    Raises:
        InvalidValueError: the return is not in the future, or on a day that the form cannot express.

    Source: semantics 6, C-10.
    """
    days_ahead = _days_ahead(form, back_local, now_local)
    speech = catalogue(language).speech
    match form:
        case ReturnForm.TIME:
            return speech.clock(back_local.time())
        case ReturnForm.TOMORROW:
            return f"{speech.tomorrow} {speech.clock_of_day(back_local.time())}"
        case ReturnForm.DATE_TIME:
            day = _day_phrase(back_local.date(), days_ahead, speech, language)
            return f"{day} {speech.clock_of_day(back_local.time())}"
        case ReturnForm.DATE:
            return _day_phrase(back_local.date(), days_ahead, speech, language)
        case _:
            assert_never(form)


def _days_ahead(form: ReturnForm, back_local: datetime, now_local: datetime) -> int:
    days = (back_local.date() - now_local.date()).days
    fits = {
        ReturnForm.TIME: days == 0,
        ReturnForm.TOMORROW: days == 1,
        ReturnForm.DATE_TIME: days > 1,
        ReturnForm.DATE: days > 0,
    }
    # Compared in UTC: in the night of a clock change the wall clock goes back.
    if as_utc(back_local) <= as_utc(now_local) or not fits[form]:
        message = f"a return {days} days ahead cannot be said as {form}"
        raise InvalidValueError(message)
    return days


def _day_phrase(day: date, days_ahead: int, speech: Speech, language: Language) -> str:
    if days_ahead == 1:
        return speech.tomorrow
    if days_ahead <= LAST_WEEKDAY_DAY:
        return speech.on_weekdays[day.weekday()]
    return date_phrase(day, language, with_year=days_ahead > LAST_DAY_WITHOUT_YEAR)
