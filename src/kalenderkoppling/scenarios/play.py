"""Runs one scenario against the whole system, step by step."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import ReasonKey
from kalenderkoppling.domain.errors import ConflictError, KalenderkopplingError, NotFoundError, RefusedError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.scenarios import always
from kalenderkoppling.scenarios.at_once import AtOnce
from kalenderkoppling.scenarios.company import found_company, reasons_of
from kalenderkoppling.scenarios.compare import differences
from kalenderkoppling.scenarios.form import Scenario, Step
from kalenderkoppling.scenarios.life import DiedError
from kalenderkoppling.scenarios.operations import (
    ByPeople,
    CalendarReach,
    CreateAbsence,
    CreateBooking,
    OnBookings,
    Operation,
    Restart,
    Resync,
    Trouble,
    UpdateBooking,
)
from kalenderkoppling.scenarios.outlook import NORMAL
from kalenderkoppling.scenarios.people import People
from kalenderkoppling.scenarios.records import log_lines
from kalenderkoppling.scenarios.report import Played
from kalenderkoppling.scenarios.seen import see
from kalenderkoppling.scenarios.stage import Stage, UnsettledError, set_stage
from kalenderkoppling.scenarios.traces import found_in, places
from kalenderkoppling.scenarios.trouble import Troubles
from kalenderkoppling.usecases.mailboxes.worker import Worker

_REST = timedelta(hours=1)
_LONGEST_REST = timedelta(days=3)


def play(scenario: Scenario) -> Played:
    """Run a scenario; once per order where an edit races a look (F-27)."""
    races = any(isinstance(each, Trouble) and each.number == "F-27" for step in scenario.steps for each in step.do)
    played = Played(id=scenario.id)
    for within_look in (False, True) if races else (False,):
        where = "[edit within a look] " if within_look else ""
        one = asyncio.run(_play_once(scenario, within_look=within_look))
        played.differences += [where + each for each in one.differences]
        played.remarks += [where + each for each in one.remarks]
    return played


async def _play_once(scenario: Scenario, *, within_look: bool) -> Played:
    played = Played(id=scenario.id)
    asyncio.get_running_loop().set_default_executor(AtOnce(max_workers=2))
    zones = {name: user.zone or scenario.given.tenant.zone for name, user in scenario.given.users.items()}
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder, log_lines() as lines:
        stage = await set_stage(scenario.given.now, zones, Path(folder))
        try:
            performance = _Performance(scenario, stage, played, lines, within_look=within_look)
            await performance.run()
        except (KalenderkopplingError, UnsettledError, ExceptionGroup) as error:
            played.differences.append(f"expected to be played to the end, got {type(error).__name__}: {error}")
        finally:
            await stage.stop()
    return played


@dataclass(slots=True)
class _Performance:
    scenario: Scenario
    stage: Stage
    played: Played
    log_lines: list[str]
    within_look: bool = field(kw_only=True)
    troubles: Troubles = field(init=False)
    reasons: dict[str, ReasonKey] = field(init=False)
    owners: dict[str, str] = field(default_factory=dict)
    innocent: bytes = b""

    def __post_init__(self) -> None:
        self.troubles = Troubles(self.stage)
        self.reasons = reasons_of(self.scenario.labels)

    async def run(self) -> None:
        given, stage = self.scenario.given, self.stage
        await found_company(stage, given, self.reasons)
        # Texts that are there before any booking is known are no traces.
        if _names_something_private(self.scenario):
            self.innocent = b"\n".join((await self._places()).values())
        for id_, form in given.bookings.items():
            if not self._outlook(CreateBooking(id=id_, booking=form), "given"):
                return
        await stage.settle()
        for place, step in enumerate(self.scenario.steps):
            await self._step(f"step {place + 1} ({step.at.isoformat()})", step)
        await self._rest()

    # Steps

    async def _step(self, name: str, step: Step) -> None:
        await self.stage.advance(step.at)
        for operation in step.do:
            self.stage.outside.deaths.begin()
            self.stage.system.store.begin_operation()
            await self._do(operation, name)
        await self.troubles.end_step()
        self._note(name, self.troubles.differences)
        self.troubles.differences.clear()
        for user, wanted in step.users.items():
            zone = self.stage.outlook.zones[user]
            self._note(name, differences(user, wanted, await see(self.stage.system, user), zone))
        await self._always(name, step.absent_everywhere)

    async def _do(self, operation: Operation, name: str) -> None:
        stage = self.stage
        if isinstance(operation, ByPeople):
            await self._people(operation, name)
        elif isinstance(operation, OnBookings):
            self._outlook(operation, name)
        elif isinstance(operation, CalendarReach):
            await self._reach(is_up=operation.is_up)
        elif isinstance(operation, Resync):
            await self._resync()
        elif isinstance(operation, Restart):
            await stage.start_again(is_crash=operation.is_crash)
        else:
            await self.troubles.begin(operation)
        await stage.settle()

    async def _reach(self, *, is_up: bool) -> None:
        self.stage.is_calendar_up = is_up
        if is_up:
            await self.stage.graph.come_up()
        else:
            await self.stage.graph.go_down()

    async def _resync(self) -> None:
        await self.stage.look_everywhere()

    def _outlook(self, operation: OnBookings, name: str) -> bool:
        try:
            self.stage.outlook.do(operation)
        except (KeyError, ValueError) as error:
            self._note(name, [f"expected that {type(operation).__name__} can be done, got {error}"])
            return False
        self.owners.update(self.stage.outlook.owners)
        return True

    # People

    async def _people(self, operation: ByPeople, name: str) -> None:
        if isinstance(operation, CreateAbsence):
            self.owners[operation.id] = operation.user
        if self.within_look and self.troubles.races_edits:
            await self._within_look(operation, name)
        else:
            await self._act(operation, name)

    async def _act(self, operation: ByPeople, name: str) -> None:
        """Do a person's operation; repeat it if the process was killed before the commit."""
        while True:
            people = People(self.stage.system, self.reasons, self.owners)
            try:
                await people.do(operation)
            except DiedError:
                was_committed = self.stage.system.store.died_after_commit
                await self.stage.start_again(is_crash=True)
                if not was_committed:
                    continue
            except (RefusedError, NotFoundError, ConflictError) as refused:
                # A page would show it; the expectations decide whether it was right.
                self.played.remarks.append(f"{name}: {type(operation).__name__} was refused: {refused!r}")
            return

    async def _within_look(self, operation: ByPeople, name: str) -> None:
        """Do it while a look has read the calendar but not written yet (F-27)."""
        gate, worker = self.stage.outside.gate, self.stage.system.worker
        gate.close()
        held = asyncio.create_task(gate.wait_for_one())
        looked = asyncio.create_task(self._look_at_everybody(worker))
        # A paused or blocked mailbox never reaches the gate.
        await asyncio.wait({held, looked}, return_when=asyncio.FIRST_COMPLETED)
        try:
            await self._act(operation, name)
        finally:
            gate.open()
            held.cancel()
            # A look ends with its process if that was killed.
            with contextlib.suppress(DiedError):
                await looked

    async def _look_at_everybody(self, worker: Worker) -> None:
        refs = [MailboxRef(tenant=TENANT, person=PersonId(user)) for user in self.scenario.given.users]
        await asyncio.gather(*(worker.look(ref) for ref in refs))

    # What must always hold

    async def _always(self, name: str, texts: Sequence[str]) -> None:
        stage = self.stage
        await asyncio.to_thread(stage.system.store.scrub_now)
        if texts or stage.outlook.born_private or stage.outlook.turned:
            self._search(name, texts, await self._places())
        self._note(name, await always.stale_announcements(stage, self.scenario.given.users))
        self._note(name, list(always.writes(stage)))

    def _search(self, name: str, texts: Sequence[str], somewhere: Mapping[str, bytes]) -> None:
        found = found_in(texts, somewhere)
        self._note(name, [f"absent_everywhere: expected {text!r} nowhere, got it in {place}" for text, place in found])
        self._note(name, always.private_traces(self.stage, somewhere, self.innocent))

    async def _rest(self) -> None:
        """End every fault and let the system settle: then a second full read writes nothing (L-2)."""
        stage = self.stage
        await self.troubles.end_all()
        await stage.settle()
        await stage.advance(stage.wall.now() + _REST)
        await self._pauses_end()
        await stage.look_everywhere()
        before = always.rows(stage.database)
        await stage.look_everywhere()
        self._note("at rest", always.changed_rows(before, always.rows(stage.database)))
        await self._always("at rest", ())

    async def _pauses_end(self) -> None:
        """Advance the clock until no mailbox is paused, by at most `_LONGEST_REST`."""
        until = self.stage.wall.now() + _LONGEST_REST
        while self.stage.wall.now() < until and await asyncio.to_thread(self._is_paused):
            await self.stage.advance(self.stage.wall.now() + _REST)

    def _is_paused(self) -> bool:
        now = self.stage.wall.now()
        with self.stage.system.lasting.read(TENANT) as tx:
            states = tx.mailboxes.state(tx.people.ids()).values()
            return (
                any((each.paused_until or now) > now for each in states) or (tx.mailboxes.tenant_pause() or now) > now
            )

    async def _places(self) -> dict[str, bytes]:
        return dict(await places(self.stage, self.scenario.given.users, self.log_lines))

    def _note(self, name: str, found: Iterable[str]) -> None:
        self.played.differences += [f"{name}: {each}" for each in found]


def _names_something_private(scenario: Scenario) -> bool:
    forms = [*scenario.given.bookings.values()]
    for step in scenario.steps:
        for each in step.do:
            if isinstance(each, CreateBooking):
                forms.append(each.booking)
            elif isinstance(each, UpdateBooking):
                forms.append(each.change)
    return any(form.said.get("sensitivity", NORMAL) != NORMAL for form in forms)
