"""A speech engine: says a sentence as sound."""

from __future__ import annotations

from typing import Protocol

from kalenderkoppling.sound import Sound
from kalenderkoppling.words import Language


class Speech(Protocol):
    """Says sentences. Calls block, so asynchronous callers hop to a thread; several threads may call at once."""

    @property
    def voice(self) -> str:
        """Engine, version and settings in one line: the same text in the same voice is the same sound."""
        ...

    def say(self, text: str, language: Language) -> Sound:
        """Return a sentence as mono sound; its text comes from `words` and bears no command for the engine.

        Raises:
            SpeechFailedError: the engine is not there, has no voice for the language, fails, or takes over 10 s.
        """
        ...
