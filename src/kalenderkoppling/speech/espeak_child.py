"""The child process in which the espeak-ng library speaks: it knows nothing of this program but bytes on its pipes.

It is run by its file name, without site packages: `python -I -S espeak_child.py LIBRARY FOLDER WORDS_PER_MINUTE`.

    greeting   rate, version             u32, then a length (u32) and so many bytes
    request    voice, text               each a length (u32) and so many bytes, UTF-8
    answer     error, samples            u32, 0 where it was spoken; a length (u32) and so many bytes

The library keeps state from sentence to sentence: said twice, one differs a little. Each is therefore said by a fork of
a process that has never spoken. The fork also takes with it what a crash leaves behind.

Source: speak_lib.h of espeak-ng 1.52.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from typing import BinaryIO

LONGEST_SECONDS = 20
REFUSED = 3

_SYNCHRONOUS, _NO_EXIT = 2, 0x8000  # espeak_AUDIO_OUTPUT, espeakINITIALIZE_DONT_EXIT
_RATE, _CHARACTER, _UTF8, _END_PAUSE = 1, 1, 1, 0x1000  # espeak_PARAMETER, espeak_POSITION_TYPE, flags of espeak_Synth
_SIZE = struct.Struct("<I")

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(library: str, folder: str, words_per_minute: int) -> None:
    """Answer requests until there are no more."""
    # What the library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    engine = ctypes.CDLL(library)
    rate = engine.espeak_Initialize(_SYNCHRONOUS, 0, folder.encode(), _NO_EXIT)
    if rate <= 0:
        sys.exit("the engine does not find what it speaks with")
    engine.espeak_Info.restype = ctypes.c_char_p
    answers.write(_SIZE.pack(rate) + _sized(engine.espeak_Info(None)))
    answers.flush()
    while (request := _read_request(sys.stdin.buffer)) is not None:
        _say_in_a_fork(engine, *request, words_per_minute, answers)


def _say_in_a_fork(engine: ctypes.CDLL, voice: bytes, text: bytes, words_per_minute: int, answers: BinaryIO) -> None:
    speaker = os.fork()
    if not speaker:
        signal.alarm(LONGEST_SECONDS)
        error, samples = _say(engine, voice, text, words_per_minute)
        answers.write(_SIZE.pack(error) + _sized(samples))
        answers.flush()
        os._exit(0)
    _, status = os.waitpid(speaker, 0)
    if status:
        # Part of an answer may have been written: only the end of it all is a clear one.
        sys.exit("the engine died")


def _say(engine: ctypes.CDLL, voice: bytes, text: bytes, words_per_minute: int) -> tuple[int, bytes]:
    """Return the library's error, and 16-bit samples."""
    heard = bytearray()

    def hear(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 0

    callback = _Callback(hear)
    engine.espeak_SetSynthCallback(callback)
    # An unknown voice leaves the one before in place: only the returned number tells.
    error = engine.espeak_SetVoiceByName(voice) or engine.espeak_SetParameter(_RATE, words_per_minute, 0)
    if not error:
        size = ctypes.c_size_t(len(text) + 1)
        flags = ctypes.c_uint(_UTF8 | _END_PAUSE)
        error = engine.espeak_Synth(text, size, 0, _CHARACTER, 0, flags, None, None) or engine.espeak_Synchronize()
    return abs(error), bytes(heard)


def _read_request(requests: BinaryIO) -> tuple[bytes, bytes] | None:
    voice = _read_sized(requests)
    text = None if voice is None else _read_sized(requests)
    return None if voice is None or text is None else (voice, text)


def _read_sized(requests: BinaryIO) -> bytes | None:
    """Return the next bytes, None where the parent has gone."""
    head = requests.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    (size,) = _SIZE.unpack(head)
    body = requests.read(size)
    return body if len(body) == size else None


def _sized(body: bytes) -> bytes:
    return _SIZE.pack(len(body)) + body


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
