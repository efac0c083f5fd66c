"""A text file beside the database that is only ever appended to: readable by its owner alone, on the disk at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kalenderkoppling.domain.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOnlyFile:
    """Lines of text; `what` names the content in error messages. Several processes may append."""

    file: Path
    what: str

    def must_be_writable(self) -> None:
        """Make the file, readable by its owner only, where it is not there.

        Raises:
            InvalidValueError: it cannot be appended to.
        """
        try:
            os.close(self._opened())
        except OSError as error:
            raise InvalidValueError(f"{self.what} cannot be written to {self.file}: {error.strerror}") from error

    def append(self, lines: Iterable[str]) -> None:
        """Append lines, on the disk when this returns.

        Raises:
            OSError: the disk is full, or the file is gone.
        """
        written = "".join(f"{line}\n" for line in lines).encode()
        descriptor = self._opened()
        try:
            while written:
                written = written[os.write(descriptor, written) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def lines(self) -> Sequence[str]:
        """Return all lines; a full disk may have cut the last one.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        try:
            return self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise InvalidValueError(f"{self.what} in {self.file} cannot be read: {error.strerror}") from error

    def _opened(self) -> int:
        return os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
