"""The file of a backup: a tar archive of a manifest, the copy of the database, and the files beside the database."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError

FORMAT = 1
"""The version of the archive's own form; a later one is refused."""

_MANIFEST = "manifest.json"
_PIECE = 1 << 20
_LONGEST_MANIFEST = 1 << 16
_OURS_ALONE = 0o600


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the archive: its length in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is: of which kind of database, which step of the tables, when it was made, and what belongs to it.

    `made_at` is from before the copy was begun.
    """

    format: int = FORMAT
    made_at: datetime
    program: str
    database: str
    revision: str
    tenant: str
    members: dict[str, Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a backup is made of: its description without the members, and their files by name."""

    made_at: datetime
    program: str
    database: str
    revision: str
    tenant: str
    files: Mapping[str, Path]


def write_archive(target: Path, source: Source, folder: Path) -> Manifest:
    """Write a backup in a folder beside its place, and rename it there when it is whole and on the disk; mode 0600.

    Raises:
        OSError: the disk is full, or the place cannot be written.
    """
    manifest = Manifest(
        made_at=source.made_at,
        program=source.program,
        database=source.database,
        revision=source.revision,
        tenant=source.tenant,
        members={name: _member(file) for name, file in source.files.items()},
    )
    beside = folder / "archive"
    with new_file(beside) as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            _add(archive, _MANIFEST, BytesIO(msgspec.json.encode(manifest)), len(msgspec.json.encode(manifest)))
            for name, file in source.files.items():
                with file.open("rb") as content:
                    _add(archive, name, content, manifest.members[name].size)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(target)
    sync_folder(target.parent)
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """Return what a backup says of itself.

    Raises:
        InvalidValueError: the file cannot be read, is no backup, or was made by a newer program.
    """
    with _opened(archive) as tar:
        return _manifest(tar, archive)


def unpack(archive: Path, name: str, to: Path) -> None:
    """Write one member of a backup to a new file of mode 0600, and check that it is what was put in.

    Raises:
        InvalidValueError: the backup is damaged.
        OSError: the disk is full, or the place cannot be written.
    """
    with _opened(archive) as tar:
        member = _manifest(tar, archive).members.get(name)
        digest, size = hashlib.sha256(), 0
        with new_file(to) as out:
            for piece in _content(tar, name, archive):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        if member is None or (size, digest.hexdigest()) != (member.size, member.sha256):
            raise InvalidValueError(f"{archive} is damaged: {name} is not what was backed up")


@contextmanager
def folder_for_ours(folder: Path) -> Iterator[Path]:
    """Make a folder that only its owner can enter, gone afterwards; what a killed run left in it goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """Open a new file for its owner alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ALONE), "wb") as out:
        yield out


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: a rename may otherwise be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _member(file: Path) -> Member:
    with file.open("rb") as content:
        return Member(size=file.stat().st_size, sha256=hashlib.file_digest(content, "sha256").hexdigest())


def _add(archive: tarfile.TarFile, name: str, content: BinaryIO, size: int) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = size, _OURS_ALONE
    archive.addfile(told, content)


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, mode="r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise InvalidValueError(f"{archive} is damaged, or no backup of Kalenderkoppling") from error
    except FileNotFoundError as error:
        raise InvalidValueError(f"{archive} cannot be read: {error.strerror}") from error


def _manifest(tar: tarfile.TarFile, archive: Path) -> Manifest:
    raw = b"".join(_content(tar, _MANIFEST, archive))
    try:
        version = msgspec.json.decode(raw, type=dict[str, object]).get("format")
        if not isinstance(version, int) or version > FORMAT:
            raise InvalidValueError(f"{archive} was made by a newer version of the program: install that version")
        return msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise InvalidValueError(f"{archive} is damaged: its manifest cannot be read") from error


def _content(tar: tarfile.TarFile, name: str, archive: Path) -> Iterator[bytes]:
    try:
        told = tar.getmember(name)
    except KeyError as error:
        raise InvalidValueError(f"{archive} is damaged, or no backup of Kalenderkoppling: {name} is missing") from error
    content = tar.extractfile(told)
    if content is None or (name == _MANIFEST and told.size > _LONGEST_MANIFEST):
        raise InvalidValueError(f"{archive} is damaged: {name} is no file of a backup")
    with content:
        while piece := content.read(_PIECE):
            yield piece
