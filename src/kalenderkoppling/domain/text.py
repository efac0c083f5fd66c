"""Text from outside: what of it can be stored and shown, and which characters are invisible.

Source: Unicode Standard Annex 44 (General_Category, Default_Ignorable_Code_Point); RFC 8264, section 4 (identifiers).
"""

from __future__ import annotations

import unicodedata

# Default_Ignorable_Code_Point of Unicode 16, unassigned code points included, which `unicodedata` does not know.
_IGNORABLE_RANGES = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_BLANKS = "\t\n\r"

# What joins letters (ZWNJ, ZWJ, variation selectors) and sets their direction has its place in a name.
_PART_OF_TEXT = frozenset("\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") | {
    chr(each) for each in range(0xFE00, 0xFE10)
}


def is_invisible(character: str) -> bool:
    """Tell whether a character takes no room and has no shape: format controls and all default ignorables."""
    return unicodedata.category(character) == "Cf" or any(
        first <= ord(character) <= last for first, last in _IGNORABLE_RANGES
    )


def is_control(character: str) -> bool:
    """Tell whether a character is a control character (NUL among them), a line separator, or half a surrogate pair."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def without_invisible(text: str) -> str:
    """Return a text without invisible characters: for identifiers, addresses and numbers."""
    return text if text.isascii() else "".join(each for each in text if not is_invisible(each))


def identifier(text: str) -> str:
    """Return an identifier in its one form: without invisible characters, composed (NFC), blanks as single spaces."""
    return " ".join(unicodedata.normalize("NFC", without_invisible(text)).split())


def shown_text(text: str) -> str:
    """Return a text for people without invisible characters, save those that join letters or set their direction.

    Blanks at its ends go; a text of which nothing can be seen is empty.
    """
    if text.isascii():
        return text.strip()
    kept = "".join(each for each in text if each in _PART_OF_TEXT or not is_invisible(each)).strip()
    return kept if without_invisible(kept).strip() else ""


def storable(text: str) -> str:
    """Return a text that every database stores: without control characters and lone surrogates (F-33).

    Tabs and line breaks stay, and so do controls of writing direction: whoever shows the text isolates it. Half a
    surrogate pair becomes a question mark: a character is missing there.
    """
    if text.isprintable():
        return text
    return "".join(_storable(each) for each in text)


def _storable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "?"
    return "" if category == "Cc" and character not in _BLANKS else character
