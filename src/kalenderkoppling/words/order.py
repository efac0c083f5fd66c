"""Sorting and searching names as Nordic readers expect, without a collation library."""

from __future__ import annotations

import unicodedata

from kalenderkoppling.words.catalogue import Collation, Language
from kalenderkoppling.words.languages import catalogue

_END_OF_LETTERS = "\x01"
_FIRST_AFTER_Z = ord("z") + 1

# Letters without a Unicode decomposition. Norwegian æ and ø fold to the same as Swedish ä and ö.
_BASE_LETTERS = str.maketrans(
    {"æ": "a", "ø": "o", "œ": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Fold a text for searching: lower case, base letters, one blank between words.

    `Åsa Kjær` and `ASA KJÄR` fold to the same; it is applied to stored texts and to queries.
    """
    return " ".join(_base_letters(text).split())


def sort_key(text: str, language: Language) -> str:
    """Return a sort key: compared character by character, keys are in the language's order of names.

    Keys compare like SQLite's BINARY and PostgreSQL's "C" collation. Å ä ö come last in Swedish, æ ø å in Norwegian;
    accents and case only break ties.
    """
    visible = "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cs"})
    return f"{_letters(visible, catalogue(language).collation)}{_END_OF_LETTERS}{visible}"


def _letters(text: str, collation: Collation) -> str:
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    for written, meant in collation.counts_as.items():
        plain = plain.replace(written, meant)
    placed = "".join(_placed(each, collation.after_z) for each in plain)
    return " ".join(placed.split())


def _placed(character: str, after_z: str) -> str:
    place = after_z.find(character)
    if place >= 0:
        return chr(_FIRST_AFTER_Z + place)
    if character in "-–/" or character.isspace():
        return " "
    return "".join(each for each in _base_letters(character) if each.isalnum())


def _base_letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(each for each in apart if not unicodedata.combining(each)).translate(_BASE_LETTERS)
