"""The sentences that a caller hears."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import MEETING, ReasonKey
from kalenderkoppling.words import (
    Language,
    announcement,
    announcement_parts,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    clock_phrase,
    connecting_sentence,
    date_phrase,
    default_reasons,
    goodbye_sentence,
    languages,
    menu_sentence,
    number_hidden_sentence,
    reason_spoken,
    switch_sentence,
    unreachable_sentence,
)

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


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "Tryck två för att bli uppringd."),
        (NB, "Trykk to for å bli ringt opp."),
        (EN, "Press two to be called back."),
    ],
)
def test_without_an_attendant_the_menu_says_key_two_alone(language: Language, sentence: str) -> None:
    assert menu_sentence(language, attendant=False) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "För svenska, tryck stjärna."),
        (NB, "For norsk, trykk stjerne."),
        (EN, "For English, press star."),
    ],
)
def test_a_language_is_offered_in_that_language(language: Language, sentence: str) -> None:
    assert switch_sentence(language) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (SV, "Personen du söker är inte anträffbar."),
        (NB, "Personen du søker er ikke tilgjengelig."),
        (EN, "The person you are calling is not available."),
    ],
)
def test_the_generic_announcement_names_nobody_and_no_reason(language: Language, sentence: str) -> None:
    assert unreachable_sentence(language) == sentence


@pytest.mark.parametrize(
    ("say", "sentence"),
    [
        (connecting_sentence, "Du kopplas till telefonist."),
        (attendant_busy_sentence, "Telefonisten är upptagen just nu."),
        (attendant_unanswered_sentence, "Telefonisten svarar inte just nu."),
        (called_back_sentence, "Tack. Du blir uppringd."),
        (number_hidden_sentence, "Du kan inte bli uppringd eftersom ditt nummer är dolt."),
        (goodbye_sentence, "Tack för samtalet. Hej då."),
    ],
)
def test_what_follows_a_key_is_said_in_a_sentence(say: Callable[[Language], str], sentence: str) -> None:
    assert say(SV) == sentence


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (SV, ("Anna Berg", "är i möte", "och är åter klockan fjorton och trettio.")),
        (NB, ("Anna Berg", "er i møte", "og er tilbake klokken fjorten tretti.")),
        (EN, ("Anna Berg", "is in a meeting", "and will be back at two thirty p.m.")),
    ],
)
def test_each_part_of_an_announcement_may_be_heard_by_itself(language: Language, parts: tuple[str, str, str]) -> None:
    back = clock_phrase(time(14, 30), language)
    assert announcement_parts("Anna Berg", reason_spoken(MEETING, language), back, language) == parts


@every_language
def test_without_a_return_the_sentence_ends_with_its_reason(language: Language) -> None:
    assert announcement_parts("Anna Berg", "x", None, language) == ("Anna Berg", "x.", "")


@every_language
def test_the_name_and_the_reason_are_parts_word_for_word(language: Language) -> None:
    # Recordings stand in for them, so nothing else may be in these parts.
    who, why, _ = announcement_parts("Anna Berg", "x", "y", language)
    assert (who, why) == ("Anna Berg", "x")


@given(
    name=st.none() | st.text(max_size=30),
    spoken=st.sampled_from([*default_reasons()]),
    back=st.none() | st.sampled_from(["klockan tolv", "at eight a.m.", "på onsdag"]),
    language=st.sampled_from(languages()),
)
def test_the_parts_joined_with_blanks_are_the_announcement(
    name: str | None, spoken: ReasonKey, back: str | None, language: Language
) -> None:
    said = (name, reason_spoken(spoken, language), back, language)
    who, why, when = announcement_parts(*said)
    assert f"{who} {why} {when}".rstrip() == announcement(*said)
    assert bool(when) == (back is not None)
    assert not any(part.startswith(" ") or part.endswith(" ") for part in (who, why, when))


@given(st.integers(0, 1439), st.integers(0, 400), st.sampled_from(languages()))
def test_the_return_stands_in_the_announcement_word_for_word(minute: int, days: int, language: Language) -> None:
    day = date_phrase(date(2026, 1, 1) + timedelta(days=days), language)
    back = f"{day} {clock_phrase(time(minute // 60, minute % 60), language)}"
    assert back in announcement(None, "x", back, language)
