"""One look at one mailbox: claim, read the window, write the difference in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import AbsenceId
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
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.calendar import CalendarSource, Fields
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.brake import wants_second_look
from kalenderkoppling.sync.plan import Known, Plan, Terms, make_plan
from kalenderkoppling.sync.window import window_at
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.mailboxes.left_out import named, without_unstorable
from kalenderkoppling.usecases.mailboxes.timing import LEASE, SHORTEST_SWEEP, YOUNG, next_retry, next_sweep
from kalenderkoppling.usecases.mailboxes.together import Together
from kalenderkoppling.usecases.mailboxes.unchanged import Basis, Dealt, Memory, depends_on_time, versions_after
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.situation import policies, zone_of

_NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A claimed run: whose mailbox, and on which conditions it is looked at.

    `dealt` is the last answer that was dealt with, None where the look has to be a full one; `basis` is what was ours
    at the claim, where an answer is remembered.
    """

    claim: Claim
    person: Person
    settings: TenantSettings
    policy: Policy
    began: datetime
    basis: bytes | None = None
    dealt: Dealt | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone, as it was at the claim."""
        return zone_of(self.person, self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to: the view, None for the answer that was `run.dealt` with, and the state to write."""

    run: Run
    view: View | None
    state: MailboxState


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What of ours a plan rests on, as it is in the transaction that writes; `person` is None if removed meanwhile."""

    person: Person | None
    policy: Policy
    settings: TenantSettings
    choices: Choices
    versions: Sequence[tuple[AbsenceId, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the plan, None where the run was discarded; and the answer as it is remembered after it."""

    plan: Plan | None
    dealt: Dealt | None = None


