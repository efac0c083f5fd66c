"""A child process with pipes, which is ended when it hangs or is no longer needed."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct
import subprocess
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import IO

_SIZE = struct.Struct("<I")


class ChildGoneError(Exception):
    """The child has died, hangs, or writes what was not agreed on; it never leaves the adapter."""


class Child:
    """One child, from its start to its end; it leads a process group, so that its own children end with it."""

    def __init__(self, command: Sequence[str], most_bytes: int) -> None:
        self._most_bytes = most_bytes
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise ChildGoneError(type(error).__name__) from None

    @property
    def id(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def write(self, *bodies: bytes) -> None:
        """Write bytes, each with its length before it; together they have to fit into a pipe (64 kB)."""
        try:
            _the(self._process.stdin).write(b"".join(_SIZE.pack(len(body)) + body for body in bodies))
        except (OSError, ValueError) as error:
            raise ChildGoneError(type(error).__name__) from None

    def read_number(self, until: float) -> int:
        """Read a number; `until` is an instant of the monotonic clock."""
        (number,) = _SIZE.unpack(self._read(_SIZE.size, until))
        return int(number)

    def read_sized(self, until: float) -> bytes:
        """Read bytes that have their length before them."""
        size = self.read_number(until)
        if size > self._most_bytes:
            raise ChildGoneError("answer too long")
        return self._read(size, until)

    def end(self) -> None:
        """Kill it and everything that it began; twice is once."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _the(pipe).close()

    def _read(self, size: int, until: float) -> bytes:
        read = bytearray()
        while len(read) < size:
            read += self._read_some(size - len(read), until)
        return bytes(read)

    def _read_some(self, most: int, until: float) -> bytes:
        try:
            pipe = _the(self._process.stdout)
            ready = select.poll()
            ready.register(pipe, select.POLLIN)
            if not ready.poll(max(0.0, until - time.monotonic()) * 1_000):
                raise ChildGoneError("no answer in time")
            some = pipe.read(most)
        except (OSError, ValueError) as error:
            raise ChildGoneError(type(error).__name__) from None
        if not some:
            raise ChildGoneError("it has ended")
        return some


def monotonic_after(patience: timedelta) -> float:
    """Return the instant of the monotonic clock at which patience ends."""
    return time.monotonic() + patience.total_seconds()


def _the(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both were asked for at the start
    return pipe
