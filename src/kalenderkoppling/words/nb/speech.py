"""Norwegian (bokmål) as spoken to callers: clock, dates and sentences in words."""

from __future__ import annotations

from datetime import time

from kalenderkoppling.words.catalogue import Speech
from kalenderkoppling.words.numbers import A_FEW, as_two_digits, below_hundred

# The number one bears its accent, or engines take it for an article; the hour is "ett".
_SMALL = (
    *("null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"),
    *("tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten"),
)
_TENS = ("tjue", "tretti", "førti", "femti", "seksti", "sytti", "åtti", "nitti")
_NUMBERS = below_hundred(_SMALL, _TENS)
_TWO_DIGITS = as_two_digits(_NUMBERS, "null")

_HOURS = (_NUMBERS[0], "ett", *_NUMBERS[2:24])

_FIRST_TO_NINTH = ("første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende")
_DAYS = (
    *_FIRST_TO_NINTH,
    *("tiende", "ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende"),
    *("attende", "nittende", "tjuende"),
    *(f"tjue{day}" for day in _FIRST_TO_NINTH),
    *("trettiende", "trettiførste"),
)


def _clock(clock: time) -> str:
    """Say `klokken åtte`, `klokken åtte null fem`, `klokken null null tretti`; midnight by its name."""
    hour, minute = clock.hour, clock.minute
    if hour == 0:
        return f"klokken null null {_NUMBERS[minute]}" if minute else "ved midnatt"
    if minute == 0:
        return f"klokken {_HOURS[hour]}"
    return f"klokken {_HOURS[hour]} {_TWO_DIGITS[minute]}"


def _year(year: int) -> str:
    """Say `tjue tjuesju`, and `to tusen og fem` for the first years of a thousand."""
    hundreds, rest = divmod(year, 100)
    if hundreds % 10 == 0 and rest in A_FEW:
        return f"{_HOURS[hundreds // 10]} tusen" + (f" og {_NUMBERS[rest]}" if rest else "")
    if rest == 0:
        return f"{_NUMBERS[hundreds]} hundre"
    return f"{_NUMBERS[hundreds]} {_TWO_DIGITS[rest]}"


SPEECH = Speech(
    anybody="Personen du søker",
    absent="er fraværende",
    frame="{who} {reason}",
    frame_with_return="{who} {reason} og er tilbake {back}",
    menu="Trykk en for sentralbordet, to for å bli ringt opp.",
    menu_without_attendant="Trykk to for å bli ringt opp.",
    menu_without_call_back="Trykk en for sentralbordet.",
    switch="For norsk, trykk stjerne.",
    connecting="Du blir satt over til sentralbordet.",
    attendant_busy="Sentralbordet er opptatt akkurat nå.",
    attendant_unanswered="Sentralbordet svarer ikke akkurat nå.",
    called_back="Takk. Du blir ringt opp.",
    number_hidden="Du kan ikke bli ringt opp fordi nummeret ditt er skjult.",
    goodbye="Takk for at du ringte. Ha det bra.",
    ampersand="og",
    numbers=_NUMBERS,
    tomorrow="i morgen",
    on_weekdays=("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    days=_DAYS,
    months=(
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
    date="{weekday} den {day} {month}",
    date_with_year="{weekday} den {day} {month} {year}",
    clock=_clock,
    clock_of_day=_clock,
    year=_year,
)
