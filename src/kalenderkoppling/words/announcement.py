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
    """Return the sentence in parts, each of which may be a recording: who, why, and when the person is back.

    Joined by blanks they are the sentence; the last is empty where the return is left out.
    """
    speech = catalogue(language).speech
    frame = speech.frame if return_phrase is None else speech.frame_with_return
    before, _, after = frame.partition("{reason}")
    who = before.strip().format(who=sayable(name or "", speech) or speech.anybody)
    when = after.strip().format(back=return_phrase)
    return (who, reason_spoken, _ended(when)) if when else (who, _ended(reason_spoken), "")


def unreachable_sentence(language: Language) -> str:
    """Say that somebody cannot be reached, and no more: the generic announcement, where nothing better is ready."""
    return announcement(None, catalogue(language).reasons.other.spoken, None, language)


def menu_sentence(language: Language, *, attendant: bool = True, call_back: bool = True) -> str:
    """Say which keys the caller can press: one for the attendant, two to be called back; empty for neither."""
    speech = catalogue(language).speech
    if attendant and call_back:
        return speech.menu
    if attendant:
        return speech.menu_without_call_back
    return speech.menu_without_attendant if call_back else ""


def switch_sentence(language: Language) -> str:
    """Offer a language by the star key; played in that language, after an announcement in another one."""
    return catalogue(language).speech.switch


def connecting_sentence(language: Language) -> str:
    """Say that the caller is put through to the attendant."""
    return catalogue(language).speech.connecting


def attendant_busy_sentence(language: Language) -> str:
    """Say that the attendant is in another call."""
    return catalogue(language).speech.attendant_busy


def attendant_unanswered_sentence(language: Language) -> str:
    """Say that the attendant does not answer just now."""
    return catalogue(language).speech.attendant_unanswered


def called_back_sentence(language: Language) -> str:
    """Say that the call-back request has been noted."""
    return catalogue(language).speech.called_back


def number_hidden_sentence(language: Language) -> str:
    """Say that the caller cannot be called back, since the number is withheld."""
    return catalogue(language).speech.number_hidden


def goodbye_sentence(language: Language) -> str:
    """Say good-bye, just before the call is hung up."""
    return catalogue(language).speech.goodbye


def _ended(sentence: str) -> str:
    # "p.m." already ends in a full stop.
    return sentence if sentence.endswith(".") else f"{sentence}."
