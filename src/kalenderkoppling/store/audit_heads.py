"""The heads of the audit chains in a file beside the database: whoever cuts the log in the database is found by it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.store.head import ChainEnd

_LINE = re.compile(r"([0-9]+):([0-9a-f]{64}) (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeads:
    """An append-only file: one line for each head that was committed, `number:hash tenant`.

    It is written after the commit, so it may lack the last heads after a crash; it never holds one that was not
    committed. Several processes append to it; their lines may change places.
    """

    file: Path

    def must_be_writable(self) -> None:
        """Make the file, readable by its owner only, where it is not there.

        Raises:
            InvalidValueError: it cannot be appended to.
        """
        try:
            os.close(self._opened())
        except OSError as error:
            message = f"the audit log's heads cannot be written to {self.file}: {error.strerror}"
            raise InvalidValueError(message) from error

    def append(self, tenant: str, end: ChainEnd) -> None:
        """Append a head, on the disk when this returns.

        Raises:
            OSError: the disk is full, or the file is gone.
        """
        descriptor = self._opened()
        try:
            os.write(descriptor, f"{end.number}:{end.hash} {tenant}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def of(self, tenant: str) -> Iterator[ChainEnd]:
        """Give the heads of a tenant; a line that a full disk cut is left out.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise InvalidValueError(f"the audit log's heads in {self.file} cannot be read: {error.strerror}") from error
        for line in lines:
            found = _LINE.fullmatch(line)
            if found and found[3] == tenant:
                yield ChainEnd(number=int(found[1]), hash=found[2])

    def _opened(self) -> int:
        return os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
