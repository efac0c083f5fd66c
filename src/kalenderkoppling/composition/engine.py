"""The running worker: wake-ups are handled as they come, what falls due is done in time, a stop is clean."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from datetime import timedelta

import structlog

from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.usecases.mailboxes.worker import Worker

AT_ONCE = 16
"""How many mailboxes are looked at together."""

LONGEST_NAP = timedelta(seconds=2)
"""The store is asked at least this often what is due: another process may have made it so."""

SHORTEST_NAP = timedelta(milliseconds=50)

_log = structlog.get_logger("worker")


def spare_the_collector() -> None:
    """Tell the garbage collector that what was loaded so far stays, so that it does not look through it each time.

    A look at a large mailbox makes and forgets thousands of small objects, which sets the collector off; with all of
    the program to walk, it takes a quarter of the look.
    """
    gc.collect()
    gc.freeze()


async def run_engine(worker: Worker, stopping: asyncio.Event) -> None:
    """Run the worker until `stopping` is set; a look under way is let go and done again after the start."""
    spare_the_collector()
    tasks = [
        asyncio.create_task(worker.core.bus.consume(lambda ref: _look(worker, ref), at_once=AT_ONCE)),
        asyncio.create_task(_keep_subscribing(worker, stopping)),
    ]
    try:
        while not stopping.is_set():
            await _nap(await _turn(worker), stopping)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_subscribing(worker: Worker, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await worker.subscribe()
        except Exception as error:  # noqa: BLE001 - the sweep keeps the promise; the next turn tries again
            _log.error("subscribing_failed", error=type(error).__name__)
        await _nap(LONGEST_NAP, stopping)


async def _turn(worker: Worker) -> timedelta:
    try:
        wanted = await worker.keep_time()
    except Exception as error:  # noqa: BLE001 - one bad turn must not end sweeps and live status for everybody
        _log.error("turn_failed", error=type(error).__name__)
        return LONGEST_NAP
    return max(min(wanted - worker.core.clock.now(), LONGEST_NAP), SHORTEST_NAP)


async def _look(worker: Worker, ref: MailboxRef) -> None:
    try:
        await worker.look(ref)
    except KalenderkopplingError as error:
        _log.warning("look_failed", error=type(error).__name__)


async def _nap(nap: timedelta, stopping: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), nap.total_seconds())
