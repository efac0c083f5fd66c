"""The sentences that a caller hears: who, why, until when, and what can be done about it."""

from __future__ import annotations

from kalenderkoppling.words.catalogue import Language
from kalenderkoppling.words.languages import catalogue
from kalenderkoppling.words.saying import sayable


def announcement(name: str | None, reason_spoken: str, return_phrase: str | None, language: Language) -> str:
    """Say who cannot be reached, why, and when the person is back.

    Args:
        name: The person's name; None or empty says "the person you are calling".
        reason_spoken: From `reason_spoken`.
        return_phrase: From `return_phrase`; None leaves the return out, where the end is unknown.
        language: The language of the announcement.
    """
    return " ".join(part for part in announcement_parts(name, reason_spoken, return_phrase, language) if part)


def announcement_parts(
    name: str | None, reason_spoken: str, return_phrase: str | None, language: Language
) -> tuple[str, str, str]:
    """Say it in parts, each of which may be heard from a recording: who, why, and when the person is back.

    They follow one another with a blank between; the last is empty where the return is left out.
    """
    speech = catalogue(language).speech
    places = {"who": sayable(name or "") or speech.anybody, "reason": reason_spoken, "back": return_phrase or ""}
    frame = speech.frame if return_phrase is None else speech.frame_with_return
    who, _, rest = frame.partition("{reason}")
    why, when = places["reason"], rest.strip().format(**places)
    if when:
        return who.strip().format(**places), why, _ended(when)
    return who.strip().format(**places), _ended(why), ""


def menu_sentence(language: Language) -> str:
    """Say which keys the caller can press: one for the attendant, two to be called back."""
    return catalogue(language).speech.menu


def connecting_sentence(language: Language) -> str:
    """Say that the caller is put through to the attendant."""
    return catalogue(language).speech.connecting


def called_back_sentence(language: Language) -> str:
    """Say that the wish to be called back has been taken down."""
    return catalogue(language).speech.called_back


def _ended(sentence: str) -> str:
    # "p.m." brings its own full stop.
    return sentence if sentence.endswith(".") else f"{sentence}."
