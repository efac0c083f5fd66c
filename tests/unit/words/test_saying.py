"""What people wrote, made safe to speak."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.words import Language, catalogue, languages
from kalenderkoppling.words.catalogue import Speech
from kalenderkoppling.words.saying import LONGEST, sayable

SWEDISH = catalogue(Language("sv")).speech
SPEECHES = st.sampled_from([catalogue(language).speech for language in languages()])
MARKS = frozenset(" -'.,")


def test_a_name_keeps_its_letters_and_marks() -> None:
    assert sayable("  Åsa  Ö'Neill-Kjær,\tM.Sc. ", SWEDISH) == "Åsa Ö'Neill-Kjær, M.Sc."


def test_a_letter_is_one_letter_however_it_was_written() -> None:
    assert sayable("A\u030asa", SWEDISH) == "Åsa"


def test_a_printers_apostrophe_is_an_apostrophe() -> None:
    assert sayable("O\u2019Neill", SWEDISH) == "O'Neill"


def test_a_name_too_long_to_wait_for_is_cut() -> None:
    assert len(sayable("Anna " * 2_000, SWEDISH)) <= LONGEST
    assert len(sayable("7" * 10_000, SWEDISH)) <= LONGEST


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Grupp 2", "Grupp två"),
        ("Linje 48", "Linje fyrtioåtta"),
        ("Rum 301", "Rum tre noll ett"),
        ("Jour 07", "Jour noll sju"),
        ("Jour 00", "Jour noll noll"),
        ("Vakt 0", "Vakt noll"),
        ("4G-gruppen", "fyra G-gruppen"),
        ("Rum ٣", "Rum tre"),
        ("Berg & Son", "Berg och Son"),
        ("Berg&Son", "Berg och Son"),
        ("m²", "m"),
    ],
)
def test_numbers_and_signs_in_a_name_are_said_in_words(written: str, spoken: str) -> None:
    assert sayable(written, SWEDISH) == spoken


@pytest.mark.parametrize("text", ["", "  ", "...", "-", "' ,", "😀", "<>", "\u0301"])
def test_nothing_is_said_where_there_is_no_word(text: str) -> None:
    assert sayable(text, SWEDISH) == ""


@given(st.text(), SPEECHES)
def test_what_is_spoken_is_letters_blanks_and_ordinary_marks(text: str, speech: Speech) -> None:
    spoken = sayable(text, speech)
    assert [each for each in spoken if unicodedata.category(each)[0] not in "LM" and each not in MARKS] == []
    assert spoken == " ".join(spoken.split())


@given(st.text(), SPEECHES)
def test_what_is_sayable_is_said_as_it_is(text: str, speech: Speech) -> None:
    spoken = sayable(text, speech)
    assert sayable(spoken, speech) == spoken
