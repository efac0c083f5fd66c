"""Phrases that a tenant has recorded; they are played instead of synthetic speech."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PhraseKind(StrEnum):
    """What a recorded phrase says."""

    REASON = "reason"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseId:
    """Which phrase: a reason in a language, or a person's name, which is the same in every language.

    `key` is the reason's key or the person's id; `language` is empty for a name.
    """

    kind: PhraseKind
    key: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded phrase: WAV of 16-bit mono at 16 kHz, made so when it was taken in; `at` is in UTC.

    `sha256` is of the audio, in hexadecimal digits.
    """

    phrase: PhraseId
    audio: bytes
    sha256: str
    at: datetime
