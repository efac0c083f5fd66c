"""Measures 2 and 3: from a pretend Graph over HTTP into SQLite, first in full and then unchanged."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from bench.company import TENANT, LookMeter, SetClock, copied, employees, import_into, opened
from bench.figures import Goal, Section, Taken, ratio, shown
from bench.ready_graph import PAGES, ready_graph, ready_pages
from bench.sizes import Sizes
from bench.straight import raw_decode
from kalenderkoppling.calendars.graph.connection import Connection as GraphConnection
from kalenderkoppling.calendars.graph.open import open_graph
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.calendar import CalendarSource
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.store.engine import pragmas
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.run_worker import AT_ONCE, freeze_loaded_objects
from kalenderkoppling.usecases.mailboxes.worker import Worker

SHARES_WANTED = {20: 0.3, 1_000: 0.5}
"""Which share of the limit is wanted, by bookings per mailbox."""
SWEPT_WANTED = 2_000
_SWEEP = timedelta(minutes=16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The cost of a piece of work: wall-clock seconds, and CPU seconds of this process."""

    wall: float
    cpu: float


class Watch:
    """Measures both times, over all threads of this process."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def spent(self) -> Spent:
        return Spent(wall=time.perf_counter() - self._wall, cpu=time.process_time() - self._cpu)


def worker_on(core: Core, source: CalendarSource) -> Worker:
    """Return a worker as the running engine has it."""
    return Worker(
        core=core,
        connection_of=lambda _: Connection(source=source),
        meter=LookMeter(),
        chance=random.Random(1).random,
    )


async def look_at_all(worker: Worker, people: Sequence[Person]) -> Spent:
    """Look at every mailbox as the engine does, with a concurrency limit; raise where a look failed."""
    core, meter = worker.core, LookMeter()
    worker.meter = meter
    left, done = len(people), asyncio.Event()

    async def look(ref: MailboxRef) -> None:
        nonlocal left
        await worker.look(ref)
        left -= 1
        if not left:
            done.set()

    for person in people:
        await core.bus.wake(MailboxRef(tenant=TENANT, person=person.id))
    freeze_loaded_objects()
    watch = Watch()
    consumer = asyncio.create_task(core.bus.consume(look, at_once=AT_ONCE))
    await done.wait()
    spent = watch.spent()
    consumer.cancel()
    if meter.counts.get(Count.LOOKS) != len(people):
        raise RuntimeError(f"not every look succeeded: {meter.counts}")
    return spent


async def with_graph(
    connection: GraphConnection, clock: SetClock, work: Callable[[CalendarSource], Awaitable[Spent]]
) -> Spent:
    """Open the real source, signed in, and call a function with it."""
    graph = await open_graph(connection, clock)
    try:
        await graph.sign_in.token()
        return await work(graph.calendar)
    finally:
        await graph.close()


# ── measure 2: the first full look ──────────────────────────────────────────────────────────────


async def measure(sizes: Sizes, folder: Path) -> Section:
    """Measure first looks at mailboxes of several sizes."""
    section = Section(
        title="Whole pipeline: pretend Graph to SQLite",
        text=(
            "First full look at mailboxes that are new to an empty store: the real source over HTTP (the pretend "
            "Graph answers ready pages from another process), the real use case, the real worker and bus, SQLite on "
            "disk. Only what gives an absence is kept, about eight of ten bookings. The limit is the sum of a bare "
            "msgspec decode of the same pages and a bare sqlite3 `executemany` of the same rows into the same tables "
            "and indexes, in the same two transactions per mailbox (claim and fence), without HTTP, rules, plan or "
            "comparison."
        ),
        header=(
            "bookings per mailbox", "mailboxes", "bookings/s", "mailboxes/s", "CPU per mailbox",
            "the limit, bookings/s", "share of the limit", "share of its CPU", "fetching alone, bookings/s",
        ),
        after=(
            "What stands between the two at 20 bookings is not the bookings but the look: the same two transactions "
            "through SQLAlchemy read person, rules, settings and what is kept, so that an edit, a rule or a forgotten "
            "run can never be overwritten (about 17 statements), the request goes through aiohttp, and two hops to a "
            "thread keep the web answering. With more bookings per mailbox that part shrinks, and what remains are "
            "rules, plan and typed rows. Nothing of it is left out for speed."
        ),
    )  # fmt: skip
    for rows, mailboxes in sizes.pipeline:
        await _measure_size(section, folder, rows, mailboxes, sizes.rounds)
    return section


async def _measure_size(section: Section, folder: Path, rows: int, mailboxes: int, rounds: int) -> None:
    people, ready = employees(mailboxes), ready_pages(rows)
    template = folder / f"empty-{mailboxes}.db"
    await import_into(template, people)
    ours, limits, fetches = [], [], []
    with ready_graph(rows) as connection:
        for _ in range(rounds):
            file = copied(template, "pipeline.db")
            ours.append(await _first_looks(connection, file, people))
            limits.append(_limit(copied(template, "limit.db"), people, ready, _rows_of(file)))
            fetches.append(await _fetch_alone(connection, people))
    bookings = rows * mailboxes
    mine, limit = (Taken(tuple(bookings / each.wall for each in some)) for some in (ours, limits))
    share = ratio(mine, limit)
    cpu = Taken(tuple(1_000 * each.cpu / mailboxes for each in ours))
    of_cpu = Taken(tuple(bare.cpu / each.cpu for each, bare in zip(ours, limits, strict=True)))
    fetched = Taken(tuple(bookings / each.wall for each in fetches))
    section.rows.append(
        (
            f"{rows:,}", f"{mailboxes:,}", str(mine), shown(mine.median / rows), f"{shown(cpu.median)} ms",
            str(limit), str(share), shown(of_cpu.median), shown(fetched.median),
        )
    )  # fmt: skip
    wanted = SHARES_WANTED.get(rows)
    if wanted is not None:
        section.goals.append(
            Goal(
                what=f"pipeline, {rows:,} bookings per mailbox",
                wanted=f">= {wanted} of the limit",
                reached=shown(share.median),
                met=share.median >= wanted,
            )
        )


async def _first_looks(connection: GraphConnection, file: Path, people: Sequence[Person]) -> Spent:
    clock = SetClock()
    with opened(file, clock) as core:
        return await with_graph(connection, clock, lambda source: look_at_all(worker_on(core, source), people))


async def _fetch_alone(connection: GraphConnection, people: Sequence[Person]) -> Spent:
    """Request the same pages with the same client and discard them: the cost of HTTP."""
    watch = Watch()
    turn = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def fetch(person: Person) -> None:
            async with turn, session.get(f"{connection.base_url}/users/{person.mailbox}/calendarView") as response:
                await response.read()

        await asyncio.gather(*(fetch(person) for person in people))
    return watch.spent()


_Row = tuple[object, ...]


def _rows_of(file: Path) -> Mapping[str, list[_Row]]:
    """Return the stored rows, by person, in the order of the table."""
    found: dict[str, list[_Row]] = {}
    with closing(sqlite3.connect(file)) as connection:
        for row in connection.execute("SELECT * FROM kept"):
            found.setdefault(row[1], []).append(row)
    return found


_CLAIM = (
    "UPDATE mailbox SET lease_until = 1, due = 1, due_before_claim = due, generation = generation + 1"
    " WHERE tenant_id = ? AND person_id = ?"
)
_FINISH = "UPDATE mailbox SET lease_until = 0, due = 2, last_good_look = 1 WHERE tenant_id = ? AND person_id = ?"
_ADVANCE = "UPDATE head SET change_number = change_number + 1 WHERE tenant_id = ? RETURNING change_number"


def _limit(file: Path, people: Sequence[Person], ready: Sequence[bytes], rows: Mapping[str, list[_Row]]) -> Spent:
    """The limit: decode the same pages and write the same rows, and nothing else."""
    width = len(next(iter(rows.values()))[0])
    insert = f"INSERT INTO kept VALUES ({', '.join('?' * width)})"  # noqa: S608 - nothing of it is input
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in pragmas():
            connection.execute(pragma)
        watch = Watch()
        for number, person in enumerate(people):
            key = (TENANT, person.id)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_CLAIM, key)
            connection.execute("COMMIT")
            raw_decode(ready[number % PAGES])
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_FINISH, key)
            connection.executemany(insert, rows.get(person.id, ()))
            change = connection.execute(_ADVANCE, (TENANT,)).fetchone()[0]
            connection.execute("INSERT INTO change VALUES (?, ?, ?, 1)", (TENANT, change, person.id))
            connection.execute("COMMIT")
        return watch.spent()


# ── measure 3: an unchanged sweep ───────────────────────────────────────────────────────────────

_WATCHED = ("kept", "by_hand", "choice", "change", "audit_link", "audit_payload", "person")


async def measure_sweep(sizes: Sizes, folder: Path) -> Section:
    """Look at every unchanged mailbox once more."""
    people, clock = employees(sizes.sweep_mailboxes), SetClock()
    file = folder / "sweep.db"
    await import_into(file, people)
    with ready_graph(sizes.sweep_rows) as connection, opened(file, clock) as core:

        async def sweeps(source: CalendarSource) -> Spent:
            worker = worker_on(core, source)
            first.append(await look_at_all(worker, people))
            _count_writes(file)
            for _ in range(sizes.sweeps):
                clock.at += _SWEEP
                again.append(await look_at_all(worker, people))
            return again[-1]

        first: list[Spent] = []
        again: list[Spent] = []
        await with_graph(connection, clock, sweeps)
    return _sweep_section(sizes, first[0], again, _written(file))


_TALLY = "UPDATE bench_written SET tally = tally + 1"


def _count_writes(file: Path) -> None:
    """Count, by triggers, every row that is written from now on, except the state of mailboxes."""
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        connection.execute("CREATE TABLE bench_written (tally INTEGER)")
        connection.execute("INSERT INTO bench_written VALUES (0)")
        for table in _WATCHED:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                trigger = f"CREATE TRIGGER bench_{table}_{verb} AFTER {verb} ON {table} BEGIN {_TALLY}; END"
                connection.execute(trigger)
        connection.commit()


def _written(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT tally FROM bench_written").fetchone()[0])


def _sweep_section(sizes: Sizes, first: Spent, again: Sequence[Spent], written: int) -> Section:
    mailboxes = sizes.sweep_mailboxes
    swept = Taken(tuple(mailboxes / each.wall for each in again))
    took = Taken(tuple(each.wall for each in again))
    return Section(
        title="An unchanged sweep",
        text=(
            f"Every one of {mailboxes:,} mailboxes with {sizes.sweep_rows} bookings is looked at again through "
            f"the same worker, after a first look in {shown(first.wall)} s; {len(again)} sweeps. "
            f"Triggers in the database count every row written to {', '.join(f'`{each}`' for each in _WATCHED)}; the "
            "state of the mailbox itself (when it was looked at, when it is due) is written, as it must be."
        ),
        header=("mailboxes", "seconds", "mailboxes/s", "CPU per mailbox", "rows written"),
        rows=[
            (
                f"{mailboxes:,}", str(took), str(swept),
                f"{shown(1_000 * again[-1].cpu / mailboxes)} ms", str(written),
            )
        ],
        goals=[
            Goal(what="rows written by an unchanged sweep", wanted="0", reached=str(written), met=written == 0),
            Goal(
                what="unchanged mailboxes swept by one process",
                wanted=f">= {SWEPT_WANTED:,} /s",
                reached=f"{shown(swept.median)} /s",
                met=swept.median >= SWEPT_WANTED,
            ),
        ],
        after=(
            f"At this rate one process sweeps {shown(swept.median * 900)} mailboxes in the 15 minutes that a sweep may "
            "take (Graph's answer time not counted)."
        ),
    )  # fmt: skip
