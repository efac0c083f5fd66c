"""The base of every section of the settings file; references to secrets; file names."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import inspect

from kalenderkoppling.domain.errors import InvalidValueError

_KIND = "kind"
_PATH = "path"

FilePath = Annotated[str, msgspec.Meta(extra={_KIND: _PATH})]
"""The name of a file or folder; a relative one is relative to the settings file."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the file: an unknown key is refused by name."""


class CalendarSection(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section of one kind of calendar system; the kinds declare theirs (calendars.kind)."""


class Secret(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a secret is: in a file or in an environment variable, never in the settings file itself."""

    file: FilePath = ""
    env: str = ""

    def read(self) -> str:
        """Return the secret, without surrounding white space.

        Raises:
            InvalidValueError: both or neither of `file` and `env` are set, the file's mode is wider than 0600, or the
                secret cannot be read or is empty.
        """
        if bool(self.file) == bool(self.env):
            raise InvalidValueError("a secret needs either `file` or `env`")
        if self.file:
            must_be_ours_only(Path(self.file))
        try:
            found = Path(self.file).read_text(encoding="utf-8") if self.file else os.environ[self.env]
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise InvalidValueError(f"the secret in {self.file or self.env} cannot be read") from error
        if not found.strip():
            raise InvalidValueError(f"the secret in {self.file or self.env} is empty")
        return found.strip()


def must_be_ours_only(file: Path) -> None:
    """Refuse a file with a secret that others than its owner may read or write; a missing file passes.

    Raises:
        InvalidValueError: its mode is wider than 0600; the message says what to do.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidValueError(
            f"{file} holds a secret, and others may read or write it (mode {mode:04o}): chmod 600 {file}"
        )


Struct = TypeVar("Struct", bound=msgspec.Struct)


def with_absolute_paths(section: Struct, folder: Path) -> Struct:
    """Return a section, and all within it, with every `FilePath` made absolute from a folder; an empty one stays."""
    fields = {each.name: _absolute(getattr(section, each.name), each.type, folder) for each in _fields(type(section))}
    return msgspec.structs.replace(section, **fields)


def _fields(of: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    told = inspect.type_info(of)
    assert isinstance(told, inspect.StructType)  # noqa: S101 - what is inspected is a struct
    return told.fields


def _absolute(value: object, type_: inspect.Type, folder: Path) -> object:
    match value:
        case msgspec.Struct():
            return with_absolute_paths(value, folder)
        case str() if value and _is_path(type_):
            return str(folder / value)
        case tuple() if isinstance(type_, inspect.VarTupleType):
            return tuple(_absolute(each, type_.item_type, folder) for each in value)
        case Mapping() if isinstance(type_, inspect.DictType):
            return {key: _absolute(each, type_.value_type, folder) for key, each in value.items()}
        case _:
            return value


def _is_path(type_: inspect.Type) -> bool:
    if isinstance(type_, inspect.UnionType):
        return any(_is_path(each) for each in type_.types)
    return isinstance(type_, inspect.Metadata) and (type_.extra or {}).get(_KIND) == _PATH
