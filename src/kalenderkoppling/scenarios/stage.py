"""The environment of one run: calendar, clocks and our process; advances the clock and lets work settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.graph.connection import Connection as GraphConnection
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.sandbox import PretendGraph, World
from kalenderkoppling.sandbox.faults import Fault
from kalenderkoppling.scenarios.clocks import OurClock, WallClock
from kalenderkoppling.scenarios.door import Door
from kalenderkoppling.scenarios.life import DiedError
from kalenderkoppling.scenarios.outlook import Outlook, address_of
from kalenderkoppling.scenarios.system import Outside, System, crashed_image, put_in_order, start_system

T = TypeVar("T")

_MOST_ROUNDS = 200
_MOST_LIVES = 500
_FINE_AFTER = timedelta(hours=2)
_FINE_BEFORE = timedelta(hours=1)
_SHORTEST_HOP = timedelta(hours=1)
_HOPS = 16
_TICK = timedelta(seconds=1)


class UnsettledError(Exception):
    """Work does not come to an end while the clock stands still."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything of one run."""

    wall: WallClock
    clock: OurClock
    world: World
    graph: PretendGraph
    outlook: Outlook
    door: Door
    folder: Path
    outside: Outside
    system: System
    throttles: list[Fault] = field(default_factory=list)
    is_calendar_up: bool = True
    lives: int = 1

    @property
    def database(self) -> Path:
        """The database file of the running process."""
        return self.folder / f"life-{self.lives}.db"

    # What happens while the clock stands still

    async def settle(self) -> None:
        """Run everything that is due at this instant; a killed process is replaced by another.

        Raises:
            UnsettledError: it does not come to an end.
        """
        for _ in range(_MOST_LIVES):
            try:
                await self._settle()
            except DiedError:
                await self.start_again(is_crash=True)
            else:
                return
        raise UnsettledError("every restarted process dies")

    async def _settle(self) -> None:
        system = self.system
        for _ in range(_MOST_ROUNDS):
            await self.graph.settle()
            await system.worker.turn()
            if system.store.is_dead:
                raise DiedError
            if not system.bus.pending:
                return
            await system.bus.drain(system.worker.look)
        raise UnsettledError("looks do not come to an end")

    async def start_again(self, *, is_crash: bool) -> None:
        """End our process, orderly or by a crash, and start another on the same files."""
        for _ in range(_MOST_LIVES):
            await self._end_process(is_crash=is_crash)
            self.system = await start_system(self.database, self.outside)
            self.door.application_for = self.system.application_for
            self._bring_again()
            try:
                await put_in_order(self.system)
            except DiedError:
                is_crash = True
            else:
                return
        raise UnsettledError("no process gets past its start")

    async def _end_process(self, *, is_crash: bool) -> None:
        self.door.application_for = None
        before = self.database
        if is_crash:
            self.lives += 1
            await crashed_image(self.system, before, self.database)
        else:
            await asyncio.to_thread(self.system.store.scrub_now)
            await self.system.close()

    def _bring_again(self) -> None:
        """Make the calendar retry unanswered notifications at once: later attempts would need the clock to move."""
        now = self.wall.now()
        waiting = self.graph.courier.waiting
        waiting[:] = [replace(letter, due=now) if letter.tries else letter for letter in waiting]

    async def look_everywhere(self) -> None:
        """Read every mailbox now, except paused and blocked ones."""

        def work(tx: Transaction) -> list[PersonId]:
            return list(tx.mailboxes.state(tx.people.ids()))

        people = await asyncio.to_thread(self._reading, work)
        for person in people:
            await self.system.bus.wake(MailboxRef(tenant=TENANT, person=person))
        await self.settle()

    def _reading(self, work: Callable[[Transaction], T]) -> T:
        with self.system.lasting.read(TENANT) as tx:
            return work(tx)

    # Time that passes

    async def advance(self, to: datetime) -> None:
        """Advance the clock from one due instant to the next; over long intervals sweeps are skipped, as in a sleep."""
        began = self.wall.now()
        while (now := self.wall.now()) < to:
            self._set(min(await self._next(began, now, to), to))
            await self.settle()

    async def run_wrong_clock(self, by: timedelta, lasting: timedelta) -> None:
        """Let our clock jump, run for a while and come back, while the calendar's stands still (F-12)."""
        began = self.wall.now()
        self.clock.ahead = by
        await self.settle()
        while (passed := self.clock.ahead - by) < lasting:
            due = await self._due()
            ours = self.clock.now()
            step = max(due - ours, _TICK) if due is not None else lasting
            coarse = max(step, lasting / _HOPS / 2)
            self.clock.ahead = by + min(passed + coarse, lasting)
            await self.settle()
        assert self.wall.now() == began  # noqa: S101 - the calendar's clock is not ours to move
        self.clock.ahead = timedelta(0)
        await self.settle()

    def _set(self, instant: datetime) -> None:
        self.wall.instant = instant
        for fault in self.throttles:
            # The calendar throttles for as long as the fault lasts.
            if fault.until is not None:
                fault.retry_after = max(fault.until - instant, _TICK)

    async def _next(self, began: datetime, now: datetime, to: datetime) -> datetime:
        if now - began < _FINE_AFTER or to - now <= _FINE_BEFORE:
            due = await self._due()
            return to if due is None else max(due, now + _TICK)
        hop = max((to - began) / _HOPS, _SHORTEST_HOP)
        return min(now + hop, to - _FINE_BEFORE)

    async def _due(self) -> datetime | None:
        """Return the next instant at which something of ours or of the calendar falls due."""

        def work(tx: Transaction) -> list[datetime | None]:
            return [tx.mailboxes.next_due(), tx.subscriptions.next_renewal()]

        try:
            instants = await asyncio.to_thread(self._reading, work)
        except KalenderkopplingError:
            instants = []
        letters = [letter.due for letter in self.graph.courier.waiting if not self.graph.courier.delivery.held]
        return min((each for each in [*instants, *letters] if each is not None), default=None)

    # The end

    async def stop(self) -> None:
        """Close everything."""
        self.door.application_for = None
        await self.system.close()
        await self.door.stop()
        await self.graph.stop()


async def set_stage(now: datetime, zones: Mapping[str, ZoneInfo], folder: Path) -> Stage:
    """Set up a run: empty mailboxes in a pretend calendar, and a process of ours without people."""
    wall = WallClock(now)
    clock = OurClock(wall)
    world = World(wall.now)
    for user, zone in zones.items():
        world.add_mailbox(address_of(user), zone=zone.key)
    graph = await PretendGraph(world).start()
    # The speed of this machine must not matter.
    graph.courier.delivery.slow_after = graph.courier.delivery.give_up_after = timedelta(minutes=5)
    door = Door()
    await door.start()
    outside = Outside(
        clock=clock,
        graph=_connection(graph),
        address_of=door.address,
        version_of=lambda address: world.mailbox(address).version,
    )
    system = await start_system(folder / "life-1.db", outside)
    door.application_for = system.application_for
    await put_in_order(system)
    return Stage(
        wall=wall,
        clock=clock,
        world=world,
        graph=graph,
        outlook=Outlook(world, zones),
        door=door,
        folder=folder,
        outside=outside,
        system=system,
    )


def _connection(graph: PretendGraph) -> GraphConnection:
    """Return what an administrator would fill in to reach the pretend calendar."""
    return GraphConnection(
        tenant_id=graph.world.tenant_id,
        client_id=graph.application.client_id,
        secret=graph.application.secret,
        base_url=graph.base_url,
        authority=graph.authority_url.rpartition("/")[0],
        ca_file=str(graph.ca_file),
    )
