"""Speech for the pages: opened when somebody first listens, so that a server nobody listens at needs none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.ports.prompts import Prompt, PromptKey
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech import open_speech
from kalenderkoppling.speech.open_speech import OpenedSpeech
from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.words import Language


class SpeechWhenNeeded:
    """Speech that is opened by whoever first asks for it, in that thread; what fails is tried again the next time."""

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
        """Close what was opened, and open nothing more."""
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _speech(self) -> OpenedSpeech:
        with self._lock:
            if self._closed:
                raise SpeechFailedError("the server stops")
            if self._opened is None:
                try:
                    self._opened = self._open_it()
                except InvalidValueError as error:
                    raise SpeechFailedError(str(error)) from error
            return self._opened


class NoShelf:
    """Keeps no prompt: what is heard in a browser is rendered for it alone; the voice process has its own folder."""

    def get(self, key: PromptKey) -> Prompt | None:  # noqa: ARG002 - the port's signature
        """See the port."""
        return None

    def put(self, prompt: Prompt) -> None:
        """See the port."""

    def drop(self, keys: Iterable[PromptKey]) -> None:
        """See the port."""

    def keys(self) -> Sequence[PromptKey]:
        """See the port."""
        return ()


def listening(voices: Voices) -> Surface:
    """Make the surface that lets people hear what callers hear, in these voices."""
    speech = SpeechWhenNeeded(lambda: open_speech(voices))
    return listen_surface(Booth(Prompts(speech, NoShelf())), when_stopping=[speech.close])
