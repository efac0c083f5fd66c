"""Speech by Piper, an optional package: one neural voice a language, whose file the administrator puts.

A voice is two files, `NAME.onnx` and `NAME.onnx.json`. Source: piper-tts 1.8, docs/API_PYTHON.md.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Protocol

from kalenderkoppling.domain.errors import InvalidValueError, SpeechFailedError
from kalenderkoppling.sound import Sound, joined
from kalenderkoppling.speech.utterance import PATIENCE, utterance
from kalenderkoppling.words import Language

_USUAL_WORDS_PER_MINUTE = 150
"""How fast voices speak, about, where nothing is asked for."""


class SpokenChunk(Protocol):
    """A sentence as Piper gives it: mono of 16 bits."""

    @property
    def sample_rate(self) -> int: ...

    @property
    def audio_int16_bytes(self) -> bytes: ...


Synthesize = Callable[[str], Iterable[SpokenChunk]]
"""Says a text with one voice; what it raises is Piper's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PiperVoice:
    """One language's voice; `mark` tells its files from others."""

    mark: str
    synthesize: Synthesize


class PiperSpeech:
    """Speaks with the voices that there are; one sentence at a time, since one rendering uses several cores."""

    def __init__(self, voices: Mapping[Language, PiperVoice], voice: str, patience: timedelta = PATIENCE) -> None:
        self._voices = dict(voices)
        marks = " ".join(f"{language}:{each.mark}" for language, each in sorted(self._voices.items()))
        self._voice = f"{voice} {marks}"
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, "piper")

    @property
    def voice(self) -> str:
        """See the port."""
        return self._voice

    @property
    def languages(self) -> frozenset[Language]:
        """Languages that have a voice."""
        return frozenset(self._voices)

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        spoken_by = self._voices.get(language)
        if spoken_by is None:
            raise SpeechFailedError("there is no Piper voice for the language")
        line = utterance(text)
        try:
            chunks = self._thread.submit(_chunks, spoken_by, line).result(self._patience.total_seconds())
        except Exception as error:  # noqa: BLE001 - whatever the package or the voice raises is one thing to us
            raise SpeechFailedError(f"Piper failed: {type(error).__name__}") from None
        if not any(each.samples for each in chunks):
            raise SpeechFailedError("Piper returned no sound")
        return joined(chunks)

    def close(self) -> None:
        """Say nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def load_piper(files: Mapping[Language, Path], words_per_minute: int) -> PiperSpeech:
    """Load voices, about a second each.

    Raises:
        InvalidValueError: the package is not installed, or a voice is missing or broken.
    """
    package = _package()
    voices = {language: _load(package, file, words_per_minute) for language, file in files.items()}
    version = importlib.metadata.version("piper-tts")
    return PiperSpeech(voices, f"piper {version}, {words_per_minute} words a minute")


def _package() -> ModuleType:
    try:
        return importlib.import_module("piper")
    except ImportError:
        raise InvalidValueError(
            "the voices are to be Piper's, but Piper is not installed: install kalenderkoppling[piper]"
        ) from None


def _load(package: ModuleType, file: Path, words_per_minute: int) -> PiperVoice:
    described = Path(f"{file}.json")
    missing = [str(each) for each in (file, described) if not each.is_file()]
    if missing:
        raise InvalidValueError(f"a Piper voice is missing: {', '.join(missing)}")
    # Without noise the same text is the same sound, as the port promises; a telephone lets little of it through.
    how = package.SynthesisConfig(
        length_scale=_USUAL_WORDS_PER_MINUTE / words_per_minute, noise_scale=0.0, noise_w_scale=0.0
    )
    try:
        loaded = package.PiperVoice.load(file)
        mark = hashlib.sha256(file.read_bytes() + described.read_bytes()).hexdigest()[:16]
    except Exception as error:  # noqa: BLE001 - the package passes on what its own libraries raise
        raise InvalidValueError(f"the Piper voice {file} cannot be read: {type(error).__name__}") from None
    return PiperVoice(mark=mark, synthesize=lambda text: loaded.synthesize(text, how))


def _chunks(voice: PiperVoice, text: str) -> list[Sound]:
    return [Sound(rate=each.sample_rate, samples=each.audio_int16_bytes) for each in voice.synthesize(text)]
