"""An event loop whose time is told, not waited for: minutes of a call pass in no time, and always alike."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


_ON_ITS_WAY_SECONDS = 0.001
"""How long, in real time, something sent to a socket of this process may be on its way on a busy machine."""


class _Leaping(selectors.SelectSelector):
    """Waits for nothing: where nothing is ready, the time that it would have waited has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; else let the time pass."""
        ready = super().select(0)
        if not ready and timeout != 0 and len(self.get_map()) > 1:  # One is the loop's own.
            ready = super().select(_ON_ITS_WAY_SECONDS)
        if not ready and timeout is None:
            raise AssertionError("everything waits, and nothing will come")
        if not ready and timeout is not None and timeout > 0:
            self.passed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time, which begins at 0."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._leaping.passed


def live(story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on virtual time."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(story)
    finally:
        for task in (left := asyncio.all_tasks(loop)):
            task.cancel()
        loop.run_until_complete(_gather(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _gather(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
