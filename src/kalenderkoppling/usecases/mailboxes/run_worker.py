"""Run the worker until a stop: wake-ups at once, due mailboxes on time, subscriptions beside them."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta

import structlog

from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.usecases.mailboxes.worker import Worker
from kalenderkoppling.usecases.pause import pause

AT_ONCE = 32
"""How many mailboxes are looked at concurrently: as many as one connection to Graph asks for, so that none queues
there on its lease; what falls together is claimed and finished in one transaction, so more cost less each."""

LONGEST_NAP = timedelta(seconds=2)
"""How long at most between two questions to the store what is due: another process may have changed it."""

BETWEEN_RULE_CHANGES = timedelta(seconds=0.5)
"""How often the store is asked whether a rule change for many people is to be carried out."""

SHORTEST_NAP = timedelta(milliseconds=50)

_log = structlog.get_logger("worker")


def freeze_loaded_objects() -> None:
    """Exempt all objects that exist now from garbage collection.

    A look at a large mailbox makes thousands of short-lived objects, which sets off collections; walking the whole
    program in each of them takes a quarter of the look.
    """
    gc.collect()
    gc.freeze()


async def run_worker(worker: Worker, stopping: asyncio.Event) -> None:
    """Run the worker until `stopping` is set; a look in progress is cancelled, and done again after the next start."""
    freeze_loaded_objects()
    tasks = [
        asyncio.create_task(worker.core.bus.consume(lambda ref: _look(worker, ref), at_once=AT_ONCE)),
        asyncio.create_task(_keep_subscribing(worker, stopping)),
        asyncio.create_task(_keep_carrying_out(worker, stopping)),
    ]
    try:
        while not stopping.is_set():
            await pause(stopping, (await _turn(worker)).total_seconds())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_subscribing(worker: Worker, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await worker.subscribe()
        except Exception as error:  # noqa: BLE001 - the sweep finds every change; the next turn tries again
            _log.error("subscribing_failed", error=type(error).__name__)
        await pause(stopping, LONGEST_NAP.total_seconds())


async def _keep_carrying_out(worker: Worker, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await worker.carry_out()
        except Exception as error:  # noqa: BLE001 - the new rules are in force; the next turn goes on
            _log.error("rule_change_failed", error=type(error).__name__)
        await pause(stopping, BETWEEN_RULE_CHANGES.total_seconds())


async def _turn(worker: Worker) -> timedelta:
    try:
        wanted = await worker.keep_time()
    except Exception as error:  # noqa: BLE001 - one failed turn must not end sweeps and live status for everybody
        _log.error("turn_failed", error=type(error).__name__)
        return LONGEST_NAP
    return max(min(wanted - worker.core.clock.now(), LONGEST_NAP), SHORTEST_NAP)


async def _look(worker: Worker, ref: MailboxRef) -> None:
    try:
        await worker.look(ref)
    except KalenderkopplingError as error:
        _log.warning("look_failed", error=type(error).__name__)
