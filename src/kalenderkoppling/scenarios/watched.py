"""A calendar source that the runner observes: which version a look has seen, and a gate between reading and writing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import CalendarSource, Fields


@dataclass(slots=True)
class Gate:
    """While closed, it holds looks that have read the window but not written yet (F-27)."""

    _held: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    def close(self) -> None:
        """Hold the next look."""
        self._held.clear()
        self._open.clear()

    def open(self) -> None:
        """Let looks continue."""
        self._open.set()

    async def pass_through(self) -> None:
        """Wait while it is closed."""
        if not self._open.is_set():
            self._held.set()
            await self._open.wait()

    async def wait_for_one(self) -> None:
        """Wait until a look is held."""
        await self._held.wait()


@dataclass(slots=True, kw_only=True)
class WatchedCalendar:
    """Wraps a calendar source (ports.calendar.CalendarSource).

    `seen` maps addresses to the version of the mailbox last seen; `version_of` returns a mailbox's present version, as
    the calendar counts its changes.
    """

    inner: CalendarSource
    version_of: Callable[[str], int]
    seen: dict[str, int]
    gate: Gate

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return what the other source sees; see the port."""
        version = self.version_of(mailbox)
        view = await self.inner.view(mailbox, window, zone, fields)
        await self.gate.pass_through()
        self.seen[mailbox] = version
        return view

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """Return what the other source sees, if it changed; see the port."""
        version = self.version_of(mailbox)
        view = await self.inner.view_if_changed(mailbox, window, zone, fields, validator)
        await self.gate.pass_through()
        self.seen[mailbox] = version
        return view
