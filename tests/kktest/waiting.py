"""How tests wait: for a condition, with a deadline that costs nothing while all is well.

    await until(lambda: store.refused >= 3)
    [record] = await eventually(site.calls, "anna")

Nobody tells a test that another process, thread or socket is done, so it is looked at again and again. A deadline is
three minutes, enough for a machine that is busy with other things; no test fails, or passes, because of how quick it
is. What must *not* happen is given a while (`settled`): a busy machine makes such a test weaker, and never red.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple

Found = TypeVar("Found")
Asked = TypeVarTuple("Asked")

DEADLINE_SECONDS = 180.0
_LOOK_AGAIN_SECONDS = 0.005
_A_WHILE_SECONDS = 0.1


async def until(holds: Callable[[], Found], within: float = DEADLINE_SECONDS) -> Found:
    """Wait until something holds; return what was found.

    Raises:
        AssertionError: It did not come within so many seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not (found := holds()):
        assert loop.time() < deadline, f"it never came, within {within} s"
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return found


async def eventually(
    ask: Callable[[*Asked], Awaitable[Found]],
    *of: *Asked,
    wanted: Callable[[Found], object] = bool,
    within: float = DEADLINE_SECONDS,
) -> Found:
    """Ask until the answer is as wanted; return it.

    Raises:
        AssertionError: It was not within so many seconds; what was answered last is told.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not wanted(found := await ask(*of)):
        assert loop.time() < deadline, f"within {within} s the answer was last {found!r}"
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return found


def wait_until(holds: Callable[[], Found], within: float = DEADLINE_SECONDS) -> Found:
    """Wait in a thread as `until` does in a loop.

    Raises:
        AssertionError: It did not come within so many seconds.
    """
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, f"it never came, within {within} s"
        time.sleep(_LOOK_AGAIN_SECONDS)
    return found


async def settled(seconds: float = _A_WHILE_SECONDS) -> None:
    """Give what must not happen the time to happen, in seconds."""
    await asyncio.sleep(seconds)


async def turns(count: int = 10) -> None:
    """Let others in the loop have their turn so many times; no time passes."""
    for _ in range(count):
        await asyncio.sleep(0)
