"""Times, dates and returns as words: every minute and every date, in every language."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import ReturnForm
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.words import Language, catalogue, clock_phrase, date_phrase, languages, return_phrase

SV, NB, EN = Language("sv"), Language("nb"), Language("en")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=STOCKHOLM)

EVERY_MINUTE = [time(minute // 60, minute % 60) for minute in range(1440)]
EVERY_DATE = [date(2028, 1, 1) + timedelta(days=day) for day in range(366)]

every_language = pytest.mark.parametrize("language", languages())


def is_words_only(phrase: str) -> bool:
    """Tell that a phrase is letters, single blanks and hyphens; the English a.m. and p.m. may stand."""
    return re.fullmatch(r"[^\W\d_]+([ -][^\W\d_]+)*", re.sub(r" (a\.m\.|p\.m\.)$", "", phrase)) is not None


def back_in(days: int, clock: time = time(8, 0)) -> datetime:
    return datetime.combine(MONDAY.date() + timedelta(days=days), clock, tzinfo=STOCKHOLM)


@every_language
def test_every_one_of_the_1440_minutes_is_said_in_words_and_differently(language: Language) -> None:
    phrases = [clock_phrase(clock, language) for clock in EVERY_MINUTE]
    assert [phrase for phrase in phrases if not is_words_only(phrase)] == []
    assert len(set(phrases)) == 1440


@every_language
def test_every_minute_of_another_day_is_said_in_words_and_differently(language: Language) -> None:
    phrases = [catalogue(language).speech.clock_of_day(clock) for clock in EVERY_MINUTE]
    assert [phrase for phrase in phrases if not is_words_only(phrase)] == []
    assert len(set(phrases)) == 1440


@every_language
@pytest.mark.parametrize("with_year", [False, True])
def test_every_one_of_the_366_dates_is_said_in_words_and_differently(language: Language, with_year: bool) -> None:
    phrases = [date_phrase(day, language, with_year=with_year) for day in EVERY_DATE]
    assert date(2028, 2, 29) in EVERY_DATE
    assert [phrase for phrase in phrases if not is_words_only(phrase)] == []
    assert len(set(phrases)) == 366


@every_language
def test_every_year_that_a_calendar_knows_is_said_differently(language: Language) -> None:
    phrases = [catalogue(language).speech.year(year) for year in range(1000, 10_000)]
    assert [phrase for phrase in phrases if not is_words_only(phrase)] == []
    assert len(set(phrases)) == 9000


@every_language
def test_months_are_spoken_as_they_are_written(language: Language) -> None:
    words = catalogue(language)
    assert words.speech.months == words.formats.months


@pytest.mark.parametrize(
    ("clock", "swedish", "norwegian", "english"),
    [
        (time(14, 30), "klockan fjorton och trettio", "klokken fjorten tretti", "at two thirty p.m."),
        (time(8, 0), "klockan åtta", "klokken åtte", "at eight a.m."),
        (time(8, 5), "klockan åtta noll fem", "klokken åtte null fem", "at eight oh five a.m."),
        (time(0, 5), "klockan noll noll fem", "klokken null null fem", "at twelve oh five a.m."),
        (time(0, 30), "klockan noll noll trettio", "klokken null null tretti", "at twelve thirty a.m."),
        (time(1, 1), "klockan ett noll ett", "klokken ett null én", "at one oh one a.m."),
        (time(12, 0), "klockan tolv", "klokken tolv", "at twelve noon"),
        (time(12, 1), "klockan tolv noll ett", "klokken tolv null én", "at twelve oh one p.m."),
        (time(21, 47), "klockan tjugoett och fyrtiosju", "klokken tjueén førtisju", "at nine forty-seven p.m."),
        (time(0, 0), "vid midnatt", "ved midnatt", "at midnight"),
    ],
)
def test_a_time_of_day_is_said_as_people_say_it(clock: time, swedish: str, norwegian: str, english: str) -> None:
    assert [clock_phrase(clock, language) for language in (SV, NB, EN)] == [swedish, norwegian, english]


@pytest.mark.parametrize(
    ("year", "swedish", "norwegian", "english"),
    [
        (2000, "tjugohundra", "to tusen", "two thousand"),
        (2005, "tjugohundrafem", "to tusen og fem", "two thousand and five"),
        (2027, "tjugohundratjugosju", "tjue tjuesju", "twenty twenty-seven"),
        (2100, "tjugoetthundra", "tjueén hundre", "twenty-one hundred"),
        (2104, "tjugoetthundrafyra", "tjueén null fire", "twenty-one oh four"),
    ],
)
def test_a_year_is_said_as_people_say_it(year: int, swedish: str, norwegian: str, english: str) -> None:
    assert [catalogue(language).speech.year(year) for language in (SV, NB, EN)] == [swedish, norwegian, english]


def test_same_day_is_said_as_a_time() -> None:
    assert return_phrase(ReturnForm.TIME, back_in(0, time(12, 0)), MONDAY, SV) == "klockan tolv"


@pytest.mark.parametrize(
    ("language", "phrase"),
    [(SV, "i morgon klockan åtta"), (NB, "i morgen klokken åtte"), (EN, "tomorrow at eight")],
)
def test_next_day_is_said_as_tomorrow_with_the_time(language: Language, phrase: str) -> None:
    assert return_phrase(ReturnForm.TOMORROW, back_in(1), MONDAY, language) == phrase


def test_an_evening_tomorrow_keeps_its_half_of_the_day_in_english() -> None:
    assert return_phrase(ReturnForm.TOMORROW, back_in(1, time(20, 0)), MONDAY, EN) == "tomorrow at eight p.m."


@pytest.mark.parametrize(
    ("days", "language", "phrase"),
    [
        (2, SV, "på onsdag klockan åtta"),
        (6, SV, "på söndag klockan åtta"),
        (7, SV, "måndagen den trettionde november klockan åtta"),
        (14, SV, "måndagen den sjunde december klockan åtta"),
        (14, NB, "mandag den sjuende desember klokken åtte"),
        (14, EN, "on Monday the seventh of December at eight"),
        (2, NB, "på onsdag klokken åtte"),
        (2, EN, "on Wednesday at eight"),
        (180, SV, "lördagen den tjugoandra maj klockan åtta"),
        (181, SV, "söndagen den tjugotredje maj tjugohundratjugosju klockan åtta"),
        (181, EN, "on Sunday the twenty-third of May twenty twenty-seven at eight"),
    ],
)
def test_a_later_day_is_said_with_the_time(days: int, language: Language, phrase: str) -> None:
    assert return_phrase(ReturnForm.DATE_TIME, back_in(days), MONDAY, language) == phrase


@pytest.mark.parametrize(
    ("days", "language", "phrase"),
    [
        (1, SV, "i morgon"),
        (1, NB, "i morgen"),
        (1, EN, "tomorrow"),
        (2, SV, "på onsdag"),
        (7, NB, "mandag den trettiende november"),
        (2, EN, "on Wednesday"),
        (14, SV, "måndagen den sjunde december"),
        (181, SV, "söndagen den tjugotredje maj tjugohundratjugosju"),
    ],
)
def test_a_return_at_midnight_is_said_as_a_date_only(days: int, language: Language, phrase: str) -> None:
    assert return_phrase(ReturnForm.DATE, back_in(days, time.min), MONDAY, language) == phrase


@given(days=st.integers(1, 400), language=st.sampled_from(languages()))
def test_c_10_a_return_at_midnight_never_says_a_clock(days: int, language: Language) -> None:
    phrase = return_phrase(ReturnForm.DATE, back_in(days, time.min), MONDAY, language)
    assert not {"klockan", "klokken", "midnatt", "at", "noll", "null"} & set(phrase.split())


@pytest.mark.parametrize("form", ReturnForm)
@pytest.mark.parametrize("passed", [timedelta(0), timedelta(minutes=1), timedelta(days=3)])
def test_a_return_at_or_before_the_present_is_never_spoken(form: ReturnForm, passed: timedelta) -> None:
    with pytest.raises(InvalidValueError):
        return_phrase(form, MONDAY - passed, MONDAY, SV)


@pytest.mark.parametrize(
    ("form", "days"),
    [
        (ReturnForm.TIME, 1),
        (ReturnForm.TOMORROW, 0),
        (ReturnForm.TOMORROW, 2),
        (ReturnForm.DATE_TIME, 1),
        (ReturnForm.DATE, 0),
    ],
)
def test_a_form_that_would_name_another_day_is_refused(form: ReturnForm, days: int) -> None:
    with pytest.raises(InvalidValueError, match=f"{days} days ahead cannot be said as {form}"):
        return_phrase(form, back_in(days, time(23, 0)), MONDAY, SV)


def test_a_naive_return_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="time zone"):
        return_phrase(ReturnForm.TIME, datetime(2026, 11, 23, 12, 0), MONDAY, SV)  # noqa: DTZ001 - the point of the test


def test_a_return_in_the_hour_that_comes_twice_is_in_the_future() -> None:
    now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC).astimezone(STOCKHOLM)
    back = datetime(2026, 10, 25, 1, 15, tzinfo=UTC).astimezone(STOCKHOLM)
    assert (now.hour, back.hour) == (2, 2)
    assert return_phrase(ReturnForm.TIME, back, now, SV) == "klockan två och femton"
