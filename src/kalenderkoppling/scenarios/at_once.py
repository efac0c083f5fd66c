"""Runs units of work in the event loop's thread: in virtual time nothing blocks, and a thread costs more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

_NEEDS_A_THREAD = "kalenderkoppling.calendars"
"""Sign-in blocks on a server that runs in the same loop, so it needs a thread."""


class AtOnce(ThreadPoolExecutor):
    """An executor that runs functions before `submit` returns, except those that wait for the loop."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as above
        """Run a function and return its outcome as a future."""
        if _module_of(fn).startswith(_NEEDS_A_THREAD):
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - simulated crashes are passed on like any error
            future.set_exception(error)
        return future


def _module_of(fn: Callable[..., Any]) -> str:
    """Return the module of a function that `asyncio.to_thread` has wrapped."""
    while isinstance(fn, partial) and fn.args:
        fn = fn.args[0]
    return str(getattr(fn, "__module__", ""))
