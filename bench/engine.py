"""Measure 7, and figures of the engine: claims, bursts of wake-ups, a minute in which very many absences start."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.company import TENANT, copied, keep, opened, placed
from bench.figures import Goal, Section, Taken, milliseconds, percentile, shown
from bench.sizes import Sizes
from kalenderkoppling.bus import MemoryBus
from kalenderkoppling.domain.absence import OUT_OF_OFFICE
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, Rule
from kalenderkoppling.store.engine import pragmas
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.mailboxes.timing import LEASE, next_sweep
from kalenderkoppling.usecases.rules.carry_out import carry_out
from kalenderkoppling.usecases.rules.set_rules import set_layer

RULE_CHANGE_SECONDS = 10.0
_BURST = 10


async def measure(sizes: Sizes, template: Path, people: Sequence[Person]) -> Section:
    """Measure the engine's parts alone."""
    section = Section(
        title="Engine",
        text=(
            f"On SQLite with {len(people):,} people. Claim and release is what each look pays to be alone on its "
            f"mailbox (two transactions). The burst wakes mailboxes {_BURST} times each in random order and claims, "
            "finishes and tells once for each wake-up that was not coalesced."
        ),
        header=("", "figure", "the limit, or a peer"),
    )
    file = copied(template, "engine.db")
    with opened(file) as core:
        some = people[: sizes.claims]
        claims = Taken(tuple([await _claims(core, some) for _ in range(sizes.rounds)]))
        bare = Taken(tuple(_bare_claims(file, some) for _ in range(sizes.rounds)))
        section.rows.append(("claim + release", f"{claims} /s", f"bare sqlite3: {bare} /s"))
        rate, idle = await _burst(core, some[: max(len(some) // 2, 1)])
        section.rows.append((f"burst, {_BURST} notifications per mailbox", f"{shown(rate)} notifications/s", ""))
        wake = f"p50 {milliseconds(percentile(idle, 0.5))}, p99 {milliseconds(percentile(idle, 0.99))}"
        section.rows.append(("idle: wake-up -> the look begins", wake, ""))
        section.rows.append(_rows_per_second(core, file, people, sizes))
        section.rows.append(_boundaries(core, people, sizes))
    return section


async def _claims(core: Core, people: Sequence[Person]) -> float:
    began = time.perf_counter()
    for person in people:
        await asyncio.to_thread(_claim_and_release, core, person)
    return len(people) / (time.perf_counter() - began)


def _claim_and_release(core: Core, person: Person) -> None:
    now = core.clock.now()
    with core.store.write(TENANT) as tx:
        claim = tx.mailboxes.claim(person.id, now, LEASE)
    if claim is None:
        raise RuntimeError("a mailbox was held by nobody and could not be claimed")
    with core.store.write(TENANT) as tx:
        tx.mailboxes.finish(claim, replace(claim.state, due=next_sweep(now, 0.5), last_good_look=now))


def _bare_claims(file: Path, people: Sequence[Person]) -> float:
    claim = "UPDATE mailbox SET lease_until = 1, generation = generation + 1 WHERE tenant_id = ? AND person_id = ?"
    finish = "UPDATE mailbox SET lease_until = 0, due = due + 1 WHERE tenant_id = ? AND person_id = ?"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in pragmas():
            connection.execute(pragma)
        began = time.perf_counter()
        for person in people:
            for statement in (claim, finish):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(statement, (TENANT, person.id))
                connection.execute("COMMIT")
        return len(people) / (time.perf_counter() - began)


async def _burst(core: Core, people: Sequence[Person]) -> tuple[float, list[float]]:
    """Return notifications per second in a burst, and how long after a lone wake-up its look begins."""
    if not isinstance(core.bus, MemoryBus):
        raise TypeError
    refs = [MailboxRef(tenant=TENANT, person=each.id) for each in people]
    by_id = {each.id: each for each in people}
    begun: asyncio.Queue[float] = asyncio.Queue()

    async def look(ref: MailboxRef) -> None:
        begun.put_nowait(time.perf_counter())
        await asyncio.to_thread(_claim_and_release, core, by_id[ref.person])

    consumer = asyncio.create_task(core.bus.consume(look, at_once=16))
    waits = []
    for ref in refs[:100]:
        await asyncio.sleep(0.002)
        woken = time.perf_counter()
        await core.bus.wake(ref)
        waits.append(await begun.get() - woken)
    await asyncio.sleep(0.05)
    waves = refs * _BURST
    random.Random(2).shuffle(waves)
    began = time.perf_counter()

    for ref in waves:
        await perform(core, TENANT, _waking(ref))
    while core.bus.pending:  # noqa: ASYNC110 - the bus has no event for being empty
        await asyncio.sleep(0.002)
    took = time.perf_counter() - began
    consumer.cancel()
    return len(waves) / took, waits


def _waking(ref: MailboxRef) -> Callable[[Unit], None]:
    return lambda unit: unit.wake([ref.person])


_KEPT_AT_ONCE = 200


def _rows_per_second(core: Core, file: Path, people: Sequence[Person], sizes: Sizes) -> Sequence[str]:
    """Write bookings of some people, a transaction each, and the same rows once more by bare sqlite3."""
    some = people[: max(len(people) // 500, 1)]
    stored, bare = [], []
    for _ in range(sizes.rounds):
        ready = [(person, list(placed(number, _KEPT_AT_ONCE, days=30))) for number, person in enumerate(some)]
        began = time.perf_counter()
        for person, rows in ready:
            with core.store.write(TENANT) as tx:
                tx.absences.add(person.id, rows)
        stored.append(len(some) * _KEPT_AT_ONCE / (time.perf_counter() - began))
        bare.append(_bare_rows(file, some, {each.kept.id for _, rows in ready for each in rows}))
    return "bookings kept, 200 per transaction", f"{Taken(tuple(stored))} rows/s", f"bare sqlite3: {Taken(tuple(bare))}"


def _bare_rows(file: Path, people: Sequence[Person], ids: Collection[str]) -> float:
    """Delete rows and write them again, timing only the writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in pragmas():
            connection.execute(pragma)
        of_one = "SELECT * FROM kept WHERE tenant_id = ? AND person_id = ?"
        found = (row for person in people for row in connection.execute(of_one, (TENANT, person.id)))
        rows = [row for row in found if row[2] in ids]
        of_person: dict[str, list[tuple[object, ...]]] = {}
        for row in rows:
            of_person.setdefault(row[1], []).append(row)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("DELETE FROM kept WHERE absence_id = ? AND tenant_id = ?", [(r[2], r[0]) for r in rows])
        connection.execute("COMMIT")
        insert = f"INSERT INTO kept VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - nothing of it is input
        began = time.perf_counter()
        for each in of_person.values():
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, each)
            connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - began)


def _boundaries(core: Core, people: Sequence[Person], sizes: Sizes) -> Sequence[str]:
    """Let very many absences start in one minute, and query whom it concerns."""
    each = max(sizes.starting // len(people), 1)
    keep(core.store, people, each, days=1)
    now = core.clock.now()
    took, found = 0.0, 0
    for half_hour in range(32):
        start = now.replace(minute=0) + timedelta(minutes=30 * half_hour - 240)
        with core.store.read(TENANT) as tx:
            began = time.perf_counter()
            concerned = tx.absences.with_boundary(Interval(start=start - timedelta(seconds=59), end=start))
            if len(concerned) > found:
                took, found = time.perf_counter() - began, len(concerned)
    return (
        f"whom does this minute concern: {found:,} people",
        milliseconds(took),
        "",
    )


# ── measure 7: a rule change for everybody ──────────────────────────────────────────────────────


async def measure_rule_change(sizes: Sizes, template: Path, people: Sequence[Person]) -> Section:
    """Switch a kind of booking off for everybody, and on again."""
    narrowing, widening, gone = [], [], 0
    for _ in range(min(sizes.rounds, 3)):
        file = copied(template, "rules.db")
        with opened(file) as core:
            before = _kept(file)
            narrowing.append(await _seconds(core, _layer(None)))
            gone = before - _kept(file)
            widening.append(await _seconds(core, _layer(Rule(reason=OUT_OF_OFFICE))))
    narrow = Taken(tuple(narrowing))
    section = Section(
        title="A rule change for everybody (F-29)",
        text=(
            f"The administrator's rule for one show-as changes for {len(people):,} people of whom "
            f"{sizes.kept_per_person} bookings each are kept. The time is until the use case has returned: committed, "
            "purged from the file and its log, in force for every page and call."
        ),
        header=("change", "seconds", "rows purged"),
        rows=[
            ("no update for out of office", str(narrow), f"{gone:,}"),
            ("update again (every mailbox is due for a look)", str(Taken(tuple(widening))), "0"),
        ],
    )
    section.goals.append(
        Goal(
            what=f"rule change for {len(people):,} purged and in force",
            wanted=f"<= {RULE_CHANGE_SECONDS:.0f} s",
            reached=f"{shown(narrow.median)} s",
            met=narrow.median <= RULE_CHANGE_SECONDS,
        )
    )
    return section


async def rule_change_seconds(core: Core) -> float:
    """Take one kind of booking from everybody, and return how long that takes."""
    return await _seconds(core, _layer(None))


def _layer(rule: Rule | None) -> ScopedLayer:
    return ScopedLayer(layer=Layer(kind=LayerKind.TENANT, rules={ShowAs.OUT_OF_OFFICE: rule}))


async def _seconds(core: Core, layer: ScopedLayer) -> float:
    began = time.perf_counter()
    await set_layer(core, TENANT, "bench", layer)
    await carry_out(core, TENANT)
    return time.perf_counter() - began


def _kept(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])
