"""Danish as spoken to callers: clock, dates and sentences in words."""

from __future__ import annotations

from datetime import time
from itertools import product

from kalenderkoppling.words.catalogue import Speech
from kalenderkoppling.words.numbers import A_FEW, as_two_digits

# The number one bears its accent, or engines take it for an article; in front of a ten it is "en": "enogtyve".
_SMALL = (
    *("nul", "ét", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"),
    *("tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten"),
)
_TENS = ("tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems")
_UNITS = ("", "enog", *(f"{unit}og" for unit in _SMALL[2:10]))
_NUMBERS = (*_SMALL, *(f"{unit}{ten}" for ten, unit in product(_TENS, _UNITS)))
_TWO_DIGITS = as_two_digits(_NUMBERS, "nul")

_DAYS = (
    *("første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende", "niende", "tiende"),
    *("ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende", "attende", "nittende"),
    *(f"{unit}tyvende" for unit in _UNITS),
    *("tredivte", "enogtredivte"),
)


def _clock(clock: time) -> str:
    """Say `klokken otte`, `klokken otte nul fem`, `klokken nul nul tredive`; midnight by its name."""
    hour, minute = clock.hour, clock.minute
    if hour == 0:
        return f"klokken nul nul {_NUMBERS[minute]}" if minute else "ved midnat"
    if minute == 0:
        return f"klokken {_NUMBERS[hour]}"
    return f"klokken {_NUMBERS[hour]} {_TWO_DIGITS[minute]}"


def _year(year: int) -> str:
    """Say `tyve syvogtyve`, and `to tusind og fem` for the first years of a thousand."""
    hundreds, rest = divmod(year, 100)
    if hundreds % 10 == 0 and rest in A_FEW:
        return f"{_NUMBERS[hundreds // 10]} tusind" + (f" og {_NUMBERS[rest]}" if rest else "")
    if rest == 0:
        return f"{_NUMBERS[hundreds]} hundrede"
    return f"{_NUMBERS[hundreds]} {_TWO_DIGITS[rest]}"


SPEECH = Speech(
    # Written Danish has commas here, at which an engine would pause.
    anybody="Personen du ringer til",
    absent="er fraværende",
    frame="{who} {reason}",
    frame_with_return="{who} {reason} og er tilbage {back}",
    menu="Tryk ét for omstillingen, to for at blive ringet op.",
    menu_without_attendant="Tryk to for at blive ringet op.",
    menu_without_call_back="Tryk ét for omstillingen.",
    switch="For dansk, tryk stjerne.",
    connecting="Du bliver stillet om til omstillingen.",
    attendant_busy="Omstillingen er optaget lige nu.",
    attendant_unanswered="Omstillingen svarer ikke lige nu.",
    called_back="Tak. Du bliver ringet op.",
    number_hidden="Du kan ikke blive ringet op, fordi dit nummer er skjult.",
    goodbye="Tak for opkaldet. Farvel.",
    ampersand="og",
    numbers=_NUMBERS,
    tomorrow="i morgen",
    on_weekdays=("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    days=_DAYS,
    months=(
        *("januar", "februar", "marts", "april", "maj", "juni"),
        *("juli", "august", "september", "oktober", "november", "december"),
    ),
    date="{weekday} den {day} {month}",
    date_with_year="{weekday} den {day} {month} {year}",
    clock=_clock,
    clock_of_day=_clock,
    year=_year,
)
