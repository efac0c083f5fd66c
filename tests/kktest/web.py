"""A small company behind real pages: a store in a file, the bus in memory, a clock that is set, clients and servers."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.bus import MemoryBus
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Origin, ReasonKey
from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs
from kalenderkoppling.domain.errors import ReadProblem
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.mailbox import Change
from kalenderkoppling.domain.person import Entitlements, LineState, Person, PersonId, Role, TenantId
from kalenderkoppling.domain.time import Interval, When
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.store import SqlStore, open_store
from kalenderkoppling.surfaces.absences.surface import absences_surface
from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.access import ROUTES, Table
from kalenderkoppling.surfaces.web.app import create_app
from kalenderkoppling.surfaces.web.demo_sign_in import DemoSignIn
from kalenderkoppling.surfaces.web.live.stream import StreamTiming
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.server import WebServer
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.usecases.core import Core
from kktest.make import layer

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TENANT = TenantId("acme")
OTHER_TENANT = TenantId("other")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=STOCKHOLM).astimezone(UTC)
"""A Wednesday of week 48, half past ten in Stockholm."""

ANNA = PersonId("anna")
BO = PersonId("bo")
ASA = PersonId("asa")
KARIN = PersonId("karin")
ADAM = PersonId("adam")

QUICK = StreamTiming(
    coalesce=timedelta(milliseconds=30), heartbeat=timedelta(milliseconds=150), look_anew=timedelta(milliseconds=400)
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
_COUPLED = Entitlements(calendar_coupling=True, referral=True)
_EMPLOYEE = frozenset({Role.EMPLOYEE})


def someone(id_: PersonId, name: str, **fields: object) -> Person:
    """Make an employee with calendar coupling and referral, unless told otherwise."""
    given = {"entitlements": _COUPLED, "roles": _EMPLOYEE, "department": "Bygglov", "extension": "10000", **fields}
    return Person(id=id_, name=name, **given)  # type: ignore[arg-type] # tests name what they set


PEOPLE = (
    someone(ANNA, "Anna Berg", extension="10231", mobile="070-174 06 05", title="Bygglovshandläggare", place="Malmö"),
    someone(BO, "Bo Åberg", department="Ekonomi", extension="10877", responsibilities="fakturor, budget"),
    someone(ASA, "Åsa Öberg", department="Plan", extension="10512"),
    someone(KARIN, "Karin Lund", department="Växel", roles=frozenset({Role.EMPLOYEE, Role.ATTENDANT})),
    someone(ADAM, "Adam Ek", department="IT", roles=frozenset({Role.EMPLOYEE, Role.ADMINISTRATOR})),
)


@dataclass(slots=True)
class SetClock:
    """A clock that tests set."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


class RunningClock:
    """The machine's clock, for tests in a browser."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Company:
    """The store with five people, and verbs that put it in some state and tell the bus."""

    store: SqlStore
    core: Core
    clock: SetClock | RunningClock
    bus: MemoryBus = field(default_factory=MemoryBus)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def write(self, work: Callable[[Transaction], None], tenant: TenantId = TENANT) -> None:
        """Do something in one transaction."""
        with self.store.write(tenant) as tx:
            work(tx)

    def absent(
        self,
        person: PersonId,
        stretch: Interval,
        *,
        reason: ReasonKey = MEETING,
        diversion: Diversion = Diversion.NONE,
        note: str = "",
    ) -> AbsenceId:
        """Set an absence by hand."""
        id_ = AbsenceId(f"hand-{next(self.ids)}")
        absence = Absence(
            id=id_, interval=stretch, reason=reason, diversion=diversion, origin=Origin.BY_HAND, tie=id_, note=note
        )
        self.write(lambda tx: tx.absences.put_by_hand(person, absence))
        return id_

    def booked(
        self, person: PersonId, when: When, *, show_as: ShowAs = ShowAs.BUSY, subject: str | None = None
    ) -> AbsenceId:
        """Keep a booking as a synchronisation does; its absence follows from the rules."""
        id_ = AbsenceId(f"kept-{next(self.ids)}")
        kept = Kept(id=id_, booking=Booking(key=BookingKey(id_), when=when, show_as=show_as, subject=subject))
        placed = Placed(kept=kept, interval=effective_interval(kept, STOCKHOLM))
        self.write(lambda tx: tx.absences.add(person, [placed]))
        return id_

    def looked(self, person: PersonId, at: datetime | None = None, problem: ReadProblem | None = None) -> None:
        """Have a mailbox looked at well at an instant, else now; with `problem` a later look failed."""
        now = at or self.clock.now()

        def work(tx: Transaction) -> None:
            tx.mailboxes.add(person, now)
            claim = tx.mailboxes.claim(person, now, timedelta(minutes=1))
            assert claim is not None
            state = claim.state
            due = now + timedelta(minutes=15)
            tx.mailboxes.finish(claim, type(state)(person=person, due=due, last_good_look=now, problem=problem))

        self.write(work)

    def in_call(self, person: PersonId, state: LineState = LineState.IN_CALL) -> None:
        """Have the telephone system tell a line's state."""
        row = LineRow(state=state, valid_until=self.clock.now() + timedelta(hours=1))
        self.write(lambda tx: tx.lines.put(person, row))

    def show_subjects(self) -> None:
        """Have the administrator show subjects."""
        self.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=layer(show_subject=True))))

    async def tell(self, person: PersonId) -> None:
        """Tell the bus that somebody changed."""
        await self.bus.publish(Change(tenant=TENANT, person=person))


