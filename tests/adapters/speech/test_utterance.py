"""What is given to an engine is one line of plain text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.speech.utterance import language_code, utterance
from kalenderkoppling.words import Language


def test_words_stay_as_they_are() -> None:
    text = "Åsa Öberg-Æbelø är på lunch, och är åter klockan ett p.m."
    assert utterance(text) == text


def test_commands_and_control_characters_become_blanks() -> None:
    assert utterance("[[hej]] <b>då</b>\r\n{x}|\x00\u202eslut\ud800") == "hej b då /b x slut"


def test_a_text_may_have_two_thousand_characters() -> None:
    assert utterance("a" * 2_000) == "a" * 2_000
    with pytest.raises(SpeechFailedError):
        utterance("a" * 2_001)


@pytest.mark.parametrize("text", ["", " ", "\n", "[[]]", "<>", "\x00"])
def test_nothing_cannot_be_spoken(text: str) -> None:
    with pytest.raises(SpeechFailedError):
        utterance(text)


@pytest.mark.parametrize("code", ["sv", "nb", "fil", "pt-br", "en-us"])
def test_codes_of_languages_name_voices(code: str) -> None:
    assert language_code(Language(code)) == code


@pytest.mark.parametrize(
    "code", ["", "s", "SV", "svenska", "sv_SE", "sv-", "-v", "sv nb", "../sv", "sv\n", "sv/x", "!v/f1"]
)
def test_F_33_anything_else_names_none(code: str) -> None:
    with pytest.raises(SpeechFailedError):
        language_code(Language(code))


@given(st.text(max_size=300))
def test_F_33_no_text_gets_through_that_is_more_than_a_line_of_words(text: str) -> None:
    try:
        line = utterance(text)
    except SpeechFailedError:
        return
    assert line == line.strip() == utterance(line)
    assert not set(line) & set("[]<>{}|\n\r\0")
    assert not any(unicodedata.category(each).startswith("C") for each in line)
    assert len(line) <= len(text)
    line.encode()
