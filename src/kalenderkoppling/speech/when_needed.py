"""Speech opened lazily, at its first use: without listeners a server needs no engine."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech.open_speech import OpenedSpeech
from kalenderkoppling.words import Language


class SpeechWhenNeeded:
    """Opens speech in the thread that first asks for it; an engine that fails to open is tried again the next time."""

    def __init__(self, open_it: Callable[[], OpenedSpeech]) -> None:
        self._open_it = open_it
        self._lock = threading.Lock()
        self._opened: OpenedSpeech | None = None
        self._closed = False

    @property
    def voice(self) -> str:
        """See the port.

        Raises:
            SpeechFailedError: there is no engine, or it does not start.
        """
        return self._speech().voice

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        return self._speech().say(text, language)

    def close(self) -> None:
        """Close the engine; later calls open none."""
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _speech(self) -> OpenedSpeech:
        with self._lock:
            if self._closed:
                raise SpeechFailedError("the server is stopping")
            if self._opened is None:
                try:
                    self._opened = self._open_it()
                except InvalidValueError as error:
                    raise SpeechFailedError(str(error)) from error
            return self._opened
