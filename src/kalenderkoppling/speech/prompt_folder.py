"""Prompts as files in a local folder, two sampling rates in one file, written atomically."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.prompts import Prompt, PromptKey
from kalenderkoppling.sound import read_wav
from kalenderkoppling.words import Language

_KEY = re.compile(r"[0-9a-f]{64}")
_ENDING = ".prompt"
_UNFINISHED = ".unfinished"
_ADDRESS_KEY = "address.key"
_DIGEST_BYTES = 32


class _Written(msgspec.Struct, frozen=True, array_like=True):
    key: str
    language: str
    wav: bytes
    wav_16k: bytes


class PromptFolder:
    """A folder of prompts, for its owner alone: they tell when people are away.

    A file is the hash of all that follows, so that one that was cut short or damaged is known, and removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            for left in folder.glob(f"*{_UNFINISHED}"):
                left.unlink()

    def get(self, key: PromptKey) -> Prompt | None:
        """See the port."""
        file = self._file(key)
        if file is None:
            return None
        try:
            read = file.read_bytes()
        except OSError:
            return None
        prompt = _prompt(read)
        if prompt is None or prompt.key != key:
            _remove(file)
            return None
        return prompt

    def put(self, prompt: Prompt) -> None:
        """See the port."""
        file = self._file(prompt.key)
        if file is None:
            return
        body = msgspec.msgpack.encode(
            _Written(key=prompt.key, language=prompt.language, wav=prompt.wav, wav_16k=prompt.wav_16k)
        )
        with contextlib.suppress(OSError):
            _write_whole(file, hashlib.sha256(body).digest() + body)

    def drop(self, keys: Iterable[PromptKey]) -> None:
        """See the port."""
        for key in keys:
            file = self._file(key)
            if file is not None:
                _remove(file)

    def keys(self) -> Sequence[PromptKey]:
        """See the port."""
        try:
            names = sorted(each.name for each in self._folder.iterdir())
        except OSError:
            return []
        stems = (name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))
        return [PromptKey(stem) for stem in stems if _KEY.fullmatch(stem)]

    def address_key(self) -> bytes:
        """Return the secret behind prompts' addresses, made at first; of this process alone where it cannot be kept."""
        file = self._folder / _ADDRESS_KEY
        with contextlib.suppress(OSError):
            known = file.read_bytes()
            if len(known) == _DIGEST_BYTES:
                return known
        made = secrets.token_bytes(_DIGEST_BYTES)
        with contextlib.suppress(OSError):
            _write_whole(file, made)
        return made

    def _file(self, key: PromptKey) -> Path | None:
        """Return where a prompt lies; None for what is no key, and might be a way out of the folder."""
        return self._folder / f"{key}{_ENDING}" if _KEY.fullmatch(key) else None


def _write_whole(file: Path, body: bytes) -> None:
    """Write to a temporary file and rename it: readers see the old or the new file. An incomplete one is removed."""
    descriptor, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as beside:
            beside.write(body)
        Path(name).replace(file)
    except BaseException:
        _remove(Path(name))
        raise


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def _prompt(read: bytes) -> Prompt | None:
    digest, body = read[:_DIGEST_BYTES], read[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        found = msgspec.msgpack.decode(body, type=_Written)
        length = read_wav(found.wav).length
    except (msgspec.MsgspecError, RecursionError, InvalidValueError):
        return None
    return Prompt(
        key=PromptKey(found.key),
        language=Language(found.language),
        sha256=hashlib.sha256(found.wav).hexdigest(),
        length=length,
        wav=found.wav,
        wav_16k=found.wav_16k,
    )
