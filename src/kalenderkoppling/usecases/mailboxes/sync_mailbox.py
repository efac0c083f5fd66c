"""One look at one mailbox: claim, read the window, write the difference in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import (
    CalendarError,
    ConflictError,
    InvalidValueError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
    StoreUnavailableError,
)
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.mailbox import MailboxRef, MailboxState
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.calendar import CalendarSource, Fields
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.brake import wants_second_look
from kalenderkoppling.sync.plan import Known, Plan, Terms, make_plan
from kalenderkoppling.sync.window import window_at
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.mailboxes.left_out import named, without_unstorable
from kalenderkoppling.usecases.mailboxes.timing import LEASE, SHORTEST_SWEEP, YOUNG, next_retry, next_sweep
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.situation import policies, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a look needs beside the core: chance in [0, 1), the meter, and whether a notice told of a change."""

    source: CalendarSource
    meter: Meter
    chance: Callable[[], float]
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A claimed run: whose mailbox, and under which terms."""

    claim: Claim
    person: Person
    settings: TenantSettings
    policy: Policy
    began: datetime


async def sync_mailbox(core: Core, looking: Looking, ref: MailboxRef) -> None:
    """Look at a mailbox and make what is kept follow it; nothing happens while another run holds it.

    A look that fails or is incomplete changes nothing but the mailbox's state (C-22). Doing it twice writes nothing
    the second time but when it was looked at (L-2).
    """
    run = await perform(core, ref.tenant, lambda unit: _claim(unit, ref))
    if run is None:
        return
    try:
        view = await _look(core, looking.source, ref, run)
    except CalendarError as error:
        problem, chance = error, looking.chance()
        looking.meter.count(Count.LOOKS_FAILED, _named(problem))
        await perform(core, ref.tenant, lambda unit: _finish_failed(unit, run, problem, chance))
        return
    try:
        plan = await _write(core, ref, run, view, looking.chance())
    except (InvalidValueError, ConflictError, StoreUnavailableError):
        problem, chance = ReadFailedError(ReadProblem.NOT_STORED), looking.chance()
        looking.meter.count(Count.LOOKS_FAILED, _named(problem))
        await perform(core, ref.tenant, lambda unit: _finish_failed(unit, run, problem, chance))
        return
    _count(looking, run, plan)


async def _write(core: Core, ref: MailboxRef, run: _Run, view: View, chance: float) -> Plan | None:
    """Write the difference; a booking that cannot be stored is left as it was, and the others are kept.

    Raises:
        InvalidValueError, ConflictError: nothing of the view can be stored.
        StoreUnavailableError: the database cannot be used just now.
    """

    async def finish(seen: View) -> Plan | None:
        return await perform(
            core, ref.tenant, lambda unit: _finish(core, unit, run, seen, _after_success(run, seen, chance))
        )

    async def can_be_written(seen: View) -> bool:
        def work(unit: Unit) -> None:
            _finish(core, unit, run, seen, _after_success(run, seen, chance))
            raise _OnlyTriedError

        try:
            await perform(core, ref.tenant, work)
        except _OnlyTriedError:
            return True
        except (InvalidValueError, ConflictError):
            pass
        return False

    try:
        return await finish(view)
    except (InvalidValueError, ConflictError):
        storable = await without_unstorable(view, can_be_written)
        if storable is None:
            raise
        return await finish(storable)


class _OnlyTriedError(Exception):
    """Ends a transaction that was only tried, so that nothing of it is written."""


def _claim(unit: Unit, ref: MailboxRef) -> _Run | None:
    claim = unit.tx.mailboxes.claim(ref.person, unit.now, LEASE)
    person = unit.tx.people.get(ref.person) if claim else None
    if claim is None or person is None:
        return None
    return _Run(
        claim=claim,
        person=person,
        settings=unit.tx.people.settings(),
        policy=policies(unit.tx, {person.id: person})[person.id],
        began=unit.now,
    )


async def _look(core: Core, source: CalendarSource, ref: MailboxRef, run: _Run) -> View:
    """Read the window; a sudden emptiness is looked at a second time and then believed (the brake)."""
    zone = zone_of(run.person, run.settings)
    window = window_at(run.began, zone)
    fields = Fields(subject=run.policy.show_subject, item_choices=run.settings.reads_item_choices)
    view = await source.view(run.person.mailbox, window, zone, fields)
    if view.is_empty:
        # Only then: to read all that is kept costs as much as to compare it.
        kept = await look_up(core, ref.tenant, lambda tx: tx.absences.kept(ref.person))
        if wants_second_look(view, kept, zone):
            view = await source.view(run.person.mailbox, window, zone, fields)
    return view


def _finish(core: Core, unit: Unit, run: _Run, view: View, state: MailboxState) -> Plan | None:
    """Write the difference, unless the fence has moved; edits made during the look are seen (F-24, F-27)."""
    tx, id_ = unit.tx, run.person.id
    person = tx.people.get(id_)
    policy = policies(tx, {id_: person})[id_] if person else run.policy
    if person is None or not _still_fits(run, person, policy, tx.people.settings()):
        if tx.mailboxes.finish(run.claim, replace(run.claim.state, due=unit.now)):
            unit.wake([id_])
        return None
    if not tx.mailboxes.finish(run.claim, state):
        return None
    known = Known(kept=tx.absences.kept(id_), choices=tx.choices.of([id_]).get(id_, Choices()))
    terms = Terms(
        policy=policy,
        zone=zone_of(person, run.settings),
        now=unit.now,
        retention=run.settings.retention,
        new_id=core.new_id,
    )
    plan = make_plan(view, known, terms)
    # A key that is no longer left out may belong to a booking that has turned private.
    unit.scrub = bool(set(run.claim.state.left_out) - set(state.left_out))
    _apply(unit, plan, person, terms)
    _forget(unit, plan, known, view)
    if plan.changes_absences or _seems_different(run.claim.state, state):
        unit.tell(id_)
    return plan


def _still_fits(run: _Run, person: Person, policy: Policy, settings: TenantSettings) -> bool:
    """Tell whether the look answers what would be asked now: same mailbox, zone and fields."""
    return (
        person.mailbox == run.person.mailbox
        and zone_of(person, settings) == zone_of(run.person, run.settings)
        and policy.show_subject == run.policy.show_subject
        and settings.reads_item_choices == run.settings.reads_item_choices
    )


def _apply(unit: Unit, plan: Plan, person: Person, terms: Terms) -> None:
    tx = unit.tx
    if plan.drop or plan.forget:
        tx.absences.drop([*plan.drop, *plan.forget])
    if plan.change:
        tx.absences.change(person.id, placed(plan.change, terms.zone))
    if plan.add:
        tx.absences.add(person.id, placed(plan.add, terms.zone))
    if plan.choose:
        tx.choices.put(person.id, plan.choose)
    if plan.unchoose or plan.forget_choices:
        tx.choices.remove(person.id, [*plan.unchoose, *plan.forget_choices])
    unit.scrub = unit.scrub or plan.leaves_traces


def _forget(unit: Unit, plan: Plan, known: Known, view: View) -> None:
    """Erase what the audit log tells of bookings that are private, also where no row is left to say so (S-12)."""
    turned = {each.booking.key for each in known.kept if each.id in plan.forget}
    private = {key for each in view.private for key in (each.key, each.series_key) if key is not None}
    if unit.tx.audit.forget([*turned, *plan.forget_choices, *private]):
        unit.scrub = True


def _after_success(run: _Run, view: View, chance: float) -> MailboxState:
    return MailboxState(
        person=run.person.id,
        due=next_sweep(run.began, chance),
        last_good_look=run.began,
        unreadable=bool(view.unreadable),
        left_out=named(view),
    )


def _after_failure(run: _Run, error: CalendarError, now: datetime, chance: float) -> MailboxState:
    """Return the mailbox's state after a failed look: what was known stays, and when it was last good.

    Waits count from the answer, `now`: the look may have taken long (S-8).
    """
    failures = run.claim.state.failures + 1
    state = replace(
        run.claim.state,
        due=next_retry(now, failures, chance),
        failures=failures,
        problem=None,
        blocked=None,
        paused_until=None,
    )
    match error:
        case PausedError(scope=PauseScope.MAILBOX):
            return replace(state, problem=ReadProblem.THROTTLED, paused_until=now + error.retry_after)
        case PausedError():
            return replace(state, problem=ReadProblem.THROTTLED)
        case MailboxBlockedError():
            return replace(state, blocked=error.reason, due=next_sweep(now, chance))
        case ReadFailedError():
            return replace(state, problem=error.problem)
        case _:
            return replace(state, problem=ReadProblem.SERVER_ERROR)


def _finish_failed(unit: Unit, run: _Run, error: CalendarError, chance: float) -> None:
    state = _after_failure(run, error, unit.now, chance)
    if not unit.tx.mailboxes.finish(run.claim, state):
        return
    if isinstance(error, PausedError) and error.scope is PauseScope.TENANT:
        unit.tx.mailboxes.pause_tenant(unit.now + error.retry_after)
    if _seems_different(run.claim.state, state):
        unit.tell(run.person.id)


def _seems_different(before: MailboxState, after: MailboxState) -> bool:
    """Tell whether people would see another state of the mailbox: it failed, or works again, or is young again."""
    return _is_young_again(before.last_good_look, after.last_good_look) or (
        before.problem,
        before.blocked,
        before.left_out,
    ) != (after.problem, after.blocked, after.left_out)


def _is_young_again(before: datetime | None, after: datetime | None) -> bool:
    """Tell whether the last good look lies elsewhere in time than whoever follows changes would think (C-27, F-12)."""
    return after is not None and (before is None or abs(after - before) > YOUNG)


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


def _count(looking: Looking, run: _Run, plan: Plan | None) -> None:
    if plan is None:
        looking.meter.count(Count.LOOKS_DISCARDED)
        return
    looking.meter.count(Count.LOOKS)
    if plan.changes_absences and not looking.told and _was_swept(run):
        looking.meter.count(Count.CHANGES_UNTOLD)


def _was_swept(run: _Run) -> bool:
    """Tell whether the sweep led to the look: nobody woke the mailbox, and it was no retry or first look."""
    state = run.claim.state
    if state.last_good_look is None or state.failures:
        return False
    return state.due - state.last_good_look >= SHORTEST_SWEEP
