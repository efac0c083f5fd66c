"""Finish runs in one transaction: compare what was read with what is kept, and write the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import CalendarError, PausedError, PauseScope
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.mailboxes import Claim, Revision
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Known, Plan, Terms, make_plan
from kalenderkoppling.usecases.core import Core, Unit
from kalenderkoppling.usecases.mailboxes.apply_plans import Planned, apply_plans
from kalenderkoppling.usecases.mailboxes.claim_runs import question_about
from kalenderkoppling.usecases.mailboxes.mailbox_state import seems_different, state_after_failure
from kalenderkoppling.usecases.mailboxes.run import Outcome, Run, Written
from kalenderkoppling.usecases.mailboxes.unchanged import Dealt, Question, depends_on_time
from kalenderkoppling.usecases.situation import policies

_NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What of ours a plan rests on, as it is in the transaction that writes."""

    question: Question
    policy: Policy
    settings: TenantSettings
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An outcome whose view is compared with what is kept, what of ours that rests on, and the revision of that."""

    outcome: Outcome
    view: View
    ours: Conditions
    revision: Revision


def finish_runs(core: Core, outcomes: Sequence[Outcome], unit: Unit) -> Mapping[Claim, Written]:
    """Write what runs came to, all in one transaction; those whose fence has moved write nothing (F-24)."""
    held = unit.tx.mailboxes.still_held(each.run.claim for each in outcomes)
    # Read only now that nobody else can finish these runs: edits and rules set during a look are seen (F-27).
    conditions = _conditions(
        unit.tx, [each.run.claim.person for each in outcomes if each.view is not None and each.run.claim in held]
    )
    unchanged: list[Outcome] = []
    read: list[_Read] = []
    for each in outcomes:
        run, revision = each.run, held.get(each.run.claim)
        ours = conditions.get(run.claim.person)
        if revision is None:
            continue
        if each.view is None and run.dealt is not None and run.dealt.revision == revision:
            unchanged.append(each)
        elif each.view is not None and ours is not None and ours.question == run.question:
            read.append(_Read(outcome=each, view=each.view, ours=ours, revision=revision))
        else:
            _discard(unit, run)
    discarded = {each.run.claim: Written(plan=None) for each in outcomes}
    return {**discarded, **_finish_unchanged(unit, unchanged), **_finish_read(core, unit, read)}


def finish_failed(unit: Unit, run: Run, error: CalendarError, chance: float) -> None:
    """Write that a look failed; a run whose fence has moved writes nothing (F-24)."""
    state = state_after_failure(run, error, unit.now, chance)
    if not unit.tx.mailboxes.finish(run.claim, state):
        return
    if isinstance(error, PausedError) and error.scope is PauseScope.TENANT:
        unit.tx.mailboxes.pause_tenant(unit.now + error.retry_after)
    if seems_different(run.claim.state, state):
        unit.tell(run.claim.person)


def _conditions(tx: Transaction, ids: Sequence[PersonId]) -> Mapping[PersonId, Conditions]:
    """Return on what the plans of people rest, of those who have not been removed meanwhile."""
    if not ids:
        return {}
    people, settings = tx.people.many(ids), tx.people.settings()
    policy_of, choices = policies(tx, people), tx.choices.of(ids)
    return {
        id_: Conditions(
            question=question_about(person, policy_of[id_], settings),
            policy=policy_of[id_],
            settings=settings,
            choices=choices.get(id_, _NO_CHOICES),
        )
        for id_, person in people.items()
    }


def _discard(unit: Unit, run: Run) -> None:
    """Give the mailbox back without an outcome: what was asked for is not what would be asked for now."""
    if unit.tx.mailboxes.finish(run.claim, replace(run.claim.state, due=unit.now)):
        unit.wake([run.claim.person])


def _finish_unchanged(unit: Unit, outcomes: Sequence[Outcome]) -> Mapping[Claim, Written]:
    """Write that mailboxes were looked at whose answer and conditions are those of last time: the plan is empty."""
    unit.tx.mailboxes.finish_many([(each.run.claim, each.state) for each in outcomes])
    for each in outcomes:
        if seems_different(each.run.claim.state, each.state):
            unit.tell(each.run.claim.person)
    return {
        each.run.claim: Written(
            plan=Plan(),
            dealt=each.run.dealt and replace(each.run.dealt, generation=each.run.claim.generation, at=each.run.began),
        )
        for each in outcomes
    }


def _finish_read(core: Core, unit: Unit, read: Sequence[_Read]) -> Mapping[Claim, Written]:
    """Write the differences between views and what is kept, those of all mailboxes together."""
    if not read:
        return {}
    unit.tx.mailboxes.finish_many([(each.outcome.run.claim, each.outcome.state) for each in read])
    kept = unit.tx.absences.kept_by_person(each.outcome.run.claim.person for each in read)
    planned = [_planned(core, unit, each, kept.get(each.outcome.run.claim.person, ())) for each in read]
    apply_plans(unit, planned)
    own = unit.tx.mailboxes.revisions(each.person for each in planned if not each.plan.is_empty)
    for each, done in zip(read, planned, strict=True):
        before, after = each.outcome.run.claim.state, each.outcome.state
        # A key that is no longer left out may belong to a booking that has turned private.
        unit.scrub = unit.scrub or bool(set(before.left_out) - set(after.left_out))
        if done.plan.changes_absences or seems_different(before, after):
            unit.tell(done.person)
    return {
        each.outcome.run.claim: Written(
            plan=done.plan, dealt=_dealt_with(each, done.plan, own.get(done.person, each.revision))
        )
        for each, done in zip(read, planned, strict=True)
    }


def _planned(core: Core, unit: Unit, read: _Read, kept: Sequence[Kept]) -> Planned:
    zone = read.ours.question.zone
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
    return Planned(plan=plan, person=read.outcome.run.claim.person, zone=zone, kept=kept, view=read.view)


def _dealt_with(read: _Read, plan: Plan, revision: Revision) -> Dealt | None:
    """Return what the view is remembered by, None where it would be planned otherwise next time.

    Of the revision after the plan only the person's own part counts, which nobody else can move now. The shared part is
    the one from before rules and settings were read: what is committed meanwhile must not pass for what was seen.
    """
    run, view = read.outcome.run, read.view
    writes_choices = plan.choose or plan.unchoose or plan.forget_choices
    if view.validator is None or writes_choices or depends_on_time(view, run.began):
        return None
    return Dealt(
        question=run.question,
        validator=view.validator,
        revision=Revision(own=revision.own, shared=read.revision.shared),
        generation=run.claim.generation,
        at=run.began,
    )