def open_company(folder: Path, clock: SetClock | RunningClock | None = None) -> Company:
    """Open a store with the people, and a second tenant with one person of its own."""
    store = open_store(f"sqlite:///{folder / 'company.db'}")
    clock, bus = clock or SetClock(), MemoryBus()
    ids = count(1)
    core = Core(store=store, clock=clock, bus=bus, new_id=lambda: AbsenceId(f"new-{next(ids)}"))
    company = Company(store=store, core=core, clock=clock, bus=bus)
    for tenant, people in ((TENANT, PEOPLE), (OTHER_TENANT, (someone(PersonId("olle"), "Olle Annan"),))):
        store.add_tenant(tenant)
        with store.write(tenant) as tx:
            tx.people.put(people)
    return company


def make_app(
    company: Company,
    *,
    options: WebOptions | None = None,
    surfaces: Sequence[Surface] = (),
    pace: StreamTiming | None = None,
    access: Table = ROUTES,
) -> Litestar:
    """Make the application with the directory, absences, operations and what else is given."""
    every = [directory_surface(), absences_surface(), *surfaces, operations_surface()]
    return create_app(
        company.core,
        options or WebOptions(tenant=TENANT),
        sign_in=DemoSignIn(),
        surfaces=every,
        pace=pace,
        access=access,
    )


@contextmanager
def visiting(app: Litestar, language: str = "sv") -> Iterator[TestClient[Litestar]]:
    """Be a browser on loopback that follows no redirect by itself."""
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.follow_redirects = False
        client.headers["Accept-Language"] = language
        yield client


def sign_in(client: TestClient[Litestar], person: PersonId) -> str:
    """Sign in and return the session's token against forgery."""
    answer = client.post("/sign-in", data={"person": person}, headers=SAME_ORIGIN)
    assert answer.status_code == 303, answer.text
    return token_of(client.get("/").text)


@contextmanager
def somebody_else(client: TestClient[Litestar]) -> Iterator[TestClient[Litestar]]:
    """Be another browser for a while: the same client without its cookies, which come back afterwards."""
    kept = dict(client.cookies)
    client.cookies.clear()
    try:
        yield client
    finally:
        client.cookies.clear()
        client.cookies.update(kept)


def token_of(html: str) -> str:
    """Read the token that a page bears."""
    found = re.search(r'data-csrf="([^"]+)"', html)
    assert found is not None
    return found[1]


@contextmanager
def serving(app: Litestar, port: int = 0) -> Iterator[str]:
    """Serve an application on loopback in a thread and tell its address; stopped at the end."""
    server = WebServer(app, host="127.0.0.1", port=port)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    waited = threading.Event()
    while not server.started and thread.is_alive():
        waited.wait(0.01)
    try:
        yield f"http://127.0.0.1:{server.bound_port}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        assert not thread.is_alive(), "the server did not stop"
