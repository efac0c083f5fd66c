"""One process of ours: store, bus, worker, the connection to the calendar; how it starts and ends."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from kalenderkoppling.calendars.graph.connection import Connection as GraphConnection
from kalenderkoppling.calendars.graph.open import Graph, open_graph
from kalenderkoppling.composition.core import AbsenceIds, make_core
from kalenderkoppling.composition.from_settings.addresses import AddressOf
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.scenarios.clocks import OurClock
from kalenderkoppling.scenarios.door import Application
from kalenderkoppling.scenarios.life import Deaths, MortalStore
from kalenderkoppling.scenarios.records import RecordedBus
from kalenderkoppling.scenarios.watched import Gate, WatchedCalendar
from kalenderkoppling.store import SqlStore, open_store
from kalenderkoppling.surfaces.absences.surface import absences_surface
from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.hooks.routes import Hooks
from kalenderkoppling.surfaces.hooks.surface import hooks_app
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.app import create_app
from kalenderkoppling.surfaces.web.demo_sign_in import DemoSignIn
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.mailboxes.worker import Worker

_HOOKS_PATH = "/hooks/"
# Real seconds: a slow machine must not look like a slow calendar.
_DEADLINE_SECONDS = 120.0
_OPTIONS = WebOptions(tenant=TENANT)


@dataclass(slots=True, kw_only=True)
class Outside:
    """What outlives a process of ours: the calendar, clocks, the public address, the records."""

    clock: OurClock
    graph: GraphConnection
    address_of: AddressOf
    version_of: Callable[[str], int]
    deaths: Deaths = field(default_factory=Deaths)
    gate: Gate = field(default_factory=Gate)
    seen: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _NextId:
    """Returns random ids, or the id that a scenario has named."""

    wanted: str | None = None
    random: AbsenceIds = field(default_factory=AbsenceIds)

    def __call__(self) -> AbsenceId:
        if self.wanted is None:
            return self.random()
        named, self.wanted = AbsenceId(self.wanted), None
        return named


@dataclass(slots=True, kw_only=True)
class System:
    """A running process; `lasting` is its store without simulated kills."""

    core: Core
    store: MortalStore
    lasting: SqlStore
    bus: RecordedBus
    worker: Worker
    graph: Graph
    meter: PrometheusMeter
    next_id: _NextId
    hooks: Application
    _pages: list[Application] = field(default_factory=list)

    def application_for(self, path: str) -> Application:
        """Return the application for a path; the pages are built on first use."""
        if path.startswith(_HOOKS_PATH):
            return self.hooks
        if not self._pages:
            self._pages.append(_page_app(self.core, self.meter))
        return self._pages[0]

    async def close(self) -> None:
        """Let go of everything."""
        await self.graph.close()
        await asyncio.to_thread(self.lasting.close)


async def start_system(file: Path, outside: Outside) -> System:
    """Start a process on a database file, as the program does: first the recovery after the previous one."""
    lasting = await asyncio.to_thread(open_store, f"sqlite:///{file}")
    await asyncio.to_thread(lasting.add_tenant, TENANT)
    store, bus, next_id = MortalStore(lasting, outside.deaths), RecordedBus(outside.said), _NextId()
    graph = await open_graph(outside.graph, outside.clock, jitter=lambda: 0.0, deadline_seconds=_DEADLINE_SECONDS)
    source = WatchedCalendar(inner=graph.calendar, version_of=outside.version_of, seen=outside.seen, gate=outside.gate)
    connection = Connection(source=source, notices=graph.notices)
    core = replace(make_core(store, outside.clock, bus), new_id=next_id)
    meter = PrometheusMeter()
    worker = Worker(
        core=core,
        connection_of=lambda _: connection,
        meter=meter,
        # No jitter: a sweep comes as late as allowed.
        chance=lambda: 0.0,
        address_of=outside.address_of,
    )
    return System(
        core=core,
        store=store,
        lasting=lasting,
        bus=bus,
        worker=worker,
        graph=graph,
        meter=meter,
        next_id=next_id,
        hooks=_hook_app(core, Hooks(notices=graph.notices, meter=meter, tenants=frozenset({TENANT}))),
    )


def _hook_app(core: Core, hooks: Hooks) -> Application:
    return cast("Application", hooks_app(core, _OPTIONS, hooks))


def _page_app(core: Core, meter: PrometheusMeter) -> Application:
    surfaces = [directory_surface(), absences_surface(), mine_surface(), operations_surface(meter)]
    return cast("Application", create_app(core, _OPTIONS, sign_in=DemoSignIn(), surfaces=surfaces))


async def put_in_order(system: System) -> None:
    """Do the start-up work of a process."""
    await resume(system.core, TENANT, alone=True)


async def crashed_image(system: System, file: Path, to: Path) -> None:
    """Copy the files as a killed process leaves them, write-ahead log included, and close the process."""
    for suffix in ("", "-wal"):
        source = file.with_name(file.name + suffix)
        if source.exists():
            shutil.copyfile(source, to.with_name(to.name + suffix))
    await system.close()
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
