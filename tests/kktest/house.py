"""A small world around the use cases: a store in a file, a bus, a clock that is set, a calendar, and a worker."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.booking import ItemChoice, ShowAs, Validator, View
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.mailbox import MailboxRef, MailboxState
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role, TenantId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import CalendarSource, Fields, NoticeAddress
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.store.audit import Entry, LinkState
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.mailboxes.connection import Connection
from kalenderkoppling.usecases.mailboxes.worker import Worker
from kalenderkoppling.usecases.situation import FAR, situation
from kktest.calendar import FakeCalendar, Item
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON, at
from kktest.notices import FakeNotices

BOTH = Entitlements(calendar_coupling=True, referral=True)
CAROLINA = PersonId("carolina")


def mail_of(person: str) -> str:
    """The address of a person's mailbox."""
    return f"{person}@example.org"


def employee(
    id_: str, *, services: Entitlements = BOTH, mailbox: str | None = None, groups: Iterable[str] = (), name: str = ""
) -> Person:
    """Make a person with both services and a mailbox, unless told otherwise."""
    return Person(
        id=PersonId(id_),
        name=name or f"{id_.title()} Ek",
        mailbox=mail_of(id_) if mailbox is None else mailbox,
        entitlements=services,
        groups=tuple(map(GroupId, groups)),
    )


@dataclass(slots=True)
class SetClock:
    """A clock that stands until it is set."""

    instant: datetime = NOON

    def now(self) -> datetime:
        """See the port."""
        return self.instant

    def forward(self, by: timedelta) -> None:
        """Let time pass; a negative stretch is a clock that was set back."""
        self.instant += by


@dataclass(slots=True)
class CountingMeter:
    """Counts by what and why."""

    counts: Counter[tuple[Count, str]] = field(default_factory=Counter)

    def count(self, what: Count, reason: str = "") -> None:
        """See the port."""
        self.counts[what, reason] += 1

    def of(self, what: Count) -> int:
        """How often something was counted, for whatever reason."""
        return sum(times for (each, _), times in self.counts.items() if each is what)


@dataclass(slots=True)
class InterruptedCalendar:
    """A calendar during whose looks other things happen: what is in `after_reading` has its turn before the answer."""

    calendar: CalendarSource
    after_reading: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """See the port."""
        view = await self.calendar.view(mailbox, window, zone, fields)
        await self._interrupt()
        return view

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """See the port."""
        view = await self.calendar.view_if_changed(mailbox, window, zone, fields, validator)
        await self._interrupt()
        return view

    async def _interrupt(self) -> None:
        if self.after_reading:
            await self.after_reading.pop(0)()


class ItemFields(TypedDict, total=False):
    """What may be told of a booking beside its key and its time."""

    subject: str
    show_as: ShowAs | None
    sensitivity: str | None
    cancelled: bool
    declined: bool
    zone_is_known: bool
    choice: ItemChoice | None
    days_apart: int | None
    count: int | None


@dataclass(slots=True, kw_only=True)
class House:
    """Everything of one process; `restarted` is the next process on the same file."""

    file: Path
    clock: SetClock
    calendar: FakeCalendar
    interrupted: InterruptedCalendar
    notices: FakeNotices
    store: SqlStore
    bus: MemoryBus
    core: Core
    worker: Worker
    meter: CountingMeter
    tenant: TenantId = ACME

    # ── the calendar and time ───────────────────────────────────────────────────────────────────

    def book(
        self,
        key: str = "b",
        start: str = "10:00",
        end: str = "11:00",
        *,
        of: str = ANNA,
        **others: Unpack[ItemFields],
    ) -> Item:
        """Make a booking in a person's mailbox, on that Monday in Stockholm unless told otherwise."""
        item = Item(key=key, start=at(start), end=at(end), **others)
        self.calendar.put(mail_of(of), item)
        return item

    async def settle(self) -> None:
        """Let the worker have its turns until nothing is due."""
        for _ in range(4):
            await self.worker.turn()
            await self.bus.drain(self.worker.look)
            if not self.bus.pending:
                return

    async def look(self, person: PersonId = ANNA) -> None:
        """Look at one mailbox now, whatever is due."""
        await self.worker.look(MailboxRef(tenant=self.tenant, person=person))

    async def sweep(self, after: timedelta = timedelta(minutes=15)) -> None:
        """Let time pass and everything that fell due be done."""
        self.clock.forward(after)
        await self.settle()

    # ── what is in the store ────────────────────────────────────────────────────────────────────

    def kept(self, person: PersonId = ANNA) -> list[Kept]:
        """What is kept of a person's bookings, by key."""
        with self.store.read(self.tenant) as tx:
            return sorted(tx.absences.kept(person), key=lambda each: each.booking.key)

    def the_kept(self, person: PersonId = ANNA) -> Kept:
        """The one row that is kept of a person's bookings."""
        [only] = self.kept(person)
        return only

    def absences(self, person: PersonId = ANNA) -> list[Absence]:
        """All absences of a person around the present, as they hold, in order."""
        now = self.clock.now()
        with self.store.read(self.tenant) as tx:
            found = situation(tx, person, now, Interval(start=now - FAR, end=now + FAR))
        return list(found.absences) if found else []

    def by_hand(self, person: PersonId = ANNA) -> list[Absence]:
        """A person's absences that were set by hand."""
        return [each for each in self.absences(person) if not each.is_from_calendar]

    def audit(self, person: PersonId = ANNA) -> list[Entry]:
        """What the log says about a person."""
        with self.store.read(self.tenant) as tx:
            return list(tx.audit.of_person(person))

    def chain(self) -> list[LinkState]:
        """What a check of the log's chain finds, link by link."""
        with self.store.read(self.tenant) as tx:
            return [link.state for link in tx.audit.links()]

    def entries(self) -> list[Entry]:
        """Every entry of the log that is not erased."""
        with self.store.read(self.tenant) as tx:
            return [link.entry for link in tx.audit.links() if link.entry]

    def mailbox(self, person: PersonId = ANNA) -> MailboxState:
        """The state of a person's mailbox."""
        with self.store.read(self.tenant) as tx:
            return tx.mailboxes.state([person])[person]

    def is_looked_at(self, person: PersonId = ANNA) -> bool:
        """Whether a person's mailbox is looked at."""
        with self.store.read(self.tenant) as tx:
            return person in tx.mailboxes.state([person])

    def version(self, absence: AbsenceId) -> int:
        """An absence's version."""
        with self.store.read(self.tenant) as tx:
            owned = tx.absences.owned(absence)
        assert owned is not None
        return owned.version

    def latest_change(self) -> int:
        """The place of the newest change in the feed."""
        with self.store.read(self.tenant) as tx:
            return tx.changes.latest()

    def told_since(self, place: int) -> list[PersonId]:
        """Of whom the feed told after a place."""
        with self.store.read(self.tenant) as tx:
            return [each.person for each in tx.changes.since(place, 1_000)]

    def bytes(self) -> bytes:
        """Everything that lies in the files of the database."""
        return b"".join(file.read_bytes() for file in sorted(self.file.parent.glob(self.file.name + "*")))


