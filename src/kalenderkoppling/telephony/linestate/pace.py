"""Lets many ask one after another, at most so many a second: an exchange is not met by all at once."""

from __future__ import annotations

import asyncio


class Pace:
    """Gives turns in the order in which they are asked for."""

    def __init__(self, per_second: float) -> None:
        self._apart = 1.0 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Return when it is one's turn; a turn that is not waited for to its end is lost."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._apart
        await asyncio.sleep(mine - now)
