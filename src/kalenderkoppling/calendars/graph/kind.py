"""Microsoft 365 as a kind of calendar system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kalenderkoppling.calendars.graph.advice import ADVICE
from kalenderkoppling.calendars.graph.settings import Microsoft365, connection_of
from kalenderkoppling.calendars.kind import CalendarKind, OpenCalendar
from kalenderkoppling.ports.clock import Clock


@asynccontextmanager
async def _opened(settings: Microsoft365, clock: Clock) -> AsyncIterator[OpenCalendar]:
    # Microsoft's sign-in library takes a third of a second to import: it is imported only to connect.
    from kalenderkoppling.calendars.graph.open import open_graph  # noqa: PLC0415 - see above

    graph = await open_graph(connection_of(settings), clock)
    try:
        yield OpenCalendar(source=graph.calendar, check=graph.check, notices=graph.notices)
    finally:
        await graph.close()


KIND = CalendarKind(
    section="microsoft365",
    title="Microsoft 365",
    guide="docs/calendars/graph.md",
    settings=Microsoft365,
    open=_opened,
    advice=ADVICE,
    has_notices=True,
)
