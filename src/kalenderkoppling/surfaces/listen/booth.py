"""Limits concurrent renderings for listeners, so that repeated requests cannot exhaust the machine (S-14)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from kalenderkoppling.surfaces.web.refusals import BusyError
from kalenderkoppling.usecases.announcements.prompts import Prompts

SEATS = 2
"""How many renderings run at once; calls run in another process and are not affected."""

PATIENCE = timedelta(seconds=5)
"""How long a request waits for a free slot before it is refused as busy."""


class Booth:
    """Renders sounds for the pages.

    Args:
        prompts: Renders them.
        seats: How many at once.
        patience: How long to wait for a free slot.
    """

    def __init__(self, prompts: Prompts, *, seats: int = SEATS, patience: timedelta = PATIENCE) -> None:
        self.prompts = prompts
        self._seats = asyncio.Semaphore(seats)
        self._patience = patience

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Prompts]:
        """Hold a slot for the duration of the block.

        Raises:
            BusyError: none became free in time.
        """
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._seats.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            yield self.prompts
        finally:
            self._seats.release()
