"""The world of the simulation: a calendar in pages with faults, a store that can be killed, and what they watch."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.booking import Booking, Validator, View
from kalenderkoppling.domain.errors import CalendarError, PausedError, PauseScope, ReadFailedError, ReadProblem
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.time import Days, Interval
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import SqlStore, gaps, scrub
from kalenderkoppling.store.engine import Engines
from kktest.calendar import FakeCalendar
from kktest.house import SetClock, mail_of
from kktest.simulated_model import Model, Violation

PAGE = 2


class KilledError(BaseException):
    """The process is gone."""


@dataclass(slots=True, kw_only=True)
class Habits:
    """What an adapter could get wrong; all False is how it should be."""

    takes_a_cut_page_for_the_end: bool = False
    tells_all_day_in_utc: bool = False


@dataclass(slots=True, kw_only=True)
class PagedCalendar:
    """A calendar that answers in pages, may break at any of them, and watches who asks what and when."""

    calendar: FakeCalendar
    clock: SetClock
    model: Model
    habits: Habits = field(default_factory=Habits)
    breaks: dict[str, list[CalendarError]] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)
    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    pauses: dict[str, datetime] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    incomplete: set[int] = field(default_factory=set)
    _views: list[View] = field(default_factory=list)

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """See the port."""
        self._may_break(mailbox, fields)
        return await self._in_pages(mailbox, await self.calendar.view(mailbox, window, zone, fields))

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """See the port."""
        self._may_break(mailbox, fields)
        whole = await self.calendar.view_if_changed(mailbox, window, zone, fields, validator)
        if whole is not None:
            return await self._in_pages(mailbox, whole)
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        return None

    def _may_break(self, mailbox: str, fields: Fields) -> None:
        self._watch(mailbox, fields)
        if self.breaks.get(mailbox):
            error = self.breaks[mailbox].pop(0)
            self._remember_pause(mailbox, error)
            raise error

    async def _in_pages(self, mailbox: str, whole: View) -> View:
        pages = [whole.bookings[at : at + PAGE] for at in range(0, len(whole.bookings), PAGE)]
        cut = self.cuts.pop(mailbox, None)
        if cut is not None and cut < len(pages):
            if not self.habits.takes_a_cut_page_for_the_end:
                raise ReadFailedError(ReadProblem.CUT_SHORT)
            pages, whole = pages[:cut], replace(whole, validator=None)
        view = replace(whole, bookings=tuple(self._told(each) for page in pages for each in page))
        self._views.append(view)
        self.numbers[id(view)] = len(self._views)
        if len(view.bookings) < len(whole.bookings):
            self.incomplete.add(len(self._views))
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        return view

    def number_of(self, view: View) -> int:
        """Return the place of a view among all that were given."""
        return self.numbers[id(view)]

    def watch_pause(self, mailbox: str) -> None:
        """Nobody asks for what is to be left alone (S-8)."""
        for scope in (mailbox, "*"):
            if self.clock.now() < self.pauses.get(scope, self.clock.now()):
                raise Violation(f"{mailbox} was asked under a pause of {scope}")

    def quieten(self, *mailboxes: str) -> None:
        """Let no look at these mailboxes fail from now on; of all, if none is named."""
        for each in mailboxes or (*self.breaks, *self.cuts):
            self.breaks.pop(each, None)
            self.cuts.pop(each, None)

    def _watch(self, mailbox: str, fields: Fields) -> None:
        self.watch_pause(mailbox)
        person = PersonId(mailbox.partition("@")[0])
        if not self.model.is_read(person):
            raise Violation(f"the mailbox of {person} was read without the service")
        if fields.subject and not self.model.shows_subjects:
            raise Violation("subjects were asked for while they are hidden")

    def _remember_pause(self, mailbox: str, error: CalendarError) -> None:
        if isinstance(error, PausedError):
            scope = "*" if error.scope is PauseScope.TENANT else mailbox
            until = self.clock.now() + error.retry_after
            self.pauses[scope] = max(self.pauses.get(scope, until), until)

    def _told(self, booking: Booking) -> Booking:
        if self.habits.tells_all_day_in_utc and isinstance(booking.when, Days):
            return replace(booking, when=booking.when.interval(ZoneInfo("UTC")))
        return booking


class MortalStore(SqlStore):
    """A store whose process can be killed before or after a commit; what happened in a commit is told after it.

    `commits` is shared by all stores on one file: they tell in the order in which they committed.
    """

    def __init__(self, engines: Engines, commits: Lock) -> None:
        super().__init__(engines, scrub_patience=timedelta(seconds=5))
        self._commits = commits
        self.dies_in: int | None = None
        self.dies_after_commit = False
        self.died_after_commit = False
        self.is_dead = False
        self.pending: list[Callable[[], None]] = []

    @contextmanager
    def read(self, tenant: TenantId) -> Iterator[Transaction]:
        """See the port."""
        self._be_alive()
        with super().read(tenant) as tx:
            yield tx

    @contextmanager
    def write(self, tenant: TenantId) -> Iterator[Transaction]:
        """See the port."""
        self._be_alive()
        with ExitStack() as until_told:
            with super().write(tenant) as tx:
                self._be_alive()
                self.pending = []
                yield tx
                told, dies = self.pending, self._dies_at_this_commit()
                if dies and not self.dies_after_commit:
                    self._die()
                until_told.enter_context(self._commits)
            for tell in told:
                tell()
        if dies:
            self.died_after_commit = True
            self._die()

    def _dies_at_this_commit(self) -> bool:
        if self.dies_in is None:
            return False
        self.dies_in -= 1
        return self.dies_in < 0

    def scrub(self) -> None:
        """See the port."""
        self._be_alive()
        super().scrub()

    def _die(self) -> None:
        self.is_dead = True
        raise KilledError

    def _be_alive(self) -> None:
        if self.is_dead:
            raise KilledError


@contextmanager
def overwriting_in_this_process() -> Iterator[None]:
    """Overwrite unused space without starting a process each time, which takes longer than all else in a life.

    Closing the file drops this process's locks on it, but no other process wants any.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scrub, "_overwrite_in_own_process", gaps.overwrite_gaps)
        yield


def placed_rows(file: Path) -> dict[tuple[str, str], Interval]:
    """Read where the rows of a database lie in time, by person and key, without the product's own reading."""
    connection = sqlite3.connect(file)
    try:
        rows = connection.execute("SELECT person_id, booking_key, starts_at, ends_at FROM kept").fetchall()
    finally:
        connection.close()
    return {(person, key): Interval(start=_instant(start), end=_instant(end)) for person, key, start, end in rows}


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def mailboxes(people: tuple[PersonId, ...]) -> tuple[str, ...]:
    """The addresses of people's mailboxes."""
    return tuple(mail_of(each) for each in people)
