"""How a sentence becomes a prompt: what is spoken and what was recorded, at one loudness, one after another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.ports.prompts import Prompt, PromptKey
from kalenderkoppling.ports.speech import Speech
from kalenderkoppling.sound import Sound, joined, levelled, read_wav, resampled, silence, trimmed, wav
from kalenderkoppling.usecases.announcements.sentence import Sentence, SentencePart

RecordingOf = Callable[[PhraseId], bytes | None]
"""Returns a recorded phrase as a WAV file, None where it does not exist any more; it may block."""

WIDE, NARROW = 16_000, 8_000
"""Samples a second of the two files of a prompt."""

PAUSE = timedelta(milliseconds=120)
"""Between what is spoken and what was recorded, as between two phrases of one speaker."""


def rendered(sentence: Sentence, key: PromptKey, speech: Speech, recording_of: RecordingOf) -> Prompt:
    """Render a sentence; it blocks for some milliseconds.

    A recording that has been replaced, removed or damaged since the sentence was made is spoken instead.

    Raises:
        SpeechFailedError: the engine could not say it.
    """
    pieces = [_fitted(each) for each in _pieces(sentence, speech, recording_of)]
    pauses = [silence(PAUSE, WIDE)] * len(pieces)
    whole = joined([each for pair in zip(pieces, pauses, strict=True) for each in pair][:-1])
    narrow = resampled(whole, NARROW)
    file = wav(narrow)
    return Prompt(
        key=key,
        language=sentence.language,
        sha256=hashlib.sha256(file).hexdigest(),
        length=narrow.length,
        wav=file,
        wav_16k=wav(whole),
    )


def _pieces(sentence: Sentence, speech: Speech, recording_of: RecordingOf) -> Iterator[Sound]:
    """Give recordings one by one, and what is spoken between them in one breath, for its melody."""
    found = [(part, _recorded(part, recording_of)) for part in sentence.parts if part.text]
    for is_recorded, stretch in groupby(found, key=lambda each: each[1] is not None):
        parts = list(stretch)
        if is_recorded:
            yield from (sound for _, sound in parts if sound is not None)
        else:
            yield speech.say(_words([part for part, _ in parts]), sentence.language)


def _recorded(part: SentencePart, recording_of: RecordingOf) -> Sound | None:
    if part.phrase is None:
        return None
    file = recording_of(part.phrase)
    if file is None or hashlib.sha256(file).hexdigest() != part.recorded:
        return None
    try:
        return read_wav(file)
    except InvalidValueError:
        return None


def _words(parts: Sequence[SentencePart]) -> str:
    return " ".join(part.text for part in parts)


def _fitted(piece: Sound) -> Sound:
    return levelled(trimmed(resampled(piece, WIDE)))
