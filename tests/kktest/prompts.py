"""A shelf of prompts in memory, and prompts to put there."""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kalenderkoppling.ports.prompts import Prompt, PromptKey
from kalenderkoppling.sound import resampled, tone, wav
from kalenderkoppling.words import Language


@dataclass(slots=True)
class MemoryShelf:
    """Keeps prompts while the test runs; while it is `full` it keeps nothing."""

    full: bool = False
    prompts: dict[PromptKey, Prompt] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: PromptKey) -> Prompt | None:
        """See the port."""
        with self._lock:
            return self.prompts.get(key)

    def put(self, prompt: Prompt) -> None:
        """See the port."""
        with self._lock:
            if not self.full and is_key(prompt.key):
                self.prompts[prompt.key] = prompt

    def drop(self, keys: Iterable[PromptKey]) -> None:
        """See the port."""
        with self._lock:
            for key in keys:
                self.prompts.pop(key, None)

    def keys(self) -> Sequence[PromptKey]:
        """See the port."""
        with self._lock:
            return list(self.prompts)


def is_key(text: str) -> bool:
    """Tell whether a text is a hash in hexadecimal digits."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def key_of(name: str) -> PromptKey:
    """Make a key."""
    return PromptKey(hashlib.sha256(name.encode()).hexdigest())


def prompt(name: str = "anna", length: timedelta = timedelta(milliseconds=100)) -> Prompt:
    """Make a prompt that is a tone of its own."""
    key = key_of(name)
    sound = tone(200 + 5 * bytes.fromhex(key)[0], length, 16_000, 0.2)
    narrow = wav(resampled(sound, 8_000))
    return Prompt(
        key=key,
        language=Language("sv"),
        sha256=hashlib.sha256(narrow).hexdigest(),
        length=length,
        wav=narrow,
        wav_16k=wav(sound),
    )
