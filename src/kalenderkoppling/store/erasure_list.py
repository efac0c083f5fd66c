"""The list of erasures in a file beside the database: what a restored backup has to forget again (F-31).

It names nobody: a person's id is kept as a keyed hash (HMAC-SHA256), and the key is in the database and its backups
only. Of erased contents of the audit log it has the hashes of their links, which stay in the chain anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kalenderkoppling.store.append_only import AppendOnlyFile

_PERSON = re.compile(r"person ([0-9a-f]{8}) ([0-9a-f]{64}) ([0-9a-f]{64}) (.+)")
_LINKS = re.compile(r"links ([0-9a-f]{64}(?:,[0-9a-f]{64})*) (.+)")
_LINKS_PER_LINE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedPerson:
    """An erasure of a person: which key hashed the id, the hash, and the link of the audit log that tells of it."""

    key_id: str
    hash: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureList:
    """An append-only file, written before the transaction of the erasure is committed.

    So it may hold an erasure that a crash kept from being committed, and never lacks one that was.
    """

    file: Path

    @property
    def _lines(self) -> AppendOnlyFile:
        return AppendOnlyFile(file=self.file, what="the list of erasures")

    def must_be_writable(self) -> None:
        """Make the file, readable by its owner only, where it is not there.

        Raises:
            InvalidValueError: it cannot be appended to.
        """
        self._lines.must_be_writable()

    def append(self, tenant: str, people: Sequence[ErasedPerson], links: Sequence[str]) -> None:
        """Append erasures of people, and of contents of the audit log by their links' hashes.

        Raises:
            OSError: the disk is full, or the file is gone.
        """
        pieces = [links[at : at + _LINKS_PER_LINE] for at in range(0, len(links), _LINKS_PER_LINE)]
        self._lines.append(
            [
                *(f"person {each.key_id} {each.hash} {each.link} {tenant}" for each in people),
                *(f"links {','.join(piece)} {tenant}" for piece in pieces),
            ]
        )

    def add_from(self, other: Path) -> None:
        """Append what another list has and this one lacks.

        Raises:
            InvalidValueError: one of the lists cannot be read, or this one not be written.
        """
        self.must_be_writable()
        known = set(self._lines.lines())
        found = AppendOnlyFile(file=other, what=self._lines.what).lines()
        self._lines.append(each for each in found if each not in known)

    def people(self, tenant: str) -> Iterator[ErasedPerson]:
        """Give the erasures of people.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        for line in self._lines.lines():
            found = _PERSON.fullmatch(line)
            if found and found[4] == tenant:
                yield ErasedPerson(key_id=found[1], hash=found[2], link=found[3])

    def links(self, tenant: str) -> Iterator[str]:
        """Give the hashes of the links whose contents were erased.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        for line in self._lines.lines():
            found = _LINKS.fullmatch(line)
            if found and found[2] == tenant:
                yield from found[1].split(",")


def hash_of(key: str, person: str) -> str:
    """Return the keyed hash of a person's id; `key` in hexadecimal."""
    return hmac.new(bytes.fromhex(key), person.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def id_of(key: str) -> str:
    """Return what tells one key from another, and reveals neither."""
    return hashlib.sha256(b"erasures" + bytes.fromhex(key)).hexdigest()[:8]
