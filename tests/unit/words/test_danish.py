"""Danish as Danes say and write it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.absence import MEETING, SICK, Diversion, ReasonKey, ReturnForm
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.words import (
    Language,
    announcement,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    catalogue,
    clock_phrase,
    connecting_sentence,
    day_heading,
    goodbye_sentence,
    language_of,
    menu_sentence,
    number_hidden_sentence,
    reason_label,
    reason_label_for_colleagues,
    reason_spoken,
    return_phrase,
    short_date,
    shown_back,
    shown_stretch,
    shown_time,
    sort_key,
    switch_sentence,
    text,
    unreachable_sentence,
    week_label,
)

DA = Language("da")
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=COPENHAGEN)


def back_in(days: int, clock: time = time(8, 0)) -> datetime:
    return datetime.combine(MONDAY.date() + timedelta(days=days), clock, tzinfo=COPENHAGEN)


@pytest.mark.parametrize("tag", ["da", "da-DK", "DA_dk", " da "])
def test_danish_serves_readers_of_danish(tag: str) -> None:
    assert language_of(tag) == DA
    assert catalogue(DA).name == "Dansk"


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(14, 30), "klokken fjorten tredive"),
        (time(8, 0), "klokken otte"),
        (time(8, 5), "klokken otte nul fem"),
        (time(1, 1), "klokken ét nul ét"),
        (time(21, 47), "klokken enogtyve syvogfyrre"),
        (time(13, 50), "klokken tretten halvtreds"),
        (time(15, 59), "klokken femten nioghalvtreds"),
        (time(22, 22), "klokken toogtyve toogtyve"),
        (time(0, 5), "klokken nul nul fem"),
        (time(0, 30), "klokken nul nul tredive"),
        (time(0, 0), "ved midnat"),
    ],
)
def test_a_time_of_day_is_said_as_danes_say_it(clock: time, said: str) -> None:
    assert clock_phrase(clock, DA) == said


def test_tens_are_counted_in_twenties_and_units_come_first() -> None:
    numbers = catalogue(DA).speech.numbers
    assert len(numbers) == 100
    assert [numbers[ten] for ten in range(20, 100, 10)] == [
        *("tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems")
    ]
    assert [numbers[each] for each in (21, 55, 61, 72, 84, 99)] == [
        *("enogtyve", "femoghalvtreds", "enogtres", "tooghalvfjerds", "fireogfirs", "nioghalvfems")
    ]


def test_the_thirty_one_days_of_a_month_are_ordinals() -> None:
    assert list(catalogue(DA).speech.days) == [
        *("første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende", "niende", "tiende"),
        *("ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende", "attende", "nittende"),
        *("tyvende", "enogtyvende", "toogtyvende", "treogtyvende", "fireogtyvende", "femogtyvende"),
        *("seksogtyvende", "syvogtyvende", "otteogtyvende", "niogtyvende", "tredivte", "enogtredivte"),
    ]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2000, "to tusind"),
        (2005, "to tusind og fem"),
        (2020, "tyve tyve"),
        (2027, "tyve syvogtyve"),
        (2100, "enogtyve hundrede"),
        (2104, "enogtyve nul fire"),
    ],
)
def test_a_year_is_said_in_two_halves(year: int, said: str) -> None:
    assert catalogue(DA).speech.year(year) == said


@pytest.mark.parametrize(
    ("form", "back", "said"),
    [
        (ReturnForm.TIME, back_in(0, time(12, 0)), "klokken tolv"),
        (ReturnForm.TOMORROW, back_in(1), "i morgen klokken otte"),
        (ReturnForm.DATE_TIME, back_in(2), "på onsdag klokken otte"),
        (ReturnForm.DATE_TIME, back_in(14), "mandag den syvende december klokken otte"),
        (ReturnForm.DATE_TIME, back_in(181), "søndag den treogtyvende maj tyve syvogtyve klokken otte"),
        (ReturnForm.DATE, back_in(1, time.min), "i morgen"),
        (ReturnForm.DATE, back_in(6, time.min), "på søndag"),
        (ReturnForm.DATE, back_in(38, time.min), "torsdag den enogtredivte december"),
    ],
)
def test_a_return_is_said_in_its_four_forms(form: ReturnForm, back: datetime, said: str) -> None:
    assert return_phrase(form, back, MONDAY, DA) == said


def test_an_announcement_says_who_why_and_until_when() -> None:
    said = announcement("Anna Berg", reason_spoken(MEETING, DA), "klokken fjorten tredive", DA)
    assert said == "Anna Berg er til møde og er tilbage klokken fjorten tredive."


def test_the_sentences_of_a_call() -> None:
    assert [
        unreachable_sentence(DA),
        menu_sentence(DA),
        menu_sentence(DA, attendant=False),
        menu_sentence(DA, call_back=False),
        switch_sentence(DA),
        connecting_sentence(DA),
        attendant_busy_sentence(DA),
        attendant_unanswered_sentence(DA),
        called_back_sentence(DA),
        number_hidden_sentence(DA),
        goodbye_sentence(DA),
    ] == [
        "Personen du ringer til kan ikke træffes.",
        "Tryk ét for omstillingen, to for at blive ringet op.",
        "Tryk to for at blive ringet op.",
        "Tryk ét for omstillingen.",
        "For dansk, tryk stjerne.",
        "Du bliver stillet om til omstillingen.",
        "Omstillingen er optaget lige nu.",
        "Omstillingen svarer ikke lige nu.",
        "Tak. Du bliver ringet op.",
        "Du kan ikke blive ringet op, fordi dit nummer er skjult.",
        "Tak for opkaldet. Farvel.",
    ]


@pytest.mark.parametrize(
    ("key", "label", "spoken"),
    [
        ("lunch", "Frokost", "er til frokost"),
        ("vacation", "Ferie", "er på ferie"),
        ("gone_for_the_day", "Gået for i dag", "er gået for i dag"),
        ("other", "Kan ikke træffes", "kan ikke træffes"),
    ],
)
def test_a_reason_is_shown_and_spoken_in_danish(key: str, label: str, spoken: str) -> None:
    assert (reason_label(ReasonKey(key), DA), reason_spoken(ReasonKey(key), DA)) == (label, spoken)


def test_sick_is_spoken_and_shown_to_colleagues_as_absent() -> None:
    assert reason_spoken(SICK, DA) == "er fraværende"
    assert reason_label_for_colleagues(SICK, DA) == "Fraværende"


def test_dates_and_times_are_written_as_danes_write_them() -> None:
    friday = date(2026, 11, 20)
    now = datetime(2026, 11, 20, 9, 0, tzinfo=COPENHAGEN)
    monday = datetime(2026, 11, 23, 13, 5, tzinfo=COPENHAGEN)
    assert short_date(monday.date(), friday, DA) == "man. d. 23. nov."
    assert day_heading(friday, friday, DA) == "I dag, fredag d. 20. november"
    assert day_heading(date(2026, 11, 21), friday, DA) == "I morgen, lørdag d. 21. november"
    assert shown_time(monday, now, DA) == "man. d. 23. nov. 13:05"
    assert shown_back(now + timedelta(hours=4), now, DA) == "tilbage 13:00"
    assert shown_stretch(monday, monday + timedelta(hours=1), now, DA) == "man. d. 23. nov. 13:05–14:05"
    assert week_label(monday.date(), DA) == "uge 48"


def test_ae_o_with_stroke_and_a_with_ring_come_last_and_double_a_is_a_with_ring() -> None:
    names = ["Ågren", "Ødegaard", "Aagaard", "Zorn", "Ärnø", "Öberg", "Ærø", "Ærlig"]
    ordered = ["Zorn", "Ærlig", "Ärnø", "Ærø", "Öberg", "Ødegaard", "Ågren", "Aagaard"]
    assert sorted(names, key=lambda name: sort_key(name, DA)) == ordered


def test_show_as_is_named_as_in_outlook() -> None:
    named = [text(f"show_as.{each}", DA) for each in ShowAs]
    assert named == ["Ledig", "Arbejder et andet sted", "Foreløbig", "Optaget", "Ikke til stede"]


def test_diversions_are_named_as_on_danish_telephones() -> None:
    named = [text(f"diversion.{each}", DA) for each in Diversion]
    assert named == ["Ingen viderestilling", "Viderestilling ved intet svar", "Viderestilling med det samme"]
