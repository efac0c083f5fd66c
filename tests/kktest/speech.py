"""Speech for tests: quick, and as true to the port as an engine."""

import hashlib
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.sound import Sound, joined, silence, tone
from kalenderkoppling.speech.utterance import utterance
from kalenderkoppling.words import Language, languages

RATE = 22_050
A_LETTER = timedelta(milliseconds=25)
A_PAUSE = timedelta(milliseconds=20)
DANISH = Language("da")


@dataclass(slots=True)
class FakeSpeech:
    """Hums each word at a pitch of its own, so that other words or another language sound otherwise.

    `said` is what it was asked to say. While `fails` it says nothing; `before` has its turn before each sentence.
    """

    voice: str = "hummed"
    speaks: Collection[Language] = field(default_factory=lambda: frozenset({*languages(), DANISH}))
    fails: bool = False
    before: Callable[[str], object] = lambda _: None
    said: list[str] = field(default_factory=list)
    closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        with self._lock:
            self.said.append(text)
        self.before(text)
        if self.fails or self.closed or language not in self.speaks:
            raise SpeechFailedError("the fake has no voice")
        return hummed(utterance(text), language)

    def close(self) -> None:
        """Say nothing more."""
        self.closed = True


def hummed(text: str, language: Language) -> Sound:
    """Return a text as it is hummed."""
    sounds: list[Sound] = []
    for word in text.split():
        mark = hashlib.sha256(f"{language}\0{word}".encode()).digest()
        sounds += [tone(200 + int.from_bytes(mark[:2]) / 25, A_LETTER * len(word), RATE, 0.3), silence(A_PAUSE, RATE)]
    return joined(sounds)
