"""From the settings file to the calendar system: which kind is named, its section, its open connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kalenderkoppling.calendars.kind import OpenCalendar, calendar_kinds, kind_of
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.settings import CalendarSections, Settings
from kalenderkoppling.settings import read_settings as read_with_sections


def calendar_sections() -> CalendarSections:
    """Return the sections that the kinds of calendar systems declare."""
    return {each.section: each.settings for each in calendar_kinds()}


def read_settings(file: Path) -> Settings:
    """Read the settings file, with the section of any kind of calendar system.

    Raises:
        InvalidValueError: it cannot be read, or a key or value does not fit; the message names it.
    """
    return read_with_sections(file, calendar_sections())


@asynccontextmanager
async def open_calendar(settings: Settings, clock: Clock) -> AsyncIterator[OpenCalendar | None]:
    """Open the connection to the calendar system that the settings name, None where they name none.

    Raises:
        InvalidValueError: a value of its section does not fit, or a secret cannot be read.
    """
    if settings.calendar is None:
        yield None
        return
    async with kind_of(settings.calendar).open(settings.calendar, clock) as opened:
        yield opened
