"""Does units of work in the event loop's own thread: in virtual time nobody waits, and a hop costs more than work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

_NEEDS_A_THREAD = "kalenderkoppling.calendars"
"""Signing in asks a server that runs in the same loop, and waits for it."""


class AtOnce(ThreadPoolExecutor):
    """An executor that runs what it is given before it returns, but for what waits for the loop."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as above
        """Run a function, and return its outcome as a future."""
        if _module_of(fn).startswith(_NEEDS_A_THREAD):
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - death is told of like any error
            future.set_exception(error)
        return future


def _module_of(fn: Callable[..., Any]) -> str:
    """Return where a function stands that `asyncio.to_thread` wrapped in its context."""
    while isinstance(fn, partial) and fn.args:
        fn = fn.args[0]
    return str(getattr(fn, "__module__", ""))
