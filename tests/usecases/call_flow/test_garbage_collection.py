"""What calls leave in memory is collected when nobody calls, and after some minutes in any case (S-14)."""

import asyncio
import gc

import pytest

from kalenderkoppling.usecases.call_flow.garbage_collection import MOST_PUT_OFF, collect_when_quiet


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each time that the memory is looked through."""
    done: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append(1))
    return done


async def tidied(asked: int, calls: int) -> None:
    """Let it ask so many times how many calls are under way, and be told this each time."""
    stopping, answers = asyncio.Event(), 0

    def tell() -> int:
        nonlocal answers
        answers += 1
        if answers >= asked:
            stopping.set()
        return calls

    await asyncio.wait_for(collect_when_quiet(stopping, tell, every_seconds=0.001), 60)


async def test_when_nobody_calls_it_is_done_each_time(collections: list[int]) -> None:
    await tidied(4, calls=0)
    assert len(collections) == 4


async def test_while_somebody_calls_it_is_put_off(collections: list[int]) -> None:
    await tidied(MOST_PUT_OFF, calls=1)
    assert collections == []


async def test_S_14_an_exchange_that_is_never_quiet_does_not_put_it_off_for_ever(collections: list[int]) -> None:
    await tidied(2 * (MOST_PUT_OFF + 1), calls=1)
    assert len(collections) == 2
