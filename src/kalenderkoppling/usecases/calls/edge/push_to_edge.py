"""Pushes call decisions to an edge in front of the telephone system, so that it can decide calls without us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.edge import CallEdge, EdgeReferral
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.edge.edge_wishes import EdgeWishes, Wish

REFILL = timedelta(minutes=5)
"""How often all entries are pushed again, whatever the edge reports."""

ASKED_EVERY = timedelta(seconds=5)
"""How often the edge is asked whether it has restarted, and so is empty."""

TOLD_AT_ONCE = 200
"""How many numbers are pushed in one turn; a change that arrives meanwhile waits for one turn at most."""

LOOKED_AT_ONCE = 20
"""How many callees are looked at before other work of the event loop has its turn: about a millisecond."""

SHORTEST = timedelta(seconds=1)
"""An entry that expires sooner is not pushed."""

_FIRST_RETRY = timedelta(seconds=1)
_LONGEST_RETRY = timedelta(seconds=30)
_NOTICED_STEP = timedelta(seconds=1)
"""A clock that goes back further than this was set."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class EdgePush:
    """Tells an edge what calls meet, for every form in which a number is dialled, each with its expiry.

    Every entry carries its expiry, so the edge stays right while this process is down (S-13). While the edge is
    unreachable nothing is queued: afterwards it is sent the state of that moment.

    Args:
        edge: The edge; nothing else writes to it.
        clock: The current time.
        meter: Counts pushes that failed.
        direct_dial: Beginnings of full numbers whose rest is an extension.
    """

    def __init__(self, edge: CallEdge, clock: Clock, meter: Meter, direct_dial: Sequence[str] = ()) -> None:
        self._edge = edge
        self._clock = clock
        self._meter = meter
        self._wishes = EdgeWishes(direct_dial, lambda _: meter.count(Count.EDGE_FAILED, "callee"))
        self._told: dict[str, Wish] = {}
        self._untold: dict[str, None] = {}
        self._to_make_sure: dict[str, None] = {}
        self._life: str | None = None
        self._latest = self._asked_at = self._refilled_at = self._retry_at = _LONG_AGO
        self._failures = 0
        self._came = asyncio.Event()

    def changed(self, before: Callee | None, after: Callee | None) -> None:
        """Take in what is known of somebody now; None is somebody unknown. To be called on the event loop."""
        self._wishes.changed(before, after)
        self._came.set()

    @property
    def untold(self) -> int:
        """How many numbers the edge has yet to be told of."""
        return len(self._untold)

    async def run(self, stopping: asyncio.Event) -> None:
        """Push until `stopping` is set; best started once the index is loaded."""
        stopped = asyncio.create_task(stopping.wait())
        try:
            while not stopping.is_set():
                self._came.clear()
                again_at = await self.turn()
                came = asyncio.create_task(self._came.wait())
                pause = max((again_at - self._clock.now()).total_seconds(), 0.0)
                await asyncio.wait({stopped, came}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                came.cancel()
        finally:
            stopped.cancel()

    async def turn(self) -> datetime:
        """Look at those whose turn has come, and tell some of what is untold; return when the next turn is due."""
        now = self._clock.now()
        self._notice_a_clock_that_was_set(now)
        while self._wishes.look(now, LOOKED_AT_ONCE):
            await asyncio.sleep(0)
            now = self._clock.now()
        self._untold.update((number, None) for number in self._wishes.take_changed() if self._is_news(number, now))
        self._to_make_sure.update(dict.fromkeys(self._wishes.take_unwished()))
        if now >= self._retry_at:
            await self._tell(now)
        return self._next_turn()

    def _is_news(self, number: str, now: datetime) -> bool:
        """Tell whether the edge has to know at once; an end that only moves further away can wait."""
        wish, told = self._wishes.by_number.get(number), self._told.get(number)
        if wish is None or told is None or wish.ring != told.ring or wish.until < told.until:
            return True
        return told.until < min(wish.until, now + 2 * REFILL)

    async def _tell(self, now: datetime) -> None:
        batch: list[str] = []
        try:
            await self._notice_a_new_life(now)
            if now - self._refilled_at >= REFILL:
                self._untold.update(dict.fromkeys(self._wishes.by_number))
                self._refilled_at = now
            batch = list(islice(chain(self._untold, self._to_make_sure), TOLD_AT_ONCE))
            for number in batch:
                self._untold.pop(number, None)
                self._to_make_sure.pop(number, None)
            await self._send(batch)
        except EdgeUnavailableError:
            self._untold.update(dict.fromkeys(batch))
            self._failures += 1
            self._retry_at = now + min(_FIRST_RETRY * (1 << min(self._failures - 1, 5)), _LONGEST_RETRY)
            self._meter.count(Count.EDGE_FAILED, "edge")
        else:
            self._failures = 0

    async def _send(self, batch: Sequence[str]) -> None:
        """Tell of numbers what holds now; what only rings again is told first."""
        now = self._clock.now()
        wishes = {number: wish for number in batch if (wish := self._wishes.by_number.get(number)) is not None}
        worth = {number: wish for number, wish in wishes.items() if wish.until - now >= SHORTEST}
        ringing = [number for number in batch if number not in worth]
        for number in batch:
            self._told.pop(number, None)
        if ringing:
            await self._edge.remove(ringing)
        if worth:
            await self._edge.put(
                [
                    EdgeReferral(number=number, holds_for=wish.until - now, ring=wish.ring or None)
                    for number, wish in worth.items()
                ]
            )
        self._told.update(worth)

    async def _notice_a_new_life(self, now: datetime) -> None:
        """Push everything again to an edge that has restarted."""
        if now - self._asked_at < ASKED_EVERY:
            return
        life = await self._edge.generation()
        self._asked_at = now
        if life != self._life:
            self._life = life
            self._untold.update(dict.fromkeys(self._wishes.by_number))

    def _next_turn(self) -> datetime:
        now = self._clock.now()
        if now < self._retry_at:
            telling = self._retry_at
        elif self._untold or self._to_make_sure:
            telling = now
        else:
            telling = self._asked_at + ASKED_EVERY
        looking = self._wishes.next_turn()
        return telling if looking is None else min(telling, looking)

    def _notice_a_clock_that_was_set(self, now: datetime) -> None:
        """Start over where the clock was set back (F-12)."""
        if now + _NOTICED_STEP < self._latest:
            self._wishes.look_at_everybody()
            self._asked_at = self._refilled_at = self._retry_at = _LONG_AGO
        self._latest = now
