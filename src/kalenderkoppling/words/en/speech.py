"""British English as spoken to callers: clock, dates and sentences in words."""

from __future__ import annotations

from datetime import time

from kalenderkoppling.words.catalogue import Speech
from kalenderkoppling.words.numbers import A_FEW, as_two_digits, below_hundred

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = below_hundred(_SMALL, _TENS, joint="-")
_TWO_DIGITS = as_two_digits(_NUMBERS, "oh")

_FIRST_TO_NINTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_DAYS = (
    *_FIRST_TO_NINTH,
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
    *(f"twenty-{day}" for day in _FIRST_TO_NINTH),
    *("thirtieth", "thirty-first"),
)

_BY_NAME = {(0, 0): "at midnight", (12, 0): "at twelve noon"}
_MORNING = range(12)
# Hours at which a return on another day can only be meant in the morning.
_OFFICE_MORNING = range(7, 12)


def _twelve_hours(clock: time) -> str:
    hour = _NUMBERS[clock.hour % 12 or 12]
    if clock.minute == 0:
        return f"at {hour}"
    return f"at {hour} {_TWO_DIGITS[clock.minute]}"


def _clock(clock: time) -> str:
    """Say `at eight a.m.`, `at two thirty p.m.`; noon and midnight by their names."""
    if (clock.hour, clock.minute) in _BY_NAME:
        return _BY_NAME[clock.hour, clock.minute]
    return f"{_twelve_hours(clock)} {'a.m.' if clock.hour in _MORNING else 'p.m.'}"


def _clock_of_day(clock: time) -> str:
    """Say `at eight` of a morning in the office, as one does after `tomorrow`; else as `_clock`."""
    return _twelve_hours(clock) if clock.hour in _OFFICE_MORNING else _clock(clock)


def _year(year: int) -> str:
    """Say `twenty twenty-seven`, and `two thousand and five` for the first years of a thousand."""
    hundreds, rest = divmod(year, 100)
    if hundreds % 10 == 0 and rest in A_FEW:
        return f"{_NUMBERS[hundreds // 10]} thousand" + (f" and {_NUMBERS[rest]}" if rest else "")
    if rest == 0:
        return f"{_NUMBERS[hundreds]} hundred"
    return f"{_NUMBERS[hundreds]} {_TWO_DIGITS[rest]}"


SPEECH = Speech(
    anybody="The person you are calling",
    absent="is absent",
    frame="{who} {reason}",
    frame_with_return="{who} {reason} and will be back {back}",
    menu="Press one for the operator, two to be called back.",
    menu_without_attendant="Press two to be called back.",
    menu_without_call_back="Press one for the operator.",
    switch="For English, press star.",
    connecting="You are being put through to the operator.",
    attendant_busy="The operator is busy at the moment.",
    attendant_unanswered="The operator is not answering at the moment.",
    called_back="Thank you. You will be called back.",
    number_hidden="You cannot be called back because your number is withheld.",
    goodbye="Thank you for calling. Goodbye.",
    ampersand="and",
    numbers=_NUMBERS,
    tomorrow="tomorrow",
    on_weekdays=(
        *("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday"),
        "on Sunday",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    days=_DAYS,
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    date="on {weekday} the {day} of {month}",
    date_with_year="on {weekday} the {day} of {month} {year}",
    clock=_clock,
    clock_of_day=_clock_of_day,
    year=_year,
)
