"""Speech for calls: a process that takes calls starts whether or not anything can be said, and tries again (F-26)."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from kalenderkoppling.composition.listening import SpeechWhenNeeded
from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech.open_speech import OpenedSpeech
from kalenderkoppling.words import Language

_log = structlog.get_logger("speech")


class SpeechForCalls:
    """Speech that is opened at once, or where its engine does not start, by whoever first says something after that.

    Prompts are known by the voice that says them, so the name of the voice stays what it was at the start.

    Args:
        open_it: Opens the engine that the settings ask for.
        voices: The settings; they are the name of a voice that did not tell its own.

    Raises:
        InvalidValueError: there is no such engine or language, or a Piper voice is missing or broken.
    """

    def __init__(self, open_it: Callable[[], OpenedSpeech], voices: Voices) -> None:
        self._speech: OpenedSpeech = SpeechWhenNeeded(open_it)
        try:
            self._speech = open_it()
            self._voice = self._speech.voice
        except SpeechFailedError as error:
            _log.error("speech_not_opened", error=type(error).__name__)
            self._voice = f"as set: {voices}"

    @property
    def voice(self) -> str:
        """See the port."""
        return self._voice

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        return self._speech.say(text, language)

    def close(self) -> None:
        """Close what was opened, and open nothing more."""
        self._speech.close()
