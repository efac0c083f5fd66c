"""Which engine speaks, by the settings and by what is installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.speech import Speech
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech.espeak import EspeakProgram
from kalenderkoppling.speech.espeak_engine import EspeakEngine
from kalenderkoppling.speech.piper import PiperSpeech, load_piper
from kalenderkoppling.words import Language, language_of

PROGRAM = "espeak-ng"


class OpenedSpeech(Speech, Protocol):
    """Speech that is closed when nothing more is to be said."""

    def close(self) -> None:
        """Give back processes and memory; twice is once."""
        ...


class PiperOrElse:
    """Speaks with Piper the languages that it has voices for, and the others with another engine."""

    def __init__(self, piper: PiperSpeech, otherwise: OpenedSpeech) -> None:
        self._piper = piper
        self._otherwise = otherwise

    @property
    def voice(self) -> str:
        """See the port."""
        return f"{self._piper.voice}, else {self._otherwise.voice}"

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        speech: Speech = self._piper if language in self._piper.languages else self._otherwise
        return speech.say(text, language)

    def close(self) -> None:
        """Close both."""
        self._piper.close()
        self._otherwise.close()


def open_speech(voices: Voices) -> OpenedSpeech:
    """Return the engine that the settings ask for: espeak-ng as a program where there is one, else from its wheel.

    Raises:
        InvalidValueError: there is no such engine or language, or a Piper voice is missing or broken.
        SpeechFailedError: espeak-ng does not start.
    """
    match voices.engine:
        case "espeak":
            return _espeak(voices.words_per_minute)
        case "piper":
            piper = load_piper(_files(voices), voices.words_per_minute)
            return PiperOrElse(piper, _espeak(voices.words_per_minute))
        case other:
            raise InvalidValueError(f"there is no speech engine {other!r}: espeak or piper")


def _espeak(words_per_minute: int) -> OpenedSpeech:
    program = shutil.which(PROGRAM)
    return EspeakProgram(program, words_per_minute) if program else EspeakEngine(words_per_minute)


def _files(voices: Voices) -> dict[Language, Path]:
    found: dict[Language, Path] = {}
    for tag, file in voices.piper.items():
        language = language_of(tag)
        if language is None:
            raise InvalidValueError(f"a Piper voice is set for {tag!r}, which is not a language of announcements")
        found[language] = Path(file)
    return found
