"""A sentence that callers hear, in parts, so that a recorded phrase can stand in for one of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.call import Announced, Ring, Treatment
from kalenderkoppling.domain.absence import SICK, ReasonKey
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.prompts import PromptKey
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.words import Language, announcement_parts, reason_spoken, return_phrase

_FORMAT = "1"
"""Changed when prompts are made in another way, so that old ones are not taken for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePart:
    """A stretch of a sentence: its words, and the recording that is heard instead, by its hash, where there is one."""

    text: str
    phrase: PhraseId | None = None
    recorded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is said, in one language."""

    language: Language
    parts: tuple[SentencePart, ...]

    @property
    def text(self) -> str:
        """The whole sentence as words, recorded parts too."""
        return " ".join(part.text for part in self.parts)

    @property
    def spoken_parts(self) -> tuple[str, ...]:
        """The words of each part: a name that stands alone can be shown without reordering the rest."""
        return tuple(part.text for part in self.parts)

    def key(self, voice: str) -> PromptKey:
        """Return the key of its prompt: the same words, recordings and voice are the same prompt."""
        told = [_FORMAT, voice, self.language, *(f"{part.recorded}\x1f{part.text}" for part in self.parts)]
        return PromptKey(hashlib.sha256("\x1e".join(told).encode()).hexdigest())


def said(text: str, language: Language) -> Sentence:
    """Return a sentence without recordings, such as the menu."""
    return Sentence(language=language, parts=(SentencePart(text=text),))


def announced_of(treatment: Treatment) -> Announced | None:
    """Return what is announced, at once or after ringing; None where the phone just rings."""
    return None if isinstance(treatment, Ring) else treatment.announced


def sentence_at(callee: Callee, now: datetime, language: Language | None = None) -> Sentence | None:
    """Return what a caller hears of a person at an instant, None where calls ring.

    Args:
        callee: Who is called.
        now: When the announcement starts, aware.
        language: None is the language that is heard first.
    """
    announced = announced_of(callee.treatment(now))
    return None if announced is None else sentence_for(callee, announced, now, language)


def sentence_for(callee: Callee, announced: Announced, now: datetime, language: Language | None = None) -> Sentence:
    """Return the sentence of a decision: name, reason, return; never text of a booking (S-3)."""
    speaks = language or callee.language
    zone = callee.around.zone
    back = return_phrase(announced.form, announced.back_at.astimezone(zone), now.astimezone(zone), speaks)
    spoken = reason_spoken(announced.reason, speaks, callee.reasons)
    who, why, when = announcement_parts(callee.name, spoken, back, speaks)
    return Sentence(
        language=speaks,
        parts=(
            _part(callee, who, PhraseId(kind=PhraseKind.NAME, key=callee.person)),
            _part(callee, why, _reason_phrase(announced.reason, speaks)),
            SentencePart(text=when),
        ),
    )


def _reason_phrase(reason: ReasonKey, language: Language) -> PhraseId | None:
    """Return the phrase that may be recorded for a reason; none for `sick`, which is never spoken (semantics 8)."""
    return None if reason == SICK else PhraseId(kind=PhraseKind.REASON, key=reason, language=language)


def _part(callee: Callee, text: str, phrase: PhraseId | None) -> SentencePart:
    recorded = callee.recorded.get(phrase) if phrase else None
    return SentencePart(text=text, phrase=phrase, recorded=recorded) if recorded else SentencePart(text=text)
