"""Swedish as spoken to callers: clock, dates and sentences in words."""

from __future__ import annotations

from datetime import time

from kalenderkoppling.words.catalogue import Speech
from kalenderkoppling.words.numbers import A_FEW, as_two_digits, below_hundred

_SMALL = (
    *("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"),
    *("tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"),
)
_TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_NUMBERS = below_hundred(_SMALL, _TENS)
_TWO_DIGITS = as_two_digits(_NUMBERS, "noll")

_FIRST_TO_NINTH = ("första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde")
_DAYS = (
    *_FIRST_TO_NINTH,
    *("tionde", "elfte", "tolfte", "trettonde", "fjortonde", "femtonde", "sextonde", "sjuttonde"),
    *("artonde", "nittonde", "tjugonde"),
    *(f"tjugo{day}" for day in _FIRST_TO_NINTH),
    *("trettionde", "trettioförsta"),
)


def _clock(clock: time) -> str:
    """Say `klockan åtta`, `klockan åtta och trettio`, `klockan åtta noll fem`, `klockan noll noll trettio`."""
    hour, minute = clock.hour, clock.minute
    if hour == 0:
        return f"klockan noll noll {_NUMBERS[minute]}" if minute else "vid midnatt"
    if minute == 0:
        return f"klockan {_NUMBERS[hour]}"
    joint = "" if minute in A_FEW else "och "
    return f"klockan {_NUMBERS[hour]} {joint}{_TWO_DIGITS[minute]}"


def _year(year: int) -> str:
    """Say `tjugohundratjugosju`."""
    hundreds, rest = divmod(year, 100)
    return f"{_NUMBERS[hundreds]}hundra{_NUMBERS[rest] if rest else ''}"


SPEECH = Speech(
    anybody="Personen du söker",
    absent="är frånvarande",
    frame="{who} {reason}",
    frame_with_return="{who} {reason} och är åter {back}",
    menu="Tryck ett för att komma till telefonist, två för att bli uppringd.",
    menu_without_attendant="Tryck två för att bli uppringd.",
    menu_without_call_back="Tryck ett för att komma till telefonist.",
    switch="För svenska, tryck stjärna.",
    connecting="Du kopplas till telefonist.",
    attendant_busy="Telefonisten är upptagen just nu.",
    attendant_unanswered="Telefonisten svarar inte just nu.",
    called_back="Tack. Du blir uppringd.",
    number_hidden="Du kan inte bli uppringd eftersom ditt nummer är dolt.",
    goodbye="Tack för samtalet. Hej då.",
    ampersand="och",
    numbers=_NUMBERS,
    tomorrow="i morgon",
    on_weekdays=("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
    weekdays=("måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen"),
    days=_DAYS,
    months=(
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    date="{weekday} den {day} {month}",
    date_with_year="{weekday} den {day} {month} {year}",
    clock=_clock,
    clock_of_day=_clock,
    year=_year,
)
