"""Limits how many requests a second go to an exchange, so that they do not all come at once."""

from __future__ import annotations

import asyncio


class RateLimit:
    """Gives turns in the order of asking, at most `per_second` in a second."""

    def __init__(self, per_second: float) -> None:
        self._apart = 1.0 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Return when it is the caller's turn; a caller cancelled while waiting still consumes its turn."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._apart
        await asyncio.sleep(mine - now)
