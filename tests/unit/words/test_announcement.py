"""The sentences that a caller hears."""

import re
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import MEETING, ReasonKey
from kalenderkoppling.words import (
    Language,
    announcement,
    called_back_sentence,
    clock_phrase,
    connecting_sentence,
    date_phrase,
    default_reasons,
    languages,
    menu_sentence,
    reason_spoken,
)
from kalenderkoppling.words.saying import LONGEST, sayable

SV, NB, EN = Language("sv"), Language("nb"), Language("en")

every_language = pytest.mark.parametrize("language", languages())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "Anna Berg är i möte och är åter klockan fjorton och trettio."),
        (NB, "Anna Berg er i møte og er tilbake klokken fjorten tretti."),
        (EN, "Anna Berg is in a meeting and will be back at two thirty p.m."),
    ],
)
def test_an_announcement_says_who_why_and_until_when(language: Language, sentence: str) -> None:
    back = clock_phrase(time(14, 30), language)
    assert announcement("Anna Berg", reason_spoken(MEETING, language), back, language) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "Personen du söker är i möte."),
        (NB, "Personen du søker er i møte."),
        (EN, "The person you are calling is in a meeting."),
    ],
)
@pytest.mark.parametrize("name", [None, "", "  "])
def test_without_a_name_and_a_return_it_says_the_reason_alone(
    name: str | None, language: Language, sentence: str
) -> None:
    assert announcement(name, reason_spoken(MEETING, language), None, language) == sentence


@every_language
@pytest.mark.parametrize("key", default_reasons())
def test_every_announcement_is_one_sentence_of_words(language: Language, key: ReasonKey) -> None:
    for back in (None, clock_phrase(time(13, 5), language), date_phrase(date(2028, 2, 29), language, with_year=True)):
        sentence = announcement("Åsa Öberg", reason_spoken(key, language), back, language)
        assert re.fullmatch(r"[^\W\d_]+([ -][^\W\d_]+)*\.", re.sub(r" [ap]\.m\.$", ".", sentence))


@every_language
def test_a_name_with_braces_is_not_taken_for_a_place(language: Language) -> None:
    assert announcement("{reason}", "x", None, language) == "reason x."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "Tryck ett för att komma till telefonist, två för att bli uppringd."),
        (NB, "Trykk en for sentralbordet, to for å bli ringt opp."),
        (EN, "Press one for the operator, two to be called back."),
    ],
)
def test_the_menu_says_the_two_keys(language: Language, sentence: str) -> None:
    assert menu_sentence(language) == sentence


@every_language
def test_the_sentences_after_a_key_are_words(language: Language) -> None:
    for sentence in (connecting_sentence(language), called_back_sentence(language)):
        assert re.fullmatch(r"([^\W\d_]+[ .]{0,2})+\.", sentence)


def test_a_name_keeps_its_letters_and_marks() -> None:
    assert sayable("  Åsa  Ö'Neill-Kjær,\tM.Sc. ") == "Åsa Ö'Neill-Kjær, M.Sc."


def test_a_name_too_long_to_wait_for_is_cut() -> None:
    assert len(sayable("Anna " * 2_000)) < LONGEST + 1


@given(st.text())
def test_nothing_that_is_spoken_carries_brackets_tags_or_control_characters(text: str) -> None:
    spoken = sayable(text)
    assert not set(spoken) & set("[]<>{}\\|`")
    assert spoken == " ".join(spoken.split())
    assert spoken.isprintable()


@given(st.integers(0, 1439), st.integers(0, 400), st.sampled_from(languages()))
def test_the_return_stands_in_the_announcement_word_for_word(minute: int, days: int, language: Language) -> None:
    day = date_phrase(date(2026, 1, 1) + timedelta(days=days), language)
    back = f"{day} {clock_phrase(time(minute // 60, minute % 60), language)}"
    assert back in announcement(None, "x", back, language)
