"""The people file of a running server: imported at the start and whenever it changes, or rejected with a message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import structlog

from kalenderkoppling.composition.server.prepare import PEOPLE_FILE
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, KalenderkopplingError, RefusedError
from kalenderkoppling.people.csv_file import CsvPeople, ReadPeople
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.pause import pause
from kalenderkoppling.usecases.people.import_people import import_people

CHECK_SECONDS = 10.0
"""How often the file is checked for changes."""

SETTLE_SECONDS = 1.0
"""A file that changes within this time may still be written to; it is left for the next check."""

_Version: TypeAlias = tuple[int, int, int]

_log = structlog.get_logger("serve")


@dataclass(slots=True, kw_only=True)
class PeopleFile:
    """Keeps the directory in sync with the people file; a rejected file leaves the directory unchanged.

    An optional file that does not exist leaves it unchanged, too.
    """

    core: Core
    source: CsvPeople
    is_optional: bool = False
    _done: _Version | None = field(default=None)

    async def take_over(self) -> str | None:
        """Import the file; one that was refused is not read again until it changes.

        Returns:
            Why it was refused, for an administrator; None where it was imported or need not exist.

        Raises:
            StoreUnavailableError: the database cannot be used just now.
        """
        version = _version(self.source.file)
        if version is None and self.is_optional:
            self._done = version
            return None
        try:
            found = await asyncio.to_thread(self.source.read)
            difference = await import_people(self.core, TENANT, PEOPLE_FILE, found.people)
        except (InvalidValueError, RefusedError) as error:
            self._done = version
            _log.warning("people_not_taken_over", reason=str(error))
            return str(error)
        self._done = version
        if not difference.is_empty:
            _log.info("people_taken_over", added=len(difference.added), gone=len(difference.gone))
        await self._tell_remarks(found)
        return None

    async def follow(self, stop: asyncio.Event) -> None:
        """Import the file whenever it has changed, until `stop` is set."""
        while not await pause(stop, CHECK_SECONDS):
            version = _version(self.source.file)
            if version == self._done or await pause(stop, SETTLE_SECONDS) or version != _version(self.source.file):
                continue
            try:
                await self.take_over()
            except KalenderkopplingError as error:
                _log.warning("people_not_taken_over", error=type(error).__name__)  # The next check tries again.

    async def _tell_remarks(self, found: ReadPeople) -> None:
        for remark in await asyncio.to_thread(found.remarks):
            _log.warning("people_number_cannot_be_called", reason=str(remark))


def _version(file: Path) -> _Version | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
