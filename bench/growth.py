"""How cost grows with the number of people: start-up, sweep, search, rule change and memory, in one table."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from bench.company import TENANT, SetClock, employees, import_into, keep, opened
from bench.engine import rule_change_seconds
from bench.figures import Section, milliseconds, percentile, shown
from bench.machine import resident_megabytes
from bench.pipeline import Spent, Watch, look_at_all, with_graph, worker_on
from bench.product import process
from bench.ready_graph import ready_graph
from bench.searching import queries
from bench.sizes import Sizes
from kalenderkoppling.calendars.graph.connection import Connection as GraphConnection
from kalenderkoppling.domain.person import Role
from kalenderkoppling.ports.calendar import CalendarSource
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.directory.search_people import search_people

_SWEEP = timedelta(minutes=16)
_PATIENCE_SECONDS = 600
_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What was measured with so many people; seconds, and megabytes resident at the end of the sweep."""

    people: int
    start_seconds: float
    swept: int
    sweep: Spent
    search_p99: float
    rule_seconds: float
    megabytes: float


def measure(sizes: Sizes, folder: Path) -> Section:
    """Measure each size in a process of its own."""
    found: list[tuple[float, Grown]] = []
    for count in sizes.growth:
        file = folder / f"growth-{count}.db"
        people = employees(count)
        began = time.perf_counter()
        asyncio.run(import_into(file, people))
        import_seconds = time.perf_counter() - began
        with opened(file) as core:
            keep(core.store, people, sizes.kept_per_person)
        with ready_graph(sizes.sweep_rows) as graph, process(_run, sizes, file, graph, count) as pipe:
            if not pipe.poll(_PATIENCE_SECONDS):
                raise TimeoutError("the measure of growth did not end")
            found.append((import_seconds, pipe.recv()))
        file.unlink()
    return _section(sizes, found)


def _run(sizes: Sizes, file: Path, graph: GraphConnection, count: int, pipe: Pipe) -> None:
    pipe.send(asyncio.run(_grown(sizes, file, graph, count)))


async def _grown(sizes: Sizes, file: Path, graph: GraphConnection, count: int) -> Grown:
    people, clock = employees(count), SetClock()
    looked_at = people[: sizes.growth_looks]

    async def start(source: CalendarSource) -> Spent:
        watch = Watch()
        with opened(file, clock) as core:
            await worker_on(core, source).keep_time()
        return watch.spent()

    started = await with_graph(graph, clock, start)
    with opened(file, clock) as core:

        async def twice(source: CalendarSource) -> Spent:
            worker = worker_on(core, source)
            await look_at_all(worker, looked_at)
            clock.at += _SWEEP
            return await look_at_all(worker, looked_at)

        sweep = await with_graph(graph, clock, twice)
        megabytes = resident_megabytes()
        actor = Actor(tenant=TENANT, person=people[0].id, roles=frozenset({Role.EMPLOYEE}))
        searches = []
        for text in queries(people, sizes.growth_searches):
            asked = time.perf_counter()
            await search_people(core, actor, text, limit=_LIMIT)
            searches.append(time.perf_counter() - asked)
        rule_seconds = await rule_change_seconds(core)
    return Grown(
        people=count,
        start_seconds=started.wall,
        swept=len(looked_at),
        sweep=sweep,
        search_p99=percentile(searches, 0.99),
        rule_seconds=rule_seconds,
        megabytes=megabytes,
    )


async def _nothing(_: object) -> None:
    """Leave a mailbox that is due alone."""


def _section(sizes: Sizes, found: list[tuple[float, Grown]]) -> Section:
    return Section(
        title="How cost grows",
        text=(
            f"Each row is a process of its own on a store of so many people, with {sizes.kept_per_person} bookings "
            f"kept of each. Start-up is from opening the store to the first turn of the worker. At most "
            f"{sizes.growth_looks:,} mailboxes are looked at twice, and the second time, unchanged, is the sweep; the "
            f"search is with statuses ({sizes.growth_searches} searches); the rule change takes one kind of booking "
            "from everybody, purge included. Memory is resident after the sweep, the bench's list of people included. "
            "Taken once each."
        ),
        header=(
            "people", "import", "start-up", "unchanged sweep", "CPU per mailbox", "search p99", "rule change", "memory",
        ),
        rows=[
            (
                f"{each.people:,}", f"{shown(import_seconds)} s", f"{shown(each.start_seconds)} s",
                f"{shown(each.swept / each.sweep.wall)} /s", f"{shown(1_000 * each.sweep.cpu / each.swept)} ms",
                milliseconds(each.search_p99), f"{shown(each.rule_seconds)} s", f"{each.megabytes:.0f} MB",
            )
            for import_seconds, each in found
        ],
    )  # fmt: skip
