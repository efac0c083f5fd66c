"""Speech for the voice process, which starts even where the engine does not, and tries again later (F-26)."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech.open_speech import OpenedSpeech
from kalenderkoppling.speech.when_needed import SpeechWhenNeeded
from kalenderkoppling.words import Language

_log = structlog.get_logger("speech")


class SpeechForCalls:
    """Opens the engine at once; where it does not start, the next sentence tries again.

    Prompts are found by the name of their voice, so that name stays what it was at the start.

    Args:
        open_it: Opens the engine that the settings name.
        voices: The settings, which name the voice while the engine has not told its own.

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
