"""Workers, edits and looks that race each other for one mailbox."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.calendars.graph import source as graph
from kalenderkoppling.calendars.icalendar import door as icalendar_door
from kalenderkoppling.calendars.icalendar import look as icalendar_look
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.errors import PausedError, PauseScope, ReadProblem
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields as Asked
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.mailboxes import sync_mailbox
from kalenderkoppling.usecases.mailboxes.timing import LEASE, LONGEST_LOOK
from kktest.calendar import FakeCalendar
from kktest.house import House, herself, mail_of, restarted
from kktest.keeping import ANNA
from kktest.make import at


class Gate:
    """A calendar whose answers wait until they are let through."""

    def __init__(self, calendar: FakeCalendar) -> None:
        self._calendar = calendar
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Asked) -> View:
        view = await self._calendar.view(mailbox, window, zone, fields)
        await self._wait()
        return view

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Asked, validator: Validator
    ) -> View | None:
        view = await self._calendar.view_if_changed(mailbox, window, zone, fields, validator)
        await self._wait()
        return view

    async def _wait(self) -> None:
        self.reading.set()
        await self.go_on.wait()


async def test_F_24_two_workers_on_one_file_look_at_one_mailbox_once(house: House) -> None:
    house.book("b", "13:00", "14:00")
    with restarted(house) as other:
        await asyncio.gather(*(each.look() for each in (house, other) for _ in range(5)))
        assert len(house.kept()) == 1
        looks = house.meter.of(Count.LOOKS) + other.meter.of(Count.LOOKS)
        assert looks == house.calendar.looks_by_mailbox[mail_of(ANNA)]


async def test_F_24_while_one_reads_the_other_leaves_the_mailbox_alone(house: House) -> None:
    gate = Gate(house.calendar)
    house.interrupted.calendar = gate
    with restarted(house) as other:
        looking = asyncio.create_task(house.look())
        await gate.reading.wait()
        await other.look()
        assert len(house.calendar.looks) == 1
        gate.go_on.set()
        await looking


async def test_F_24_a_run_whose_lease_ended_never_writes(house: House) -> None:
    house.book("b", "13:00", "14:00")
    gate = Gate(house.calendar)
    house.interrupted.calendar = gate
    with restarted(house) as other:
        stalled = asyncio.create_task(house.look())
        await gate.reading.wait()
        house.clock.forward(LEASE)
        house.book("b", "15:00", "16:00")
        await other.look()
        gate.go_on.set()
        await stalled

        assert [each.interval.start for each in house.absences()] == [at("15:00")]
        assert house.meter.of(Count.LOOKS_DISCARDED) == 1


async def test_F_24_a_failure_of_a_run_whose_lease_ended_says_nothing_about_the_mailbox(house: House) -> None:
    async def fail_late() -> None:
        house.clock.forward(LEASE)
        await other.look()
        raise PausedError(PauseScope.MAILBOX, timedelta(hours=1))

    with restarted(house) as other:
        house.interrupted.after_reading.append(fail_late)
        await house.look()
        assert (house.mailbox().paused_until, house.mailbox().failures) == (None, 0)


async def test_F_24_many_looks_and_edits_of_two_processes_end_in_one_truth(house: House) -> None:
    for number in range(10):
        house.book(f"b{number}", f"{13 + number % 8}:00", f"{14 + number % 8}:00")
    await house.look()
    ids = [each.id for each in house.kept()]
    with restarted(house) as other:
        await asyncio.gather(
            *(each.look() for each in (house, other) for _ in range(10)),
            *(edit_absence(other.core, herself(), id_, Fields(note="mine")) for id_ in ids[:5]),
            *(edit_absence(house.core, herself(), id_, Fields(note="mine")) for id_ in ids[5:]),
        )
    assert [each.id for each in house.kept()] == ids
    assert {each.note for each in house.absences()} == {"mine"}
    assert {str(state) for state in house.chain()} == {"whole"}


@pytest.mark.parametrize("seconds", [0, 59, 60, 61])
async def test_F_20_a_claim_of_a_dead_process_holds_for_its_lease_and_no_longer(house: House, seconds: int) -> None:
    gate = Gate(house.calendar)
    house.interrupted.calendar = gate
    dead = asyncio.create_task(house.look())
    await gate.reading.wait()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    house.clock.forward(timedelta(seconds=seconds))
    with restarted(house) as following:
        await following.look()
        assert len(house.calendar.looks) == (1 if seconds < 60 else 2)


@dataclass
class StuckCalendar:
    """A calendar that answers empty so many times, and then never."""

    answers: int

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Asked) -> View:
        self.answers -= 1
        if self.answers < 0:
            await asyncio.Event().wait()
        return View(window=window, bookings=())

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Asked, validator: Validator
    ) -> View | None:
        return await self.view(mailbox, window, zone, fields)


@pytest.mark.parametrize("answers", [0, 1], ids=["first reading", "second reading of the brake"])
async def test_F_24_a_look_that_never_ends_is_given_up_within_its_lease(
    house: House, monkeypatch: pytest.MonkeyPatch, answers: int
) -> None:
    for number in range(5):
        house.book(str(number), "13:00", "14:00")
    await house.look()
    house.interrupted.calendar = StuckCalendar(answers)
    monkeypatch.setattr(sync_mailbox, "LONGEST_LOOK", timedelta(milliseconds=1))
    await house.look()
    state = house.mailbox()
    assert (state.problem, state.failures, len(house.kept())) == (ReadProblem.UNREACHABLE, 1, 5)
    house.interrupted.calendar = house.calendar
    monkeypatch.undo()
    await house.look()
    assert house.mailbox().problem is None


def test_F_24_what_a_source_and_a_look_take_at_most_fits_into_a_lease() -> None:
    of_a_file = icalendar_door.DEADLINE_SECONDS + icalendar_look.EXPANSION_SECONDS
    assert max(graph.LOOK_SECONDS, of_a_file) <= LONGEST_LOOK.total_seconds() < LEASE.total_seconds()
