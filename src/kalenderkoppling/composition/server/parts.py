"""The whole house: store, bus, core, the calendars' connection and the worker, opened and closed together."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.calendars.graph import GraphCheck, open_graph
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.addresses import AddressOf
from kalenderkoppling.composition.from_settings.company import tenant_layer, tenant_settings
from kalenderkoppling.composition.from_settings.microsoft365 import graph_connection
from kalenderkoppling.composition.server.prepare import prepare
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.calendar import ChangeNotices
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.settings import Settings
from kalenderkoppling.store import SqlStore, open_store
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.mailboxes.worker import Worker

_CHANCE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """What a server runs: the core, the worker, and what notices are read with."""

    core: Core
    store: SqlStore
    worker: Worker
    meter: Meter
    notices: ChangeNotices | None
    check: GraphCheck | None = None
    """Looks at the connection as an administrator would; None where none is set up."""


@asynccontextmanager
async def open_server(
    settings: Settings, people: Sequence[Person] | None, meter: Meter, address_of: AddressOf | None
) -> AsyncIterator[ServerParts]:
    """Open everything for the settings; without `address_of` only the sweep looks.

    With `people` the directory is made so first; without, it is as it was.

    Raises:
        InvalidValueError: a setting or credential does not fit; the message names it.
        StoreUnavailableError: the database cannot be reached.
    """
    clock = SystemClock()
    with closing(open_store(settings.database.url)) as store:
        core = make_core(store, clock, MemoryBus())
        if settings.database.url.startswith("sqlite"):
            await resume(core, TENANT)
        await prepare(core, tenant_settings(settings.company), tenant_layer(settings.company), people)
        if settings.microsoft365 is None:
            yield _house(core, store, meter, None, None)
            return
        graph = await open_graph(graph_connection(settings.microsoft365), clock)
        try:
            connection = Connection(source=graph.calendar, notices=graph.notices)
            yield replace(_house(core, store, meter, connection, address_of), check=graph.check)
        finally:
            await graph.close()


def _house(
    core: Core, store: SqlStore, meter: Meter, connection: Connection | None, address_of: AddressOf | None
) -> ServerParts:
    worker = Worker(
        core=core,
        connection_of=lambda tenant: connection if tenant == TENANT else None,
        meter=meter,
        chance=_CHANCE.random,
        address_of=address_of,
    )
    notices = connection.notices if connection else None
    return ServerParts(core=core, store=store, worker=worker, meter=meter, notices=notices)