def new_house(
    file: Path,
    *,
    clock: SetClock | None = None,
    calendar: FakeCalendar | None = None,
    notices: FakeNotices | None = None,
    store: SqlStore | None = None,
) -> House:
    """Open a process on a database file that has its tables."""
    clock = clock or SetClock()
    calendar = calendar or FakeCalendar()
    notices = notices or FakeNotices(clock=clock)
    store = store or SqlStore(open_engines(f"sqlite:///{file}"), scrub_patience=timedelta(seconds=2))
    bus = MemoryBus()
    # Ids say which process made them and count, so that two worlds of one seed can be compared byte by byte.
    process = sum(1 for _ in file.parent.glob("process-*"))
    (file.parent / f"process-{process}").touch()
    numbers = count(1)
    core = Core(store=store, clock=clock, bus=bus, new_id=lambda: AbsenceId(f"absence-{process}-{next(numbers):05}"))
    meter = CountingMeter()
    interrupted = InterruptedCalendar(calendar=calendar)
    worker = Worker(
        core=core,
        connection_of=lambda _: Connection(source=interrupted, notices=notices),
        meter=meter,
        chance=lambda: 0.0,
        address_of=address_of,
    )
    return House(
        file=file,
        clock=clock,
        calendar=calendar,
        interrupted=interrupted,
        notices=notices,
        store=store,
        bus=bus,
        core=core,
        worker=worker,
        meter=meter,
    )


def address_of(tenant: TenantId, route: str, client_state: str) -> NoticeAddress:
    """The public address of a route."""
    base = f"https://kk.example.org/{tenant}/{route}"
    return NoticeAddress(changes_url=base, lifecycle_url=f"{base}/lifecycle", client_state=client_state)


@contextmanager
def open_house(template: Path, folder: Path, people: Iterable[Person] = ()) -> Iterator[House]:
    """Open a process on a new database with people in its one tenant."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "kk.db"
    copyfile(template, file)
    house = new_house(file)
    house.store.add_tenant(ACME)
    move_in(house, people)
    try:
        yield house
    finally:
        house.store.close()


def move_in(house: House, people: Iterable[Person], tenant: TenantId = ACME) -> None:
    """Put people into the directory and begin to look at their mailboxes."""
    everybody = list(people)
    with house.store.write(tenant) as tx:
        tx.people.put(everybody)
        for each in everybody:
            if each.mailbox:
                house.calendar.open(each.mailbox)
            if each.mailbox and each.entitlements.calendar_coupling:
                tx.mailboxes.add(each.id, house.clock.now())


@contextmanager
def restarted(house: House) -> Iterator[House]:
    """The next process on the same file, with nothing in memory; the world outside is the same."""
    following = new_house(house.file, clock=house.clock, calendar=house.calendar, notices=house.notices)
    try:
        yield following
    finally:
        following.store.close()


def herself(person: PersonId = ANNA, *roles: Role, tenant: TenantId = ACME) -> Actor:
    """A person signed in, an employee with further roles."""
    return Actor(tenant=tenant, person=person, roles=frozenset({Role.EMPLOYEE, *roles}))


COLLEAGUE = herself(BERTIL)
ATTENDANT = herself(CAROLINA, Role.ATTENDANT)
ADMINISTRATOR = herself(CAROLINA, Role.ADMINISTRATOR)
