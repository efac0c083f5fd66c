"""Group commit: who comes meanwhile is done together, and nobody pays for another."""

import asyncio
from collections.abc import Sequence

import pytest

from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError
from kalenderkoppling.usecases.mailboxes.together import Together


class Work:
    """Doubles numbers batch by batch; odd ones and zero fail where told so."""

    def __init__(self, *, bad: int | None = None, error: BaseException | None = None) -> None:
        self.batches: list[list[int]] = []
        self.bad, self.error = bad, error or InvalidValueError("bad")
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append([*items])
        await self.go_on.wait()
        if self.bad in items:
            raise self.error
        return [2 * each for each in items]


async def test_one_that_comes_alone_is_done_at_once() -> None:
    work = Work()
    assert await Together(work)(1) == 2
    assert work.batches == [[1]]


async def test_those_that_come_while_others_are_done_are_done_together_in_order() -> None:
    work = Work()
    work.go_on.clear()
    together = Together(work, most=3)
    asked = [asyncio.create_task(together(each)) for each in range(6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = asyncio.create_task(together(6))
    await asyncio.sleep(0)
    work.go_on.set()
    assert await asyncio.gather(*asked, later) == [0, 2, 4, 6, 8, 10, 12]
    assert [each for batch in work.batches for each in batch] == list(range(7))
    assert max(map(len, work.batches)) == 3


async def test_one_that_cannot_be_done_costs_no_other() -> None:
    work = Work(bad=2)
    together = Together(work)
    results = await asyncio.gather(*map(together, range(4)), return_exceptions=True)
    assert results[:2] + results[3:] == [0, 2, 6]
    assert isinstance(results[2], InvalidValueError)


async def test_where_the_store_is_out_it_is_not_asked_once_for_each() -> None:
    work = Work(bad=2, error=StoreUnavailableError("out"))
    results = await asyncio.gather(*map(Together(work), range(4)), return_exceptions=True)
    assert all(isinstance(each, StoreUnavailableError) for each in results)
    assert len(work.batches) == 1


async def test_after_a_failure_the_next_are_done() -> None:
    work = Work(bad=1)
    together = Together(work)
    with pytest.raises(InvalidValueError):
        await together(1)
    assert await together(2) == 4


async def test_what_is_cancelled_while_it_waits_is_not_begun() -> None:
    work = Work()
    work.go_on.clear()
    together = Together(work)
    first = asyncio.create_task(together(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second, third = (asyncio.create_task(together(each)) for each in (1, 2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    work.go_on.set()
    assert [*await asyncio.gather(first, third)] == [0, 4]
    assert work.batches == [[0], [2]]


class GoneError(BaseException):
    """The process is gone."""


async def test_when_everything_ends_nobody_is_left_waiting() -> None:
    work = Work(bad=1, error=GoneError())
    together = Together(work, most=1)
    results = await asyncio.gather(*map(together, range(4)), return_exceptions=True)
    assert [type(each) for each in results] == [int, GoneError, GoneError, GoneError]
