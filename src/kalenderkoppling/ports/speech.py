"""A speech engine: renders a sentence as sound."""

from __future__ import annotations

from typing import Protocol

from kalenderkoppling.sound import Sound
from kalenderkoppling.words import Language


class Speech(Protocol):
    """Renders sentences. Methods block, so asynchronous callers use a thread; they are thread-safe."""

    @property
    def voice(self) -> str:
        """Engine, version and settings in one line: the same text in the same voice gives the same sound."""
        ...

    def say(self, text: str, language: Language) -> Sound:
        """Return a sentence as mono sound; its text comes from `words` and contains no command for the engine.

        Raises:
            SpeechFailedError: the engine is missing, has no voice for the language, fails, or takes more than 10 s.
        """
        ...
