"""Everything that a caller can hear: every minute, every date, every reason, in every language."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import SICK, ReasonKey, ReasonKind, ReturnForm
from kalenderkoppling.words import (
    Language,
    TenantReason,
    TenantReasons,
    announcement,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    catalogue,
    connecting_sentence,
    default_reasons,
    fold,
    goodbye_sentence,
    languages,
    menu_sentence,
    number_hidden_sentence,
    reason_label,
    reason_spoken,
    return_phrase,
    switch_sentence,
    unreachable_sentence,
)
from kalenderkoppling.words.phrases import LAST_DAY_WITHOUT_YEAR, LAST_WEEKDAY_DAY

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2027, 12, 31)
MIDNIGHT = datetime.combine(TODAY, time.min, STOCKHOLM)
EVERY_MINUTE = [time(minute // 60, minute % 60) for minute in range(1440)]
EVERY_DATE = [date(2028, 1, 1) + timedelta(days=day) for day in range(366)]
A_YEAR_AHEAD = range(1, 367)

MARKS = frozenset(" -'.,")
NAMES = (
    st.none()
    | st.text(max_size=60)
    | st.sampled_from(["Åsa Öberg", "Grupp 2", "Berg & Son", "4711", "Dr. O\u2019Neill"])
)

every_language = pytest.mark.parametrize("language", languages())


def strange(sentence: str) -> list[str]:
    """What is neither a letter nor a blank, a hyphen, an apostrophe, a full stop or a comma."""
    return [each for each in sentence if each not in MARKS and unicodedata.category(each)[0] not in "LM"]


def is_words(phrase: str) -> bool:
    """Tell that a phrase is words of our own: plain letters, and no abbreviation but the English a.m. and p.m."""
    return re.fullmatch(r"[^\W\d_]+([ -][^\W\d_]+)*", re.sub(r" [ap]\.m\.$", "", phrase)) is not None


def heard(phrase: str) -> str:
    """A phrase as an ear takes it: nobody hears a blank or a hyphen."""
    return phrase.replace(" ", "").replace("-", "")


def at(days: int, clock: time = time.min) -> datetime:
    return datetime.combine(TODAY + timedelta(days=days), clock, STOCKHOLM)


def today_at_every_minute(language: Language) -> list[str]:
    """A return at midnight of the same day is never in the future; one at the end of the day is tomorrow."""
    return [return_phrase(ReturnForm.TIME, at(0, clock), MIDNIGHT, language) for clock in EVERY_MINUTE[1:]]


def on_a_day_at_every_minute(form: ReturnForm, days: int, language: Language) -> list[str]:
    return [return_phrase(form, at(days, clock), MIDNIGHT, language) for clock in EVERY_MINUTE]


def assert_all_are_words_and_differ(phrases: list[str]) -> None:
    assert [phrase for phrase in phrases if not is_words(phrase)] == []
    assert len({heard(phrase) for phrase in phrases}) == len(phrases)


# ── times and dates ─────────────────────────────────────────────────────────────────────────────


@every_language
def test_every_minute_of_today_is_said_so_that_no_other_is_heard(language: Language) -> None:
    phrases = today_at_every_minute(language)
    assert len(phrases) == 1439
    assert_all_are_words_and_differ(phrases)


@every_language
def test_every_minute_of_tomorrow_is_said_so_that_no_other_is_heard(language: Language) -> None:
    phrases = on_a_day_at_every_minute(ReturnForm.TOMORROW, 1, language)
    assert len(phrases) == 1440
    assert_all_are_words_and_differ(phrases)


@every_language
def test_every_minute_of_the_week_ahead_is_said_so_that_no_other_is_heard(language: Language) -> None:
    days = range(2, LAST_WEEKDAY_DAY + 1)
    phrases = [each for day in days for each in on_a_day_at_every_minute(ReturnForm.DATE_TIME, day, language)]
    assert len(phrases) == 5 * 1440
    assert_all_are_words_and_differ(phrases)


@every_language
@pytest.mark.parametrize("days", [LAST_WEEKDAY_DAY + 1, LAST_DAY_WITHOUT_YEAR, LAST_DAY_WITHOUT_YEAR + 1])
def test_every_minute_of_a_date_with_and_without_its_year_is_said_so_that_no_other_is_heard(
    language: Language, days: int
) -> None:
    phrases = on_a_day_at_every_minute(ReturnForm.DATE_TIME, days, language)
    year = catalogue(language).speech.year((TODAY + timedelta(days=days)).year)
    assert all((f" {year} " in phrase) == (days > LAST_DAY_WITHOUT_YEAR) for phrase in phrases)
    assert_all_are_words_and_differ(phrases)


@every_language
@pytest.mark.parametrize("form", [ReturnForm.DATE, ReturnForm.DATE_TIME])
@pytest.mark.parametrize("days_before", [1, 2, 7, LAST_DAY_WITHOUT_YEAR, LAST_DAY_WITHOUT_YEAR + 1])
def test_every_one_of_the_366_dates_is_said_in_words_as_a_return(
    language: Language, form: ReturnForm, days_before: int
) -> None:
    if form is ReturnForm.DATE_TIME and days_before == 1:
        form = ReturnForm.TOMORROW
    clock = time.min if form is ReturnForm.DATE else time(13, 5)
    phrases = []
    for day in EVERY_DATE:
        now = datetime.combine(day - timedelta(days=days_before), time(9), STOCKHOLM)
        phrases.append(return_phrase(form, datetime.combine(day, clock, STOCKHOLM), now, language))
    assert [phrase for phrase in phrases if not is_words(phrase)] == []
    assert len(set(phrases)) == {1: 1, 2: 7}.get(days_before, 366)


@every_language
def test_no_two_of_the_next_366_days_are_heard_alike(language: Language) -> None:
    phrases = [return_phrase(ReturnForm.DATE, at(days), MIDNIGHT, language) for days in A_YEAR_AHEAD]
    assert_all_are_words_and_differ(phrases)


@every_language
def test_no_two_instants_of_the_next_366_days_are_heard_alike(language: Language) -> None:
    # Five minutes of each day, others from day to day, so that each of the 1,440 meets many dates.
    phrases = []
    for days in A_YEAR_AHEAD:
        form = ReturnForm.TOMORROW if days == 1 else ReturnForm.DATE_TIME
        minutes = {days % 60, days + 100, 1439 - days, (days * 97) % 1440, 720} - {0}
        phrases += [return_phrase(form, at(days, EVERY_MINUTE[each]), MIDNIGHT, language) for each in minutes]
    assert_all_are_words_and_differ(phrases)


@every_language
def test_a_year_is_not_heard_as_another(language: Language) -> None:
    said = [heard(catalogue(language).speech.year(year)) for year in range(2000, 2200)]
    assert len(set(said)) == 200


@every_language
def test_the_numbers_from_0_to_99_are_words_and_differ(language: Language) -> None:
    numbers = list(catalogue(language).speech.numbers)
    assert len(numbers) == 100
    assert_all_are_words_and_differ(numbers)


@every_language
def test_the_days_of_a_month_are_words_and_differ(language: Language) -> None:
    days = list(catalogue(language).speech.days)
    assert len(days) == 31
    assert_all_are_words_and_differ(days)


# ── whole sentences ─────────────────────────────────────────────────────────────────────────────


def returns(language: Language) -> Iterator[str | None]:
    """A return in each of its forms, with and without a clock and a year, and one whose end is unknown."""
    yield None
    yield return_phrase(ReturnForm.TIME, at(0, time(13, 5)), MIDNIGHT, language)
    yield return_phrase(ReturnForm.TOMORROW, at(1, time(8)), MIDNIGHT, language)
    for days in (2, 60, 200):
        yield return_phrase(ReturnForm.DATE_TIME, at(days, time(21, 47)), MIDNIGHT, language)
        yield return_phrase(ReturnForm.DATE, at(days), MIDNIGHT, language)


@every_language
@pytest.mark.parametrize("name", [None, "Åsa Öberg-Kjær", "O'Neill, M.Sc.", "Grupp 2 & 3"])
@pytest.mark.parametrize("key", default_reasons())
def test_every_reason_with_every_form_of_return_is_one_sentence(
    language: Language, name: str | None, key: ReasonKey
) -> None:
    for back in returns(language):
        sentence = announcement(name, reason_spoken(key, language), back, language)
        assert strange(sentence) == []
        assert sentence.endswith(".")
        assert not sentence.endswith("..")
        assert "  " not in sentence
        assert sentence[0].isupper()
        assert (back or "") in sentence


@every_language
@pytest.mark.parametrize("key", default_reasons())
def test_where_the_end_is_unknown_no_return_is_said(language: Language, key: ReasonKey) -> None:
    sentence = announcement("Anna Berg", reason_spoken(key, language), None, language)
    assert sentence == f"Anna Berg {reason_spoken(key, language)}."


def fixed(language: Language) -> list[str]:
    return [
        menu_sentence(language),
        menu_sentence(language, attendant=False),
        menu_sentence(language, call_back=False),
        switch_sentence(language),
        connecting_sentence(language),
        attendant_busy_sentence(language),
        attendant_unanswered_sentence(language),
        called_back_sentence(language),
        number_hidden_sentence(language),
        goodbye_sentence(language),
        unreachable_sentence(language),
    ]


@every_language
def test_what_is_the_same_in_every_call_is_said_in_whole_sentences_of_words(language: Language) -> None:
    word = r"[^\W\d_]+"
    sentence = rf"{word}(,? {word})*\."
    assert [each for each in fixed(language) if not re.fullmatch(rf"{sentence}( {sentence})*", each)] == []
    assert all(each[0].isupper() for said in fixed(language) for each in said.split(". "))


def test_no_two_fixed_sentences_are_alike_in_any_language() -> None:
    said = [each for language in languages() for each in fixed(language)]
    assert len(set(said)) == len(said)


@every_language
def test_both_menus_name_key_two_and_one_of_them_key_one(language: Language) -> None:
    # Folded: an accent on the number one is there or not.
    one, two = (fold(number) for number in catalogue(language).speech.numbers[1:3])
    both, without = (
        set(re.findall(r"\w+", fold(menu_sentence(language, attendant=attendant)))) for attendant in (True, False)
    )
    assert {one, two} <= both
    assert two in without
    assert one not in without


@every_language
def test_the_generic_sentence_is_the_announcement_of_nobody_for_the_reason_other(language: Language) -> None:
    expected = announcement(None, reason_spoken(ReasonKey("other"), language), None, language)
    assert unreachable_sentence(language) == expected


# ── what people wrote ───────────────────────────────────────────────────────────────────────────


def own_reasons(key: ReasonKey) -> st.SearchStrategy[TenantReasons]:
    """Changes of one reason: any label, any spoken form, in any of the languages."""
    words = st.dictionaries(st.sampled_from(languages()), st.text(max_size=40))
    return st.builds(
        lambda labels, spoken, hidden: {
            key: TenantReason(key=key, kind=ReasonKind.CLOCK, labels=labels, spoken=spoken, hidden=hidden)
        },
        words,
        words,
        st.booleans(),
    )


ANY_LANGUAGE = st.sampled_from(languages())


@given(
    name=NAMES,
    key=st.sampled_from([*default_reasons(), ReasonKey("own"), ReasonKey("unknown")]),
    custom=own_reasons(ReasonKey("own")),
    when=st.tuples(st.integers(2, 400), st.sampled_from(EVERY_MINUTE)),
    language=ANY_LANGUAGE,
)
def test_S_3_whatever_people_wrote_never_a_digit_or_a_sign_is_spoken(
    name: str | None, key: ReasonKey, custom: TenantReasons, when: tuple[int, time], language: Language
) -> None:
    back = return_phrase(ReturnForm.DATE_TIME, at(*when), MIDNIGHT, language)
    sentence = announcement(name, reason_spoken(key, language, custom), back, language)
    assert strange(sentence) == []
    assert sentence.endswith(back if back.endswith(".") else f"{back}.")
    assert sentence == sentence.strip()


@given(custom=own_reasons(SICK), language=ANY_LANGUAGE)
def test_sick_is_never_spoken_whatever_the_tenant_wrote(custom: TenantReasons, language: Language) -> None:
    assert reason_spoken(SICK, language, custom) == catalogue(language).speech.absent


@given(
    key=st.sampled_from([each for each in default_reasons() if each != SICK]),
    custom=own_reasons(SICK),
    language=ANY_LANGUAGE,
)
def test_what_is_written_of_sick_is_spoken_for_no_other_reason(
    key: ReasonKey, custom: TenantReasons, language: Language
) -> None:
    assert reason_spoken(key, language, custom) == reason_spoken(key, language)


def test_no_standard_reason_speaks_of_illness_in_any_language() -> None:
    ill = {"ill"} | {reason_label(SICK, language).casefold() for language in languages()}
    spoken = {
        word
        for language in languages()
        for key in default_reasons()
        for word in announcement(None, reason_spoken(key, language), None, language).casefold().rstrip(".").split()
    }
    assert not ill & spoken
