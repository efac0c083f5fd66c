"""Speech by the espeak-ng program, such as Debian's: a process a sentence, about ten milliseconds.

Source: espeak-ng's manual page, version 1.51.
"""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Sequence
from datetime import timedelta

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.sound import Sound
from kalenderkoppling.speech.utterance import PATIENCE, language_code, utterance
from kalenderkoppling.words import Language

_UTF8 = "1"
_HEADER = struct.Struct("<4s4x8sIHHIIHH4s4x")
"""A WAV header without its two sizes: written to a pipe, they say nothing."""
_BEFORE_RATE = (b"RIFF", b"WAVEfmt ", 16, 1, 1)
_AFTER_RATE = (2, 16, b"data")


class EspeakProgram:
    """Speaks through the espeak-ng program.

    Args:
        program: Where the program lies.
        words_per_minute: How fast it speaks, about.
        patience: After how long a sentence is given up.

    Raises:
        SpeechFailedError: the program does not tell its version.
    """

    def __init__(self, program: str, words_per_minute: int, patience: timedelta = PATIENCE) -> None:
        self._program = program
        self._speed = str(words_per_minute)
        self._patience = patience
        found = re.search(rb"eSpeak NG\D*(\d+\.\S+)", self._run(["--version"]))
        if found is None:
            raise SpeechFailedError("espeak-ng does not print its version")
        self._voice = f"espeak-ng {found[1].decode(errors='replace')}, {words_per_minute} words a minute"

    @property
    def voice(self) -> str:
        """See the port."""
        return self._voice

    def say(self, text: str, language: Language) -> Sound:
        """See the port."""
        options = ["--stdout", "--stdin", "-b", _UTF8, "-s", self._speed, "-v", language_code(language)]
        return _heard(self._run(options, utterance(text)))

    def close(self) -> None:
        """Nothing is kept open."""

    def _run(self, options: Sequence[str], text: str = "") -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the options are fixed and the text comes by its input
                [self._program, *options],
                input=text.encode(),
                capture_output=True,
                check=False,
                timeout=self._patience.total_seconds(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechFailedError(f"espeak-ng does not answer: {type(error).__name__}") from None
        if done.returncode:
            raise SpeechFailedError(f"espeak-ng ended with {done.returncode}")
        return done.stdout


def _heard(file: bytes) -> Sound:
    """Return what the program wrote: mono of 16 bits, whose sizes are not known when its header is written."""
    if len(file) <= _HEADER.size:
        raise SpeechFailedError("espeak-ng returned no sound")
    *before, rate, _, width, bits, name = _HEADER.unpack_from(file)
    if tuple(before) != _BEFORE_RATE or (width, bits, name) != _AFTER_RATE or not rate:
        raise SpeechFailedError("espeak-ng returned another sound format")
    body = file[_HEADER.size :]
    return Sound(rate=rate, samples=body[: len(body) // 2 * 2])
