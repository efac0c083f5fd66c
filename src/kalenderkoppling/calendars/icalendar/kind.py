"""iCalendar files as a kind of calendar system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kalenderkoppling.calendars.icalendar.advice import ADVICE
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.calendars.kind import CalendarKind, OpenCalendar
from kalenderkoppling.ports.clock import Clock


@asynccontextmanager
async def _opened(settings: Icalendar, clock: Clock) -> AsyncIterator[OpenCalendar]:
    # The libraries take time to import: they are imported only to connect.
    from kalenderkoppling.calendars.icalendar.check import IcalendarCheck  # noqa: PLC0415 - see above
    from kalenderkoppling.calendars.icalendar.open import open_files  # noqa: PLC0415 - see above

    async with open_files(settings, clock) as source:
        yield OpenCalendar(source=source, check=IcalendarCheck(source, clock))


KIND = CalendarKind(
    section="icalendar",
    title="iCalendar files",
    guide="docs/calendars/icalendar.md",
    settings=Icalendar,
    open=_opened,
    advice=ADVICE,
)
