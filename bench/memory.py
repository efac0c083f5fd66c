"""Measure 6: memory with a large directory after reading millions of bookings; run in a fresh process."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import pages
from bench.company import TENANT, LookMeter, SetClock, employees, import_into, opened
from bench.figures import Section, shown
from bench.machine import resident_megabytes
from bench.product import process
from bench.sizes import Sizes
from kalenderkoppling.calendars.graph.translate import Look
from kalenderkoppling.calendars.graph.wire import read_page
from kalenderkoppling.composition.core import AbsenceIds
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.rules.layers import policy_for
from kalenderkoppling.rules.model import OwnRules
from kalenderkoppling.sync.plan import Known, Terms, make_plan
from kalenderkoppling.sync.window import window_at
from kalenderkoppling.usecases.mailboxes.runs import Runs
from kalenderkoppling.usecases.mailboxes.sync_mailbox import Looking, sync_mailbox

_PAGES = 100
_PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Resident megabytes at each stage, and what was done."""

    bare: float
    imported: float
    seen: float
    peak: float
    bookings: int
    stored_mailboxes: int
    import_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _ReadySource:
    """A calendar that decodes prepared bytes at each look."""

    bodies: Sequence[bytes]

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        number = int(mailbox[1:].partition("@")[0])
        look = Look(window, zone, fields)
        look.take(read_page(self.bodies[number % len(self.bodies)], full=False).value)
        return look.view()

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        del validator
        return await self.view(mailbox, window, zone, fields)


def measure(sizes: Sizes, folder: Path) -> Section:
    """Start the process and wait for its result."""
    with process(_run, sizes, folder) as pipe:
        if not pipe.poll(_PATIENCE_SECONDS):
            raise TimeoutError("the measure of memory did not end")
        held: Held = pipe.recv()
    return _section(sizes, held)


def _run(sizes: Sizes, folder: Path, pipe: Pipe) -> None:
    pipe.send(asyncio.run(_hold(sizes, folder)))


async def _hold(sizes: Sizes, folder: Path) -> Held:
    file, clock = folder / "memory.db", SetClock()
    bare = resident_megabytes()
    people = employees(sizes.people)
    began = time.perf_counter()
    await import_into(file, people)
    import_seconds = time.perf_counter() - began
    imported = resident_megabytes()
    source = _ReadySource([pages.page(sizes.seen_per_person, seed=number) for number in range(_PAGES)])
    stored, began = 0, time.perf_counter()
    with opened(file, clock) as core:
        looking = Looking(source=source, meter=LookMeter(), chance=random.Random(1).random, runs=Runs(core))
        for number, person in enumerate(people):
            if number % sizes.stored_share:
                await _decode_and_plan(source, person)
            else:
                await sync_mailbox(core, looking, MailboxRef(tenant=TENANT, person=person.id))
                stored += 1
        seen = resident_megabytes()
    return Held(
        bare=bare,
        imported=imported,
        seen=seen,
        peak=resident_megabytes(highest=True),
        bookings=len(people) * sizes.seen_per_person,
        stored_mailboxes=stored,
        import_seconds=import_seconds,
        seconds=time.perf_counter() - began,
    )


async def _decode_and_plan(source: _ReadySource, person: Person) -> None:
    settings = TenantSettings()
    window = window_at(pages.NOW, settings.zone)
    view = await source.view(person.mailbox, window, settings.zone, Fields())
    terms = Terms(
        policy=policy_for(person, OwnRules(), ()),
        zone=settings.zone,
        now=pages.NOW,
        retention=settings.retention,
        new_id=AbsenceIds(),
    )
    make_plan(view, Known(), terms)


def _section(sizes: Sizes, held: Held) -> Section:
    return Section(
        title="Memory",
        text=(
            f"A fresh process imports {sizes.people:,} people and sees {held.bookings:,} bookings: every mailbox's "
            f"{sizes.seen_per_person} are decoded from bytes and planned; of every {sizes.stored_share}th mailbox "
            f"({held.stored_mailboxes:,} in all) the whole look is done, SQLite included, for the rest the last step "
            "is left out to save time. Nothing grows with what was seen: a look's bookings are let go when it ends. "
            "The bench itself holds the people twice and 100 ready pages."
        ),
        header=("", "resident"),
        rows=[
            ("the process with everything imported", f"{held.bare:.0f} MB"),
            (f"{sizes.people:,} people imported ({shown(held.import_seconds)} s)", f"{held.imported:.0f} MB"),
            (f"{held.bookings:,} bookings seen ({shown(held.seconds)} s)", f"{held.seen:.0f} MB"),
            ("highest at any moment", f"{held.peak:.0f} MB"),
        ],
    )
