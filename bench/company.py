"""The environment of measures: a store in a file with many people, a set clock, and the real parts around it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from bench import pages
from bench.ready_graph import mailbox
from kalenderkoppling.bus import MemoryBus
from kalenderkoppling.composition.core import AbsenceIds, make_core
from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, Role, TenantId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.store import Store
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.sandbox import pretend_people
from kalenderkoppling.store import open_store
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.people.import_people import import_people

TENANT = TenantId("default")
_COUPLED = Entitlements(calendar_coupling=True, referral=True)
_EMPLOYEE = frozenset({Role.EMPLOYEE})


@dataclass(slots=True)
class SetClock:
    """A clock that stands until it is set."""

    at: datetime = pages.NOW

    def now(self) -> datetime:
        """See the port."""
        return self.at


@dataclass(slots=True)
class LookMeter:
    """A meter that counts looks only."""

    counts: dict[Count, int] = field(default_factory=dict)

    def count(self, what: Count, reason: str = "") -> None:  # noqa: ARG002 - the port's signature
        """See the port."""
        self.counts[what] = self.counts.get(what, 0) + 1


def employees(count: int) -> list[Person]:
    """Generate people with realistic names and both services; number n has mailbox number n."""
    return [
        Person(
            id=PersonId(each.user_id),
            name=each.name,
            mailbox=mailbox(number),
            title=each.title,
            department=each.department,
            place=each.place,
            responsibilities=", ".join(each.responsibilities),
            extension=each.extension,
            mobile=each.mobile or "",
            entitlements=_COUPLED,
            roles=_EMPLOYEE,
        )
        for number, each in enumerate(pretend_people(count))
    ]


@contextmanager
def opened(file: Path, clock: SetClock | None = None) -> Iterator[Core]:
    """Open the store in a file, with a bus and a clock that stands."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        yield make_core(store, clock or SetClock(), MemoryBus())


async def import_into(file: Path, people: Sequence[Person]) -> None:
    """Make a store with these people, ready to be copied."""
    with opened(file) as core:
        core.store.add_tenant(TENANT)
        await import_people(core, TENANT, "bench", people)


def copied(template: Path, name: str) -> Path:
    """Copy a closed store under another name."""
    copy = template.with_name(name)
    for old in template.parent.glob(f"{name}*"):
        old.unlink()
    shutil.copyfile(template, copy)
    return copy


def keep(store: Store, people: Sequence[Person], rows_each: int, days: int = 10) -> float:
    """Insert generated bookings of everybody, a transaction per thousand people; return rows per second."""
    began = time.perf_counter()
    waiting = iter(enumerate(people))
    while piece := list(islice(waiting, 1_000)):
        with store.write(TENANT) as tx:
            for number, person in piece:
                tx.absences.add(person.id, placed(number, rows_each, days))
    return len(people) * rows_each / (time.perf_counter() - began)


_NEW_ID = AbsenceIds()
_KINDS = (ShowAs.BUSY, ShowAs.BUSY, ShowAs.OUT_OF_OFFICE, ShowAs.BUSY)


def placed(number: int, rows: int, days: int) -> Iterable[Placed]:
    """Generate bookings of person number n, each an hour, spread over days."""
    for each in range(rows):
        spread = (number * 7 + each * 13) % (days * 32)
        start = pages.NOW.replace(minute=0) + timedelta(minutes=30 * (spread % 32) + 1_440 * (spread // 32) - 240)
        when = Interval(start=start, end=start + timedelta(minutes=60))
        booking = Booking(key=BookingKey(f"{number}-{each}"), when=when, show_as=_KINDS[each % len(_KINDS)])
        yield Placed(kept=Kept(id=_NEW_ID(), booking=booking), interval=when)
