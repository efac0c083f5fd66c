"""A long life of a small company by one seed: calendars, people, faults, kills and two processes on one file."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from threading import Lock

import pytest

from kalenderkoppling.absences.derive import entitled
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import ConflictError, NotFoundError, RefusedError
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.calendar import Fields as Asked
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.sync.window import window_at
from kalenderkoppling.usecases.core import Core, Unit
from kalenderkoppling.usecases.mailboxes import runs
from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.mailboxes.run import Outcome, Written
from kalenderkoppling.usecases.situation import zone_of
from kktest.calendar import FakeCalendar, Item
from kktest.house import House, SetClock, employee, mail_of, move_in, new_house
from kktest.keeping import ACME
from kktest.make import at
from kktest.notices import FakeNotices
from kktest.simulated_model import Model, Violation, overlaps
from kktest.simulated_world import (
    Habits,
    KilledError,
    MortalStore,
    PagedCalendar,
    overwriting_in_this_process,
    placed_rows,
)

PEOPLE = tuple(map(PersonId, ("anna", "bertil", "carolina")))
BEGINS = at("2026-10-22 09:00")
"""The clocks are changed three days later."""

_SUBJECT = re.compile(rb"Qs\d{4}v\d+")
_CANARY = re.compile(r"Q[ksn]\d{4}")
_MINUTE = timedelta(minutes=1)


class WatchedNotices(FakeNotices):
    """Subscriptions that nobody may ask for under a pause."""

    __slots__ = ("paged",)
    paged: PagedCalendar

    def _ask(self, verb: str, mailbox: str) -> None:
        self.paged.watch_pause(mailbox)
        super()._ask(verb, mailbox)


class Simulation:
    """The company and its promises; what is done to it lies in `simulated_deeds`."""

    def __init__(self, template: Path, folder: Path, seed: int, habits: Habits | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rng = Random(seed)
        self.file = folder / "kk.db"
        copyfile(template, self.file)
        self.clock = SetClock(BEGINS)
        self.fake = FakeCalendar()
        self.model = Model(people={each: employee(each) for each in PEOPLE})
        self.paged = PagedCalendar(calendar=self.fake, clock=self.clock, model=self.model, habits=habits or Habits())
        self.notices = WatchedNotices(clock=self.clock)
        self.notices.paged = self.paged
        self._commits = Lock()
        self.houses = [self._open(), self._open()]
        self.houses[0].store.add_tenant(ACME)
        move_in(self.houses[0], self.model.people.values())
        self.numbers = iter(range(10_000))
        self.logged: list[str] = []
        self.done: list[str] = []
        self.mortal = True

    # ── processes ───────────────────────────────────────────────────────────────────────────────

    def _open(self) -> House:
        store = MortalStore(open_engines(f"sqlite:///{self.file}"), self._commits)
        house = new_house(self.file, clock=self.clock, calendar=self.fake, notices=self.notices, store=store)
        house.interrupted.calendar = self.paged
        return house

    async def start_anew(self, house: House) -> None:
        """End a process, however it stands, and begin the next one as the program begins."""
        house.store.close()
        following = self._open()
        self.houses[self.houses.index(house)] = following
        following.store.scrub()
        # The other process may be in the middle of a look.
        await resume(following.core, ACME, alone=False)

    def close(self) -> None:
        """Let go of the file."""
        for each in self.houses:
            each.store.close()

    async def work(self, house: House) -> None:
        """Let a process do what is due; if it is killed at that, the next one begins."""
        assert isinstance(house.store, MortalStore)
        pauses = dict(self.paged.pauses)
        try:
            await house.worker.turn()
            await self.drain(house)
        except KilledError:
            if not house.store.died_after_commit:
                # It may have died between hearing of a pause and writing it down: nobody could know of that.
                self.paged.pauses = pauses
            await self.start_anew(house)

    async def drain(self, house: House) -> None:
        """Let a process do the looks that were asked for."""
        try:
            await house.bus.drain(house.worker.look)
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    async def act(self, house: House, deed: Awaitable[object]) -> bool:
        """Let a person or administrator do something; return whether it was done, a kill counted in."""
        assert isinstance(house.store, MortalStore)
        try:
            await deed
        except KilledError:
            was_done = house.store.died_after_commit
            await self.start_anew(house)
        except (RefusedError, NotFoundError, ConflictError):
            return False
        else:
            was_done = True
        self.model.acts += was_done
        return was_done

    def disarm(self) -> None:
        """Let nobody be killed by what was planned before."""
        for house in self.houses:
            assert isinstance(house.store, MortalStore)
            house.store.dies_in = None

    # ── promises ────────────────────────────────────────────────────────────────────────────────

    async def settle(self) -> None:
        """Let no more fail, wait until every pause has passed and every sweep was made; then check everything."""
        self.paged.quieten()
        self.disarm()
        self.mortal = False
        self.clock.instant = max(self.clock.now(), *self.paged.pauses.values(), self.clock.now())
        for _ in range(2):
            self.clock.forward(16 * _MINUTE)
            for house in list(self.houses):
                await self.work(house)
        for house in list(self.houses):
            await self.work(house)
        await self._check()
        self.mortal = True

    async def _check(self) -> None:
        for person in PEOPLE:
            view = await self.view(person)
            self._check_rows(person, view)
            self._check_privacy(person, view)
        self._check_subjects()
        self._check_log()
        await self._check_second_look()

    async def view(self, person: PersonId) -> View:
        """Return what a mailbox shows now, past all faults."""
        zone = zone_of(self.model.people[person], self.model.settings)
        asked = Asked(subject=self.model.shows_subjects)
        return await self.fake.view(mail_of(person), window_at(self.clock.now(), zone), zone, asked)

    def _check_rows(self, person: PersonId, view: View) -> None:
        zone = zone_of(self.model.people[person], self.model.settings)
        expected = dict(self.model.expected(person, view))
        kept = self.houses[0].kept(person)
        uncertain = view.unreadable | self.model.out_of_sight[person]
        for row in kept:
            key = row.booking.key
            if key not in expected and not overlaps(row.booking, view, zone):
                continue
            if key in uncertain:
                continue
            wanted = expected.pop(key, None)
            demand((row.booking, row.edit) == wanted, f"{person}: {row} is kept, {wanted} should be")
        missing = [key for key in expected if key not in uncertain]
        demand(not missing, f"{person}: {missing} should be kept")
        self._check_absences(person, kept)

    def _check_absences(self, person: PersonId, kept: Sequence[Kept]) -> None:
        lie = placed_rows(self.file)
        wrong = [each for each in kept if lie[person, each.booking.key] != self.model.placed(person, each)]
        demand(not wrong, f"{person}: {wrong} lie elsewhere in time")
        referral = self.model.people[person].entitlements.referral
        since = self.clock.now() - timedelta(days=5)
        by_hand = [entitled(each, referral=referral) for each in self.model.by_hand[person].values()]
        derived = [self.model.absence(person, each) for each in kept]
        expected = {each.id: each for each in (*by_hand, *derived) if each and each.interval.end > since}
        shown = {each.id: each for each in self.houses[1].absences(person) if each.interval.end > since}
        for row in kept:
            if row.booking.key in self.model.out_of_sight[person]:
                expected.pop(row.id, None)
                shown.pop(row.id, None)
        demand(shown == expected, f"{person}: {shown} shows, {expected} should")

    def _check_privacy(self, person: PersonId, view: View) -> None:
        """S-1: nothing of what is seen as private lies in any byte; without the service nobody looks.

        Of an occurrence that does not exist any more, since its series was moved, nobody can tell that it is private.
        """
        if not self.model.is_read(person):
            return
        left = self.houses[0].bytes()
        found = [each.key for each in view.private if re.search(rf"{each.key}(?!@)".encode(), left)]
        demand(not found, f"{person}: traces of private {found}")

    def _check_subjects(self) -> None:
        kept = {row.booking.subject for person in PEOPLE for row in self.houses[0].kept(person)}
        found = {each.decode() for each in _SUBJECT.findall(self.houses[0].bytes())} - kept
        demand(not found, f"subjects {sorted(found)} are left")
        told = [line for line in self.logged if _CANARY.search(line)]
        demand(not told, f"the log tells {told[:3]}")

    def _check_log(self) -> None:
        chain = [str(each) for each in self.houses[0].chain()]
        demand("broken" not in chain, "the audit chain is broken")
        # Beside each act the log tells of erasures, which the program does: of what turned private, and of what is old.
        erasures = [each for each in self.houses[0].entries() if each.act is Act.ERASE_ENTRIES]
        acts = len(chain) - len(erasures)
        demand(acts == self.model.acts, f"{acts} entries in the log of {self.model.acts} acts")

    async def _check_second_look(self) -> None:
        """L-2: a second look writes no row and tells nothing, also where nothing is remembered of the first."""
        house = self.houses[0]
        before = self._state(house)
        house.worker._runs = runs.Runs(house.core)
        for person in PEOPLE:
            await house.worker.look(MailboxRef(tenant=ACME, person=person))
        demand(self._state(house) == before, "a second look wrote something")

    def _state(self, house: House) -> object:
        rows = {person: house.kept(person) for person in PEOPLE}
        versions = [house.version(row.id) for kept in rows.values() for row in kept]
        return rows, versions, house.latest_change()


def demand(holds: bool, otherwise: str) -> None:
    """Tell of a broken promise."""
    if not holds:
        raise Violation(otherwise)


@contextmanager
def watching(simulation: Simulation) -> Iterator[None]:
    """Let the model know of every look that was written down, and of everything that was logged."""
    # What stands in `runs`, and not the product's own: it may be a bug that was planted there.
    plain = runs.finish_runs  # type: ignore[attr-defined]  # it imports it

    def finish(core: Core, outcomes: Sequence[Outcome], unit: Unit) -> Mapping[Claim, Written]:
        written = plain(core, outcomes, unit)
        for outcome in outcomes:
            if written[outcome.run.claim].plan is not None and outcome.view is not None:
                note(core, outcome.run.claim.person, outcome.view)
        return written

    def note(core: Core, person: PersonId, view: View) -> None:
        assert isinstance(core.store, MortalStore)
        number = simulation.paged.number_of(view)
        demand(number not in simulation.paged.incomplete, "a look that was cut short was written")
        core.store.pending.append(lambda: simulation.model.looked(person, view, number))

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            simulation.logged.append(record.getMessage())

    listening = Listening()
    logging.getLogger().addHandler(listening)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runs, "finish_runs", finish)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(listening)


def simulate(
    template: Path,
    folder: Path,
    seed: int,
    deeds: Callable[[Simulation], Awaitable[str]],
    *,
    actions: int,
    settle_every: int = 40,
    habits: Habits | None = None,
) -> None:
    """Live through a number of actions and check the promises now and then.

    Raises:
        Violation: a promise did not hold; the message tells the seed and what was done last.
    """

    async def live() -> None:
        simulation = Simulation(template, folder, seed, habits)
        try:
            with watching(simulation), overwriting_in_this_process():
                for number in range(1, actions + 1):
                    simulation.done.append(await deeds(simulation))
                    if number % settle_every == 0 or number == actions:
                        simulation.done.append("settle")
                        await simulation.settle()
        except Violation as violation:
            last = ", ".join(simulation.done[-12:])
            raise Violation(f"seed {seed} after {len(simulation.done)} actions ({last}): {violation}") from violation
        finally:
            simulation.close()

    asyncio.run(live())


def random_day(rng: Random, now: datetime) -> date:
    """Return a day within or just outside the window."""
    return now.date() + timedelta(days=rng.choice((-2, -1, 0, 0, 1, 2, 3, 10, 59, 62)))


def random_item(rng: Random, key: str, now: datetime) -> Item:
    """Return a booking somewhere around now: some hours, whole days or a series."""
    subject = f"{key.replace('Qk', 'Qs').removesuffix('z')}v0"
    sensitivity = "private" if rng.random() < 0.15 else "normal"
    day = random_day(rng, now)
    if rng.random() < 0.4:
        return Item(
            key=key,
            start=day,
            end=day + timedelta(days=rng.choice((1, 1, 3))),
            subject=subject,
            sensitivity=sensitivity,
        )
    start = at(f"{day} {rng.choice(('00:00', '01:30', '02:30', '08:00', '13:00', '23:00'))}")
    item = Item(key=key, start=start, end=start + rng.choice((30, 60, 600)) * _MINUTE, subject=subject)
    if rng.random() < 0.2:
        item = replace(item, days_apart=rng.choice((1, 7)), count=rng.choice((3, 5, None)))
    return replace(item, sensitivity=sensitivity)
