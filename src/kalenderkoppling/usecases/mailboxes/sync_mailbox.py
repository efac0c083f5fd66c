"""One look at one mailbox: claim, read the window, write the difference in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import (
    CalendarError,
    ConflictError,
    InvalidValueError,
    MailboxBlockedError,
    PausedError,
    ReadFailedError,
    ReadProblem,
    StoreUnavailableError,
)
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.ports.calendar import CalendarSource
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.sync.brake import wants_second_look
from kalenderkoppling.sync.plan import Plan
from kalenderkoppling.sync.window import window_at
from kalenderkoppling.usecases.core import Core, look_up, perform
from kalenderkoppling.usecases.mailboxes.finish_runs import finish_failed
from kalenderkoppling.usecases.mailboxes.left_out import without_unstorable
from kalenderkoppling.usecases.mailboxes.mailbox_state import state_after_success
from kalenderkoppling.usecases.mailboxes.run import Outcome, Run, Written
from kalenderkoppling.usecases.mailboxes.runs import Runs
from kalenderkoppling.usecases.mailboxes.timing import LONGEST_LOOK, SHORTEST_SWEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a look needs beside the core: chance in [0, 1), the meter, and whether a notice told of a change."""

    source: CalendarSource
    meter: Meter
    chance: Callable[[], float]
    runs: Runs
    told: bool = False


async def sync_mailbox(core: Core, looking: Looking, ref: MailboxRef) -> None:
    """Look at a mailbox and make what is kept follow it; a no-op while another run holds it.

    A look that fails or is incomplete changes nothing but the mailbox's state (C-22). Doing it twice writes nothing
    the second time but when it was looked at (L-2).
    """
    run = await looking.runs.claim(ref)
    if run is None:
        return
    try:
        view = await _look(core, looking.source, ref, run)
    except CalendarError as error:
        problem, chance = error, looking.chance()
        looking.meter.count(Count.LOOKS_FAILED, _named(problem))
        await perform(core, ref.tenant, lambda unit: finish_failed(unit, run, problem, chance))
        return
    try:
        written = await _write(looking.runs, ref, run, view, looking.chance())
    except (InvalidValueError, ConflictError, StoreUnavailableError):
        problem, chance = ReadFailedError(ReadProblem.NOT_STORED), looking.chance()
        looking.meter.count(Count.LOOKS_FAILED, _named(problem))
        await perform(core, ref.tenant, lambda unit: finish_failed(unit, run, problem, chance))
        return
    _count(looking, run, view, written.plan)


async def _write(runs: Runs, ref: MailboxRef, run: Run, view: View | None, chance: float) -> Written:
    """Write the difference; a booking that cannot be stored is left as it was, and the others are kept.

    Raises:
        InvalidValueError, ConflictError: nothing of the view can be stored.
        StoreUnavailableError: the database cannot be used just now.
    """

    def outcome(seen: View | None) -> Outcome:
        return Outcome(run=run, view=seen, state=state_after_success(run, seen, chance))

    try:
        return await runs.finish((ref, outcome(view)))
    except (InvalidValueError, ConflictError):
        storable = view and await without_unstorable(view, lambda seen: runs.can_be_written(ref, outcome(seen)))
        if storable is None:
            raise
        return await runs.finish((ref, outcome(storable)))


async def _look(core: Core, source: CalendarSource, ref: MailboxRef, run: Run) -> View | None:
    """Read the window, None for the answer of last time.

    A sudden emptiness is looked at a second time and then believed (the brake).

    Raises:
        ReadFailedError: UNREACHABLE: the calendar took longer than a look may; and the other errors of the port.
    """
    try:
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()):
            return await _read(core, source, ref, run)
    except TimeoutError:
        raise ReadFailedError(ReadProblem.UNREACHABLE, "no answer within the time of a look") from None


async def _read(core: Core, source: CalendarSource, ref: MailboxRef, run: Run) -> View | None:
    mailbox, zone, fields = run.question.mailbox, run.question.zone, run.question.fields
    window = window_at(run.began, zone)
    if run.dealt is None:
        view = await source.view(mailbox, window, zone, fields)
    else:
        changed = await source.view_if_changed(mailbox, window, zone, fields, run.dealt.validator)
        if changed is None:
            return None
        view = changed
    if view.is_empty:
        # Only then: to read all that is kept costs as much as to compare it.
        kept = await look_up(core, ref.tenant, lambda tx: tx.absences.kept(ref.person))
        if wants_second_look(view, kept, zone):
            view = await source.view(mailbox, window, zone, fields)
    return view


def _named(error: CalendarError) -> str:
    match error:
        case PausedError():
            return "paused"
        case MailboxBlockedError():
            return "blocked"
        case ReadFailedError():
            return str(error.problem)
        case _:
            return "other"


def _count(looking: Looking, run: Run, view: View | None, plan: Plan | None) -> None:
    if plan is None:
        looking.meter.count(Count.LOOKS_DISCARDED)
        return
    looking.meter.count(Count.LOOKS)
    if view is None:
        looking.meter.count(Count.LOOKS_UNCHANGED)
    if plan.changes_absences and not looking.told and _was_swept(run):
        looking.meter.count(Count.CHANGES_UNTOLD)


def _was_swept(run: Run) -> bool:
    """Tell whether the sweep led to the look: nobody woke the mailbox, and it was no retry or first look."""
    state = run.claim.state
    if state.last_good_look is None or state.failures:
        return False
    return state.due - state.last_good_look >= SHORTEST_SWEEP