class Runs:
    """Claims and finishes runs for all mailboxes of a worker, together where they coincide, and remembers answers."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._basis = Basis()
        self.memory = Memory()
        self.claim: Together[MailboxRef, Run | None] = Together(self._claim)
        self.finish: Together[tuple[MailboxRef, Outcome], Written] = Together(self._finish)

    async def _claim(self, refs: Sequence[MailboxRef]) -> Sequence[Run | None]:
        found: dict[MailboxRef, Run] = {}
        for tenant in dict.fromkeys(each.tenant for each in refs):
            people = [each.person for each in refs if each.tenant == tenant]
            remembered = {each for each in people if MailboxRef(tenant=tenant, person=each) in self.memory}
            runs = await perform(self._core, tenant, partial(_claim, people, remembered, self._basis))
            for person, run in runs.items():
                ref = MailboxRef(tenant=tenant, person=person)
                dealt = self.memory.take(ref, run.claim, run.began)
                # Compared at the finish as well; here, so that a new rule does not cost the calendar two requests.
                found[ref] = replace(run, dealt=dealt if dealt and dealt.basis == run.basis else None)
        # Of two who ask for one mailbox at the same time, one gets it.
        return [found.pop(ref, None) for ref in refs]

    async def _finish(self, outcomes: Sequence[tuple[MailboxRef, Outcome]]) -> Sequence[Written]:
        found: dict[Claim, Written] = {}
        for tenant in dict.fromkeys(ref.tenant for ref, _ in outcomes):
            mine = [outcome for ref, outcome in outcomes if ref.tenant == tenant]
            found |= await perform(self._core, tenant, partial(_finish_together, self._core, self._basis, mine))
        written = [found[outcome.run.claim] for _, outcome in outcomes]
        for (ref, _), each in zip(outcomes, written, strict=True):
            self.memory.put(ref, each.dealt)
        return written

    async def can_be_written(self, ref: MailboxRef, outcome: Outcome) -> bool:
        """Tell whether an outcome can be written, without writing it."""

        def work(unit: Unit) -> None:
            _finish_together(self._core, self._basis, [outcome], unit)
            raise _OnlyTriedError

        try:
            await perform(self._core, ref.tenant, work)
        except _OnlyTriedError:
            return True
        except (InvalidValueError, ConflictError):
            pass
        return False


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
        await perform(core, ref.tenant, lambda unit: _finish_failed(unit, run, problem, chance))
        return
    try:
        written = await _write(looking.runs, ref, run, view, looking.chance())
    except (InvalidValueError, ConflictError, StoreUnavailableError):
        problem, chance = ReadFailedError(ReadProblem.NOT_STORED), looking.chance()
        looking.meter.count(Count.LOOKS_FAILED, _named(problem))
        await perform(core, ref.tenant, lambda unit: _finish_failed(unit, run, problem, chance))
        return
    _count(looking, run, view, written.plan)


async def _write(runs: Runs, ref: MailboxRef, run: Run, view: View | None, chance: float) -> Written:
    """Write the difference; a booking that cannot be stored is left as it was, and the others are kept.

    Raises:
        InvalidValueError, ConflictError: nothing of the view can be stored.
        StoreUnavailableError: the database cannot be used just now.
    """

    def outcome(seen: View | None) -> Outcome:
        return Outcome(run=run, view=seen, state=_after_success(run, seen, chance))

    try:
        return await runs.finish((ref, outcome(view)))
    except (InvalidValueError, ConflictError):
        storable = view and await without_unstorable(view, lambda seen: runs.can_be_written(ref, outcome(seen)))
        if storable is None:
            raise
        return await runs.finish((ref, outcome(storable)))


class _OnlyTriedError(Exception):
    """Ends a transaction that was only tried, so that nothing of it is written."""


def _claim(
    people: Sequence[PersonId], remembered: AbstractSet[PersonId], basis: Basis, unit: Unit
) -> Mapping[PersonId, Run]:
    """Claim mailboxes that nobody else holds, and read on which conditions they are looked at."""
    tx = unit.tx
    claims = tx.mailboxes.claim_many(people, unit.now, LEASE)
    known = tx.people.many(claims)
    if not known:
        return {}
    settings, policy_of = tx.people.settings(), policies(tx, known)
    wanted = known.keys() & remembered
    choices, versions = (tx.choices.of(wanted), tx.absences.kept_versions(wanted)) if wanted else ({}, {})

    def basis_of(id_: PersonId) -> bytes | None:
        if id_ not in wanted:
            return None
        return basis.of(policy_of[id_], settings, choices.get(id_, _NO_CHOICES), versions.get(id_, ()))

    return {
        id_: Run(
            claim=claims[id_],
            person=person,
            settings=settings,
            policy=policy_of[id_],
            began=unit.now,
            basis=basis_of(id_),
        )
        for id_, person in known.items()
    }


async def _look(core: Core, source: CalendarSource, ref: MailboxRef, run: Run) -> View | None:
    """Read the window, None for the answer of last time.

    A sudden emptiness is looked at a second time and then believed (the brake).
    """
    mailbox, window, zone = run.person.mailbox, window_at(run.began, run.zone), run.zone
    fields = Fields(subject=run.policy.show_subject, item_choices=run.settings.reads_item_choices)
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


def _finish_together(core: Core, basis: Basis, outcomes: Sequence[Outcome], unit: Unit) -> Mapping[Claim, Written]:
    """Write what runs came to, all in one transaction; those whose fence has moved write nothing (F-24)."""
    held = unit.tx.mailboxes.still_held(each.run.claim for each in outcomes)
    # Read only now that nobody else can finish these runs: edits and rules set during a look are seen (F-27).
    conditions = _conditions(unit.tx, [each.run for each in outcomes if each.run.claim in held])
    written = {each.run.claim: Written(plan=None) for each in outcomes}
    same: list[Outcome] = []
    for each in outcomes:
        run = each.run
        if run.claim not in held:
            continue
        ours = conditions[run.person.id]
        if not _still_fits(run, ours) or (each.view is None and not _is_same(run, ours, basis)):
            _discard(unit, run)
        elif each.view is None:
            same.append(each)
        else:
            plan = _finish(core, unit, each, ours)
            dealt = None if plan is None else _dealt_with(run, each.view, ours, plan, basis)
            written[run.claim] = Written(plan=plan, dealt=dealt)
    return {**written, **_finish_same(unit, same)}


def _conditions(tx: Transaction, runs: Sequence[Run]) -> Mapping[PersonId, Conditions]:
    ids = [each.person.id for each in runs]
    if not ids:
        return {}
    people, settings = tx.people.many(ids), tx.people.settings()
    policy_of, choices, versions = policies(tx, people), tx.choices.of(ids), tx.absences.kept_versions(ids)
    return {
        run.person.id: Conditions(
            person=people.get(run.person.id),
            policy=policy_of.get(run.person.id, run.policy),
            settings=settings,
            choices=choices.get(run.person.id, _NO_CHOICES),
            versions=versions.get(run.person.id, ()),
        )
        for run in runs
    }


def _is_same(run: Run, ours: Conditions, basis: Basis) -> bool:
    """Tell whether everything of ours is as it was when the same answer was dealt with."""
    now = basis.of(ours.policy, ours.settings, ours.choices, ours.versions)
    return run.dealt is not None and run.dealt.basis == now


def _discard(unit: Unit, run: Run) -> None:
    """Give the mailbox back without an outcome: what was asked for is not what would be asked for now."""
    if unit.tx.mailboxes.finish(run.claim, replace(run.claim.state, due=unit.now)):
        unit.wake([run.person.id])


def _finish_same(unit: Unit, outcomes: Sequence[Outcome]) -> Mapping[Claim, Written]:
    """Write that mailboxes were looked at whose answer and conditions are those of last time: the plan is empty."""
    unit.tx.mailboxes.finish_many([(each.run.claim, each.state) for each in outcomes])
    for each in outcomes:
        if _seems_different(each.run.claim.state, each.state):
            unit.tell(each.run.person.id)
    return {
        each.run.claim: Written(
            plan=Plan(),
            dealt=each.run.dealt and replace(each.run.dealt, generation=each.run.claim.generation, at=each.run.began),
        )
        for each in outcomes
    }


def _finish(core: Core, unit: Unit, outcome: Outcome, ours: Conditions) -> Plan | None:
    """Write the difference between a view and what is kept."""
    run, view, person = outcome.run, outcome.view, ours.person
    if view is None or person is None or not unit.tx.mailboxes.finish(run.claim, outcome.state):
        return None
    known = Known(kept=unit.tx.absences.kept(person.id), choices=ours.choices)
    terms = Terms(
        policy=ours.policy,
        zone=run.zone,
        now=unit.now,
        retention=ours.settings.retention,
        new_id=core.new_id,
    )
    plan = make_plan(view, known, terms)
    # A key that is no longer left out may belong to a booking that has turned private.
    unit.scrub = unit.scrub or bool(set(run.claim.state.left_out) - set(outcome.state.left_out))
    _apply(unit, plan, person, terms)
    _forget(unit, plan, known, view)
    if plan.changes_absences or _seems_different(run.claim.state, outcome.state):
        unit.tell(person.id)
    return plan


def _dealt_with(run: Run, view: View, ours: Conditions, plan: Plan, basis: Basis) -> Dealt | None:
    """Return what the view is remembered by, None where it would be planned otherwise next time."""
    writes_choices = plan.choose or plan.unchoose or plan.forget_choices
    if view.validator is None or writes_choices or depends_on_time(view, run.began):
        return None
    versions = versions_after(ours.versions, plan)
    return Dealt(
        validator=view.validator,
        basis=basis.of(ours.policy, ours.settings, ours.choices, versions),
        generation=run.claim.generation,
        at=run.began,
    )


def _still_fits(run: Run, ours: Conditions) -> bool:
    """Tell whether the look answers what would be asked now: same mailbox, zone and fields."""
    return (
        ours.person is not None
        and ours.person.mailbox == run.person.mailbox
        and zone_of(ours.person, ours.settings) == run.zone
        and ours.policy.show_subject == run.policy.show_subject
        and ours.settings.reads_item_choices == run.settings.reads_item_choices
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


def _after_success(run: Run, view: View | None, chance: float) -> MailboxState:
    """Return the mailbox's state after a complete look; the same answer is as readable as it was."""
    return MailboxState(
        person=run.person.id,
        due=next_sweep(run.began, chance),
        last_good_look=run.began,
        unreadable=run.claim.state.unreadable if view is None else bool(view.unreadable),
        left_out=run.claim.state.left_out if view is None else named(view),
    )


def _after_failure(run: Run, error: CalendarError, now: datetime, chance: float) -> MailboxState:
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


def _finish_failed(unit: Unit, run: Run, error: CalendarError, chance: float) -> None:
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
