"""Makes a text that people wrote safe to speak: names and a tenant's own spoken forms."""

from __future__ import annotations

import unicodedata

LONGEST = 120
"""Characters of a name or a spoken form; a caller does not wait for more."""

_KEPT_MARKS = frozenset("-'\u2019.,&")


def sayable(text: str) -> str:
    """Return the text as one line of letters, digits and ordinary marks.

    Speech engines read commands out of brackets and tags (espeak-ng `[[…]]`, SSML `<…>`): none gets through.
    """
    kept = "".join(each if _is_sayable(each) else " " for each in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())[:LONGEST].rstrip()


def _is_sayable(character: str) -> bool:
    return character in _KEPT_MARKS or unicodedata.category(character)[0] in "LMN"
