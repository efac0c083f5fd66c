"""What every use case needs: store, clock, bus; and the unit of work that tells others after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.mailbox import Change, MailboxRef
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.bus import Bus
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.store import Store, Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The ports that use cases share; `new_id` gives opaque random ids."""

    store: Store
    clock: Clock
    bus: Bus
    new_id: Callable[[], AbsenceId]


@dataclass(slots=True, kw_only=True)
class Unit:
    """One transaction and what is told after it: changed people, mailboxes to wake, a purge that is due."""

    tx: Transaction
    now: datetime
    changed: dict[PersonId, None] = field(default_factory=dict)
    woken: dict[PersonId, None] = field(default_factory=dict)
    scrub: bool = False

    def tell(self, *people: PersonId) -> None:
        """Tell, after the commit, that people's state changed; the feed has it in the same transaction."""
        self.tx.changes.add(people, self.now)
        self.changed.update(dict.fromkeys(people))

    def wake(self, people: Iterable[PersonId]) -> None:
        """Have mailboxes looked at now; they are due in the same transaction, so a lost wake-up costs nothing."""
        wanted = list(people)
        self.tx.mailboxes.make_due(wanted, self.now)
        self.woken.update(dict.fromkeys(wanted))


async def perform(core: Core, tenant: TenantId, work: Callable[[Unit], T]) -> T:
    """Do a unit of work in one transaction and one thread hop; after the commit purge, publish and wake."""
    unit_and_result = await asyncio.to_thread(_in_transaction, core, tenant, work)
    unit, result = unit_and_result
    try:
        if unit.scrub:
            await asyncio.to_thread(core.store.scrub)
    finally:
        # A purge that has to be tried again is no reason to leave others with what was true before.
        await _tell(core, tenant, unit)
    return result


async def _tell(core: Core, tenant: TenantId, unit: Unit) -> None:
    for person in unit.changed:
        await core.bus.publish(Change(tenant=tenant, person=person))
    for person in unit.woken:
        await core.bus.wake(MailboxRef(tenant=tenant, person=person))


def _in_transaction(core: Core, tenant: TenantId, work: Callable[[Unit], T]) -> tuple[Unit, T]:
    with core.store.write(tenant) as tx:
        unit = Unit(tx=tx, now=core.clock.now())
        result = work(unit)
    return unit, result


async def look_up(core: Core, tenant: TenantId, work: Callable[[Transaction], T]) -> T:
    """Read in one transaction and one thread hop."""
    return await asyncio.to_thread(_reading, core, tenant, work)


def _reading(core: Core, tenant: TenantId, work: Callable[[Transaction], T]) -> T:
    with core.store.read(tenant) as tx:
        return work(tx)
