"""The cache of prompts: announcements rendered before the call that needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NewType, Protocol

from kalenderkoppling.words import Language

PromptKey = NewType("PromptKey", str)
"""Hash of everything that a prompt is rendered from: its words, the voice, the recordings in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt: mono 16-bit WAV at 8 kHz for telephones, and the same at 16 kHz.

    `sha256` is of the 8 kHz file, in hexadecimal digits.
    """

    key: PromptKey
    language: Language
    sha256: str
    length: timedelta
    wav: bytes
    wav_16k: bytes


class PromptShelf(Protocol):
    """Keeps prompts for this machine; a lost one is rendered again. Methods block and are thread-safe."""

    def get(self, key: PromptKey) -> Prompt | None:
        """Return a prompt, or None where it is missing or damaged."""
        ...

    def put(self, prompt: Prompt) -> None:
        """Store a prompt; a no-op where the storage is full or broken."""
        ...

    def drop(self, keys: Iterable[PromptKey]) -> None:
        """Delete prompts; unknown keys are ignored."""
        ...

    def keys(self) -> Sequence[PromptKey]:
        """Return the keys of all stored prompts."""
        ...
