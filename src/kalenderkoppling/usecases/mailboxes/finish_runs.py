"""Finish runs in one transaction: compare what was read with what is kept, and write the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import CalendarError, PausedError, PauseScope
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Known, Plan, Terms, make_plan
from kalenderkoppling.usecases.core import Core, Unit
from kalenderkoppling.usecases.mailboxes.apply_plans import Planned, apply_plans
from kalenderkoppling.usecases.mailboxes.mailbox_state import seems_different, state_after_failure
from kalenderkoppling.usecases.mailboxes.run import Outcome, Run, Written
from kalenderkoppling.usecases.mailboxes.unchanged import Basis, Dealt, depends_on_time, versions_after
from kalenderkoppling.usecases.situation import policies, zone_of

_NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What of ours a plan rests on, as it is in the transaction that writes; `person` is None if removed meanwhile."""

    person: Person | None
    policy: Policy
    settings: TenantSettings
    choices: Choices
    versions: Sequence[tuple[AbsenceId, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An outcome whose view is compared with what is kept, and what of ours that rests on."""

    outcome: Outcome
    view: View
    person: Person
    ours: Conditions


def finish_runs(core: Core, basis: Basis, outcomes: Sequence[Outcome], unit: Unit) -> Mapping[Claim, Written]:
    """Write what runs came to, all in one transaction; those whose fence has moved write nothing (F-24)."""
    held = unit.tx.mailboxes.still_held(each.run.claim for each in outcomes)
    # Read only now that nobody else can finish these runs: edits and rules set during a look are seen (F-27).
    conditions = _conditions(unit.tx, [each.run for each in outcomes if each.run.claim in held])
    unchanged: list[Outcome] = []
    read: list[_Read] = []
    for each in outcomes:
        run = each.run
        if run.claim not in held:
            continue
        ours = conditions[run.person.id]
        if ours.person is None or not _still_fits(run, ours.person, ours):
            _discard(unit, run)
        elif each.view is not None:
            read.append(_Read(outcome=each, view=each.view, person=ours.person, ours=ours))
        elif _is_same(run, ours, basis):
            unchanged.append(each)
        else:
            _discard(unit, run)
    discarded = {each.run.claim: Written(plan=None) for each in outcomes}
    return {**discarded, **_finish_unchanged(unit, unchanged), **_finish_read(core, unit, read, basis)}


def finish_failed(unit: Unit, run: Run, error: CalendarError, chance: float) -> None:
    """Write that a look failed; a run whose fence has moved writes nothing (F-24)."""
    state = state_after_failure(run, error, unit.now, chance)
    if not unit.tx.mailboxes.finish(run.claim, state):
        return
    if isinstance(error, PausedError) and error.scope is PauseScope.TENANT:
        unit.tx.mailboxes.pause_tenant(unit.now + error.retry_after)
    if seems_different(run.claim.state, state):
        unit.tell(run.person.id)


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


def _still_fits(run: Run, person: Person, ours: Conditions) -> bool:
    """Tell whether the look answers what would be asked now: same mailbox, zone and fields."""
    return (
        person.mailbox == run.person.mailbox
        and zone_of(person, ours.settings) == run.zone
        and ours.policy.show_subject == run.policy.show_subject
        and ours.settings.reads_item_choices == run.settings.reads_item_choices
    )


def _is_same(run: Run, ours: Conditions, basis: Basis) -> bool:
    """Tell whether everything of ours is as it was when the same answer was dealt with."""
    now = basis.of(ours.policy, ours.settings, ours.choices, ours.versions)
    return run.dealt is not None and run.dealt.basis == now


def _discard(unit: Unit, run: Run) -> None:
    """Give the mailbox back without an outcome: what was asked for is not what would be asked for now."""
    if unit.tx.mailboxes.finish(run.claim, replace(run.claim.state, due=unit.now)):
        unit.wake([run.person.id])


def _finish_unchanged(unit: Unit, outcomes: Sequence[Outcome]) -> Mapping[Claim, Written]:
    """Write that mailboxes were looked at whose answer and conditions are those of last time: the plan is empty."""
    unit.tx.mailboxes.finish_many([(each.run.claim, each.state) for each in outcomes])
    for each in outcomes:
        if seems_different(each.run.claim.state, each.state):
            unit.tell(each.run.person.id)
    return {
        each.run.claim: Written(
            plan=Plan(),
            dealt=each.run.dealt and replace(each.run.dealt, generation=each.run.claim.generation, at=each.run.began),
        )
        for each in outcomes
    }


def _finish_read(core: Core, unit: Unit, read: Sequence[_Read], basis: Basis) -> Mapping[Claim, Written]:
    """Write the differences between views and what is kept, those of all mailboxes together."""
    if not read:
        return {}
    unit.tx.mailboxes.finish_many([(each.outcome.run.claim, each.outcome.state) for each in read])
    kept = unit.tx.absences.kept_by_person(each.person.id for each in read)
    planned = [_planned(core, unit, each, kept.get(each.person.id, ())) for each in read]
    apply_plans(unit, planned)
    for each, done in zip(read, planned, strict=True):
        before, after = each.outcome.run.claim.state, each.outcome.state
        # A key that is no longer left out may belong to a booking that has turned private.
        unit.scrub = unit.scrub or bool(set(before.left_out) - set(after.left_out))
        if done.plan.changes_absences or seems_different(before, after):
            unit.tell(each.person.id)
    return {
        each.outcome.run.claim: Written(plan=done.plan, dealt=_dealt_with(each, done.plan, basis))
        for each, done in zip(read, planned, strict=True)
    }


def _planned(core: Core, unit: Unit, read: _Read, kept: Sequence[Kept]) -> Planned:
    zone = read.outcome.run.zone
    terms = Terms(
        policy=read.ours.policy,
        zone=zone,
        now=unit.now,
        retention=read.ours.settings.retention,
        new_id=core.new_id,
    )
    is_confirmed = read.outcome.run.claim.state.is_confirmed
    known = Known(kept=kept, choices=read.ours.choices, is_confirmed=is_confirmed)
    plan = make_plan(read.view, known, terms)
    return Planned(plan=plan, person=read.person.id, zone=zone, kept=kept, view=read.view)


def _dealt_with(read: _Read, plan: Plan, basis: Basis) -> Dealt | None:
    """Return what the view is remembered by, None where it would be planned otherwise next time."""
    run, view, ours = read.outcome.run, read.view, read.ours
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
