"""The worker: does what is due now and says when it wants to be asked again; time comes from the clock alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.domain.mailbox import EVERYBODY, Change, MailboxRef
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import NoticeAddress
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.mailboxes.connection import ConnectionOf
from kalenderkoppling.usecases.mailboxes.keep_subscribed import WANTED_LIFE, Subscribing, keep_subscribed
from kalenderkoppling.usecases.mailboxes.runs import Runs
from kalenderkoppling.usecases.mailboxes.sync_mailbox import Looking, sync_mailbox
from kalenderkoppling.usecases.mailboxes.timing import HORIZON
from kalenderkoppling.usecases.rules.carry_out import carry_out

LONGEST_SLEEP = timedelta(minutes=1)
HOUSEKEEPING = timedelta(minutes=55)
"""How often what is too old is erased: with a turn's sleep before it, nothing is there an hour too long."""

AT_ONCE = 5_000
"""How many due mailboxes one turn wakes at most; the next turn follows at once."""

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)
CHANGES_KEPT = timedelta(days=1)
AUDIT_KEPT = timedelta(days=365)


@dataclass(slots=True, kw_only=True)
class Worker:
    """Looks at due mailboxes, keeps subscriptions, tells of absences that begin and end, erases what is too old.

    `address_of` gives the public address that notices of a route come to, None where notices cannot reach us.
    What it holds in memory may be lost: what it told last (costs one more telling), and which answers of calendars it
    dealt with (costs a full look).
    """

    core: Core
    connection_of: ConnectionOf
    meter: Meter
    chance: Callable[[], float]
    address_of: Callable[[TenantId, str, str], NoticeAddress] | None = None
    _runs: Runs = field(init=False)
    _told_until: dict[TenantId, datetime] = field(default_factory=dict)
    _kept_house: dict[TenantId, datetime] = field(default_factory=dict)
    _swept: set[MailboxRef] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._runs = Runs(self.core)

    async def look(self, ref: MailboxRef) -> None:
        """Look at one mailbox: the handler of wake-ups."""
        connection = self.connection_of(ref.tenant)
        if connection is None:
            return
        told = ref not in self._swept
        self._swept.discard(ref)
        looking = Looking(source=connection.source, meter=self.meter, chance=self.chance, runs=self._runs, told=told)
        await sync_mailbox(self.core, looking, ref)

    async def turn(self) -> datetime:
        """Do for every tenant what is due now; return when to be asked again, a minute ahead at most.

        One tenant's failure does not keep the others waiting (L-4).
        """
        await self.subscribe()
        await self.carry_out()
        return await self.keep_time()

    async def keep_time(self) -> datetime:
        """Wake what is due, tell of absences that began or ended, keep house; return when to be asked again."""
        now = self.core.clock.now()
        wanted = now + LONGEST_SLEEP
        for tenant in await asyncio.to_thread(self.core.store.tenants):
            try:
                wanted = min(wanted, await self._keep_time_of(tenant, now))
            except KalenderkopplingError:
                continue  # The next turn tries again; the state of each mailbox tells the administrator.
        return wanted

    async def subscribe(self) -> None:
        """Keep every tenant's subscriptions; this waits for the calendar system, so it has a turn of its own."""
        for tenant in await asyncio.to_thread(self.core.store.tenants):
            with contextlib.suppress(KalenderkopplingError):
                await self._subscribe(tenant)

    async def carry_out(self) -> None:
        """Carry out rule changes for many people, which takes seconds, so it has a turn of its own."""
        for tenant in await asyncio.to_thread(self.core.store.tenants):
            with contextlib.suppress(KalenderkopplingError):
                await carry_out(self.core, tenant)

    async def _keep_time_of(self, tenant: TenantId, now: datetime) -> datetime:
        await self._tell_boundaries(tenant, now)
        await self._wake_due(tenant, now)
        if not now - HOUSEKEEPING < self._kept_house.get(tenant, now - HOUSEKEEPING) <= now:
            await perform(self.core, tenant, keep_house)
            self._kept_house[tenant] = now
        return await look_up(self.core, tenant, lambda tx: _next(tx, now))

    async def _wake_due(self, tenant: TenantId, now: datetime) -> None:
        if self.connection_of(tenant) is None:
            return
        due = await look_up(self.core, tenant, lambda tx: tx.mailboxes.due(now, HORIZON, AT_ONCE))
        for person in due:
            ref = MailboxRef(tenant=tenant, person=person)
            self._swept.add(ref)
            await self.core.bus.wake(ref)

    async def _subscribe(self, tenant: TenantId) -> None:
        connection = self.connection_of(tenant)
        if connection is None or connection.notices is None or self.address_of is None:
            return
        await keep_subscribed(
            self.core, Subscribing(tenant=tenant, notices=connection.notices, address_of=self.address_of)
        )

    async def _tell_boundaries(self, tenant: TenantId, now: datetime) -> None:
        """Tell of absences that began or ended since the last turn; no timer stands for any of them."""
        since = self._told_until.get(tenant)
        if since is None or since > now:
            await self.core.bus.publish(Change(tenant=tenant, person=EVERYBODY))
        elif since < now:
            passed = Interval(start=since, end=now)
            for person in await look_up(self.core, tenant, lambda tx: tx.absences.with_boundary(passed)):
                await self.core.bus.publish(Change(tenant=tenant, person=person))
        self._told_until[tenant] = now


def _next(tx: Transaction, now: datetime) -> datetime:
    """Return the next instant at which something of a tenant falls due, later than now."""
    instants = [tx.mailboxes.next_due(), tx.absences.next_boundary(now), tx.subscriptions.next_renewal()]
    return min((each for each in instants if each is not None and each > now), default=now + LONGEST_SLEEP)


def keep_house(unit: Unit) -> None:
    """Erase what is older than it may be kept: ended absences, calls, sessions, changes, contents of the audit log."""
    settings = unit.tx.people.settings()
    unit.tx.absences.drop_ended(unit.now - settings.retention)
    unit.tx.calls.drop_before(unit.now - settings.calls_kept)
    unit.tx.calls.erase_numbers(unit.now - settings.call_numbers_kept)
    unit.tx.call_backs.drop_before(unit.now - settings.retention)
    unit.tx.sessions.drop_before(unit.now - SESSION_LIFE, unit.now - SESSION_IDLE)
    unit.tx.changes.drop_before(unit.now - CHANGES_KEPT)
    unit.tx.audit.drop_before(unit.now - AUDIT_KEPT)
    for each in unit.tx.subscriptions.all():
        if each.renew_at > unit.now + WANTED_LIFE:
            unit.tx.subscriptions.renew_now(each.person, unit.now)  # It was set under a wrong clock (F-12).
    # Also what a killed process, or one that a reader kept from it, left in free pages and the log (S-1).
    unit.scrub = True
