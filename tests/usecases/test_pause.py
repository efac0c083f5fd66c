"""A pause ends when its event is set, or when its time has passed."""

import asyncio

import pytest

from kalenderkoppling.usecases.pause import pause
from kktest.virtual_time import live


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.25, 3_600.0])
def test_it_lasts_its_time_while_the_event_is_not_set(seconds: float) -> None:
    async def story() -> tuple[bool, float]:
        return await pause(asyncio.Event(), seconds), asyncio.get_running_loop().time()

    assert live(story()) == (False, max(seconds, 0.0))


def test_it_ends_when_the_event_is_set() -> None:
    async def story() -> tuple[bool, float]:
        event, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.call_later(2, event.set)
        return await pause(event, 3_600), loop.time()

    assert live(story()) == (True, 2.0)


@pytest.mark.parametrize("seconds", [0.0, 3_600.0])
def test_an_event_that_is_set_already_is_not_waited_for(seconds: float) -> None:
    async def story() -> tuple[bool, float]:
        event = asyncio.Event()
        event.set()
        return await pause(event, seconds), asyncio.get_running_loop().time()

    assert live(story()) == (True, 0.0)


def test_others_have_their_turn_in_a_pause_of_no_time() -> None:
    async def story() -> list[str]:
        turns: list[str] = []
        other = asyncio.ensure_future(_note(turns))
        await pause(asyncio.Event(), 0)
        turns.append("after the pause")
        await other
        return turns

    assert live(story()) == ["other", "after the pause"]


async def _note(turns: list[str]) -> None:
    turns.append("other")


def test_who_is_cancelled_in_a_pause_ends() -> None:
    async def story() -> None:
        waiting = asyncio.ensure_future(pause(asyncio.Event(), 3_600))
        await asyncio.sleep(1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    live(story())
