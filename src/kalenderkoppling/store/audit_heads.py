"""The heads of the audit chains in a file beside the database: truncating the log in the database is detected by them.

The file is also the only place that can excuse a head that the log lacks: `restore` notes there from which link on a
backup has replaced the log. An entry in the database alone excuses nothing, so whoever can write only to the database
cannot pass a cut log off as a restored one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kalenderkoppling.store.append_only import AppendOnlyFile
from kalenderkoppling.store.head import ChainEnd

_END = r"([0-9]+):([0-9a-f]{64}|)"
_LINE = re.compile(rf"{_END} (.+)")
_RESTORED = re.compile(rf"restored (\S+) after {_END} by {_END} (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedRestore:
    """A restore: the end of the restored chain (`after`), and the entry that tells of the restore (`by`)."""

    at: datetime
    after: ChainEnd
    by: ChainEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """Heads between two restores, and the restore that they follow; None for those from before the first."""

    restore: NotedRestore | None = None
    heads: list[ChainEnd] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeads:
    """An append-only file: one line for each head that was committed, `number:hash tenant`, and one per restore.

    A head is written after the commit, so it may lack the last heads after a crash; it never holds one that was not
    committed. A restore is noted before the restored database takes the place of the former; the note of one that was
    interrupted names an entry that no log has. Several processes append heads; their lines may change places.
    """

    file: Path

    @property
    def _lines(self) -> AppendOnlyFile:
        return AppendOnlyFile(file=self.file, what="the audit log's heads")

    def must_be_writable(self) -> None:
        """Make the file, readable by its owner only, where it is not there.

        Raises:
            InvalidValueError: it cannot be appended to.
        """
        self._lines.must_be_writable()

    def append(self, tenant: str, end: ChainEnd) -> None:
        """Append a head, on the disk when this returns.

        Raises:
            OSError: the disk is full, or the file is gone.
        """
        self._lines.append([f"{end.number}:{end.hash} {tenant}"])

    def note_restore(self, tenant: str, restore: NotedRestore) -> None:
        """Note a restore, on the disk when this returns.

        Raises:
            OSError: the disk is full, or the file is gone.
        """
        at = restore.at.astimezone(UTC).isoformat(timespec="seconds")
        after, by = (f"{each.number}:{each.hash}" for each in (restore.after, restore.by))
        self._lines.append([f"restored {at} after {after} by {by} {tenant}"])

    def of(self, tenant: str) -> Iterator[ChainEnd]:
        """Give all heads of a tenant; a line that a full disk cut is left out.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        for epoch in self.epochs(tenant):
            yield from epoch.heads

    def epochs(self, tenant: str) -> Sequence[Epoch]:
        """Return the heads of a tenant in their order, divided by restores.

        Raises:
            InvalidValueError: the file cannot be read.
        """
        found = [Epoch()]
        for line in self._lines.lines():
            restored, head = _RESTORED.fullmatch(line), _LINE.fullmatch(line)
            if restored and restored[6] == tenant:
                found.append(Epoch(restore=_restore(restored)))
            elif head and head[2] and head[3] == tenant:
                found[-1].heads.append(ChainEnd(number=int(head[1]), hash=head[2]))
        return found


def _restore(found: re.Match[str]) -> NotedRestore:
    return NotedRestore(
        at=datetime.fromisoformat(found[1]),
        after=ChainEnd(number=int(found[2]), hash=found[3]),
        by=ChainEnd(number=int(found[4]), hash=found[5]),
    )
