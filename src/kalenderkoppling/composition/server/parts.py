"""What the server runs, opened and closed together: the store, the core, and the worker on the calendar system."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from kalenderkoppling.calendars.kind import OpenCalendar
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.addresses import AddressOf
from kalenderkoppling.composition.from_settings.company import pinned_company
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.server.prepare import prepare
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.bus import Bus
from kalenderkoppling.ports.calendar import ChangeNotices
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.settings import Settings
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.mailboxes.worker import Worker

_CHANCE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """What the server runs; `notices` reads what the calendar system sends, None where it sends nothing."""

    core: Core
    store: SqlStore
    worker: Worker
    meter: Meter
    notices: ChangeNotices | None


@asynccontextmanager
async def open_server(
    settings: Settings,
    people: Sequence[Person] | None,
    meter: Meter,
    *,
    clock: Clock,
    bus: Bus,
    calendar: OpenCalendar | None,
    address_of: AddressOf | None,
) -> AsyncIterator[ServerParts]:
    """Open the store, and update it from the settings.

    With `people`, the directory is imported; without, it is unchanged. Without `calendar` no mailbox is read; without
    `address_of` there are no subscriptions, only the sweep.

    Raises:
        InvalidValueError: a setting does not fit; the message names it.
        StoreUnavailableError: the database cannot be reached.
    """
    with closing(opened_store(settings)) as store:
        core = make_core(store, clock, bus)
        await asyncio.to_thread(store.add_tenant, TENANT)
        await resume(core, TENANT, alone=settings.database.url.startswith("sqlite"))
        await prepare(core, pinned_company(settings.company), people)
        connection = Connection(source=calendar.source, notices=calendar.notices) if calendar else None
        worker = Worker(
            core=core,
            connection_of=lambda tenant: connection if tenant == TENANT else None,
            meter=meter,
            chance=_CHANCE.random,
            address_of=address_of if connection else None,
        )
        notices = connection.notices if connection else None
        yield ServerParts(core=core, store=store, worker=worker, meter=meter, notices=notices)
