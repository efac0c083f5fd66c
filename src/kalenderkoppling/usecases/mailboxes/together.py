"""Group commit: what several ask for at the same time is done in one transaction."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from kalenderkoppling.domain.errors import StoreUnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_AT_ONCE = 200


class Together(Generic[Item, Result]):
    """Hands items to `work` in batches: one that comes alone at once, those that come meanwhile together after it.

    `work` takes items and returns their results in the same order, or raises and has then done nothing for any of them.
    Where it raises for several, each is done alone, so that one that cannot be done costs no other; not where the store
    is out, since it is out for all.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, most: int = MOST_AT_ONCE
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Return what became of the item, once its batch is done; raises what `work` raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                await self._do(batch)
            except BaseException as error:
                _fail([*batch, *self._waiting], error)
                self._waiting.clear()
                if isinstance(error, asyncio.CancelledError):
                    raise

    async def _do(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        # What was cancelled while it waited is not begun.
        batch = [each for each in batch if not each[1].done()]
        if not batch:
            return
        try:
            results = await self._work([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller gets it
            if len(batch) == 1 or isinstance(error, StoreUnavailableError):
                _fail(batch, error)
                return
            for each in batch:
                await self._do([each])
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _fail(batch: Sequence[tuple[object, asyncio.Future[Any]]], error: BaseException) -> None:
    for _, future in batch:
        if future.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(error)
