"""What every part of the settings file is, and where secrets are."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: a key that nobody knows is refused by name."""


class Secret(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a secret is: in a file or in an environment variable, never in the settings file itself."""

    file: str = ""
    env: str = ""

    def read(self) -> str:
        """Return the secret, without surrounding white space.

        Raises:
            InvalidValueError: it is named neither or twice, or is not there.
        """
        if bool(self.file) == bool(self.env):
            raise InvalidValueError("a secret needs either `file` or `env`")
        try:
            found = Path(self.file).read_text(encoding="utf-8") if self.file else os.environ[self.env]
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise InvalidValueError(f"the secret in {self.file or self.env} cannot be read") from error
        if not found.strip():
            raise InvalidValueError(f"the secret in {self.file or self.env} is empty")
        return found.strip()
