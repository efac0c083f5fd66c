"""Makes texts that people wrote safe to speak: names and a tenant's own spoken forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kalenderkoppling.words.catalogue import Speech

LONGEST = 120
"""Longest name or spoken form, in characters; the rest is cut."""

_KEPT_MARKS = frozenset("-'.,")
_DIGITS = re.compile(r"\d+")


def sayable(text: str, speech: Speech) -> str:
    """Return the text as one line of words, with hyphens, apostrophes, full stops and commas.

    Speech engines take commands in brackets and tags (espeak-ng `[[…]]`, SSML `<…>`); all are removed. Numbers become
    words, so that every engine says them in the language of the sentence; numbers of more than two digits are read
    digit by digit, like room numbers. Empty where nothing speakable is left.
    """
    line = unicodedata.normalize("NFC", text)[:LONGEST].replace("\u2019", "'").replace("&", f" {speech.ampersand} ")
    line = _DIGITS.sub(lambda digits: f" {_number(digits.group(), speech.numbers)} ", line)
    words = " ".join("".join(each if _is_sayable(each) else " " for each in line).split())[:LONGEST].rstrip()
    return words if any(each.isalpha() for each in words) else ""


def _number(digits: str, numbers: Sequence[str]) -> str:
    number = int(digits)
    if number < len(numbers) and len(digits) == len(str(number)):
        return numbers[number]
    return " ".join(numbers[int(each)] for each in digits)


def _is_sayable(character: str) -> bool:
    return character in _KEPT_MARKS or unicodedata.category(character)[0] in "LM"
