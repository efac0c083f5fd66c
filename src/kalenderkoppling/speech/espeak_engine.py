"""Speech by the espeak-ng library that the `espeakng-loader` wheel brings, in a child process that is kept alive."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path

import espeakng_loader

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech import espeak_child
from kalenderkoppling.speech.child import Child, ChildGoneError, monotonic_after
from kalenderkoppling.speech.utterance import PATIENCE, language_code, utterance
from kalenderkoppling.words import Language

_MOST_BYTES = 64_000_000
"""More than the longest text makes at the slowest speed."""


class EspeakEngine:
    """Renders speech in a child process; one that dies or hangs is replaced at the next sentence.

    Args:
        words_per_minute: How fast it speaks, about.
        patience: After how long a sentence is given up and the child killed.
        library: The engine's shared library; None is the wheel's.
        folder: What it speaks with (espeak-ng-data); None is the wheel's.

    Raises:
        SpeechFailedError: the engine does not start.
    """

    def __init__(
        self,
        words_per_minute: int,
        patience: timedelta = PATIENCE,
        *,
        library: Path | None = None,
        folder: Path | None = None,
    ) -> None:
        self._patience = patience
        self._command = (
            *(sys.executable, "-I", "-S", espeak_child.__file__),
            *(str(library or _library()), str(folder or _folder())),
            str(words_per_minute),
        )
        self._turn = threading.Lock()
        self._closed = False
        self._child: Child | None = None
        self._rate = 0
        self._version = ""
        with self._turn:
            try:
                self._start()
            except ChildGoneError as error:
                raise SpeechFailedError(f"the espeak-ng engine does not start: {error}") from None
        self._voice = f"espeak-ng engine {self._version}, {words_per_minute} words a minute"

    @property
    def voice(self) -> str:
        """See the port."""
        return self._voice

    @property
    def child_id(self) -> int | None:
        """The process id of the child, None while there is none."""
        child = self._child
        return child.id if child is not None and child.is_alive else None

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        voice, line = language_code(language), utterance(text)
        with self._turn:
            try:
                error, samples = self._ask(voice, line)
            except ChildGoneError as gone:
                self._end_child()
                raise SpeechFailedError(f"the espeak-ng engine does not answer: {gone}") from None
        if error:
            raise SpeechFailedError(f"the espeak-ng engine refuses: {error}")
        if not samples:
            raise SpeechFailedError("the espeak-ng engine returned no sound")
        return Sound(rate=self._rate, samples=samples)

    def close(self) -> None:
        """End the child; nothing can be said any more. Twice is once."""
        self._closed = True
        child = self._child
        if child is not None:
            child.end()
        with self._turn:
            self._end_child()

    def _ask(self, voice: str, line: str) -> tuple[int, bytes]:
        child = self._child
        if child is None or not child.is_alive:
            self._end_child()
            child = self._start()
        until = monotonic_after(self._patience)
        child.write(voice.encode(), line.encode())
        return child.read_number(until), child.read_sized(until)

    def _start(self) -> Child:
        if self._closed:
            raise ChildGoneError("closed")
        self._child = child = Child(self._command, _MOST_BYTES)
        until = monotonic_after(self._patience)
        try:
            self._rate = child.read_number(until)
            self._version = child.read_sized(until).decode(errors="replace")
        except ChildGoneError:
            self._end_child()
            raise
        return child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def _library() -> str:
    return str(espeakng_loader.get_library_path())


def _folder() -> str:
    try:
        return str(espeakng_loader.get_data_path())
    except RuntimeError:
        raise SpeechFailedError("the espeak-ng engine does not start: its wheel has no voice data") from None
