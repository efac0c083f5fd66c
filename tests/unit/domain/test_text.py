"""Text from outside: what nobody can see does not count, and what no database stores is taken out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.text import identifier, is_control, is_invisible, shown_text, storable, without_invisible


@pytest.mark.parametrize(
    "character",
    ["\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200e", "\u202a", "\u2060", "\u2066", "\u3164", "\ufe0f",
     "\ufeff", "\uffa0", "\ufff9", "\U0001d173", "\U000e0001", "\U000e0fff"],
)  # fmt: skip
def test_what_nobody_can_see_is_invisible(character: str) -> None:
    assert is_invisible(character)
    assert without_invisible(f"a{character}b") == "ab"


@pytest.mark.parametrize("character", ["a", " ", "\u00a0", "å", "👩", "\u0301", "-"])
def test_letters_blanks_and_accents_are_not_invisible(character: str) -> None:
    assert not is_invisible(character)
    assert without_invisible(f"a{character}b") == f"a{character}b"


def test_every_format_character_is_invisible() -> None:
    assert all(is_invisible(chr(each)) for each in range(0x110000) if unicodedata.category(chr(each)) == "Cf")


def test_an_identifier_has_one_form() -> None:
    assert identifier("\u200b10\u00a001 ") == identifier("10  01") == "10 01"
    assert identifier("a\u030a") == "\u00e5"


def test_a_name_keeps_what_joins_letters_and_sets_direction_and_loses_the_rest() -> None:
    assert shown_text(" Bo\u200b Berg\u2060 ") == "Bo Berg"
    assert shown_text("👩\u200d💻 \u202eAda\u202c") == "👩\u200d💻 \u202eAda\u202c"
    assert shown_text(" Bo ") == "Bo"


@pytest.mark.parametrize("text", ["", " ", "\u200e", "\u200b\u2060", "\u202e \u202c"])
def test_a_name_of_which_nothing_can_be_seen_is_empty(text: str) -> None:
    assert shown_text(text) == ""


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b\ud83d", "ab?"),
        ("a\nb\tc\r\nd", "a\nb\tc\r\nd"),
        ("a\x85b\x0bc\x1cd", "abcd"),
        ("\x01a\x1bb\x7fc\x9bd", "abcd"),
        ("\udc00Möte\udfff", "?Möte?"),
        ("👩\u200d💻 \u202eevil\u202c", "👩\u200d💻 \u202eevil\u202c"),
        ("Möte", "Möte"),
    ],
)
def test_F_33_what_no_database_stores_is_taken_out(text: str, stored: str) -> None:
    assert storable(text) == stored


@given(st.text(st.characters(codec=None)))
def test_F_33_every_text_can_be_stored_afterwards_and_is_the_same_the_second_time(text: str) -> None:
    stored = storable(text)
    assert not any(is_control(each) for each in stored if each not in "\t\n\r\u2028\u2029")
    assert storable(stored) == stored
    assert stored.encode("utf-8").decode("utf-8") == stored
