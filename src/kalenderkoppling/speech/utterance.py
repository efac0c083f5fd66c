"""Input for a speech engine: one line of plain text, so that no part of it is read as a command."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.words import Language

LONGEST = 2_000
"""Characters: ten times the longest announcement."""

PATIENCE = timedelta(seconds=10)
"""How long an engine may take for a sentence, which takes milliseconds."""

_COMMANDS = frozenset("[]<>{}|")
"""Phonemes (`[[…]]`), SSML (`<…>`) and their like: `words` lets none through, and neither does this."""

_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def utterance(text: str) -> str:
    """Return a text as one line without commands or control characters.

    Raises:
        SpeechFailedError: nothing is left of it, or it is longer than anything that is announced.
    """
    if len(text) > LONGEST:
        raise SpeechFailedError("the text is too long to be spoken")
    line = " ".join("".join(each if _is_plain(each) else " " for each in text).split())
    if not line:
        raise SpeechFailedError("there is no text to speak")
    return line


def language_code(language: Language) -> str:
    """Return a language's code, which is also the name of its espeak-ng voice.

    Raises:
        SpeechFailedError: it is no such code.
    """
    if not _CODE.fullmatch(language):
        raise SpeechFailedError("there is no voice for the language")
    return language


def _is_plain(character: str) -> bool:
    return character not in _COMMANDS and unicodedata.category(character)[0] != "C"
