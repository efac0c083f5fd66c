"""Bugs that are planted so that the simulation has something to find: each breaks one promise of the product."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.booking import Booking, View
from kalenderkoppling.domain.errors import CalendarError, PausedError
from kalenderkoppling.domain.kept import Kept, same_facts
from kalenderkoppling.domain.mailbox import MailboxRef, MailboxState
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.ports.store.audit import Entry
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.absences import SqlAbsences
from kalenderkoppling.store.audit import SqlAudit
from kalenderkoppling.store.mailboxes import SqlMailboxes
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.sync import plan as planning
from kalenderkoppling.sync.plan import Known, Plan, Terms, make_plan
from kalenderkoppling.usecases import placed as placing
from kalenderkoppling.usecases.core import Core, Unit
from kalenderkoppling.usecases.mailboxes import claim_runs, finish_runs, receive_notice, runs, sync_mailbox, unchanged
from kalenderkoppling.usecases.mailboxes.run import Outcome, Run, Written
from kalenderkoppling.usecases.mailboxes.worker import Worker
from kktest.simulated_world import Habits

Plant = Callable[[pytest.MonkeyPatch, Habits], None]
_OTHER_PLACE = ZoneInfo("UTC")


def ghosts(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """What was deleted in the calendar stays."""
    patch.setattr(planning._Draft, "delete", lambda *_: None)


def a_cut_page_is_the_end(_: pytest.MonkeyPatch, habits: Habits) -> None:
    """An answer that was cut short counts as a whole one."""
    habits.takes_a_cut_page_for_the_end = True


def no_sweep(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Only notices lead to looks."""

    async def nothing(*_: object) -> None:
        """Wake nobody."""

    patch.setattr(Worker, "_wake_due", nothing)


def retry_after_is_ignored(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A request to wait is a failure like any other."""
    patch.setattr(PausedError, "retry_after", timedelta(seconds=1), raising=False)
    plain = finish_runs.finish_failed

    def finish(unit: object, run: object, error: CalendarError, chance: float) -> None:
        if isinstance(error, PausedError):
            error.retry_after = timedelta(0)
        plain(unit, run, error, chance)  # type: ignore[arg-type]  # as it was called

    patch.setattr(sync_mailbox, "finish_failed", finish)


def retry_after_is_held_in_one_process(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A request to wait is remembered by the process that got it, and by nobody else."""
    waits: dict[int, datetime] = {}
    plain_finish, plain_look = finish_runs.finish_failed, Worker.look

    def finish(unit: Unit, run: object, error: CalendarError, chance: float) -> None:
        if isinstance(error, PausedError):
            waits[0] = unit.now + error.retry_after
            error.retry_after = timedelta(0)
        plain_finish(unit, run, error, chance)  # type: ignore[arg-type]  # as it was called

    async def look(worker: Worker, ref: MailboxRef) -> None:
        before = waits.pop(0, None)
        mine = waits.setdefault(id(worker), worker.core.clock.now())
        if mine <= worker.core.clock.now():
            await plain_look(worker, ref)
        if 0 in waits:
            waits[id(worker)] = waits.pop(0)
        if before is not None:
            waits[0] = before

    patch.setattr(sync_mailbox, "finish_failed", finish)
    patch.setattr(Worker, "look", look)


def what_turned_private_is_not_noticed(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A private booking is one that is not there, and what is not there is left alone."""

    def blind(view: View, known: Known, terms: Terms) -> Plan:
        hidden = frozenset(each.key for each in view.private)
        return make_plan(replace(view, private=(), unreadable=view.unreadable | hidden), known, terms)

    patch.setattr(finish_runs, "make_plan", blind)


def private_is_dropped_without_a_purge(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Rows go, but what was in them stays in free pages and the log."""
    patch.setattr(SqlStore, "scrub", lambda *_: None)


def subjects_are_always_asked_for(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """The calendar is asked for subjects whoever may see them."""
    patch.setattr(claim_runs, "Fields", lambda **asked: Fields(**{**asked, "subject": True}))


def hidden_subjects_stay_stored(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A subject that was stored once is kept although it is no longer shown."""
    plain = planning._Draft._bare

    def bare(draft: planning._Draft, booking: Booking, *, with_subject: bool) -> Booking:
        return replace(plain(draft, booking, with_subject=with_subject), subject=booking.subject)

    patch.setattr(SqlAbsences, "purge_subjects", lambda *_: 0)
    patch.setattr(planning._Draft, "_bare", bare)


def payloads_are_logged(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """What was read is told to the log, for debugging."""

    def telling(view: View, known: Known, terms: Terms) -> Plan:
        logging.getLogger("kalenderkoppling").warning("read %s", view)
        return make_plan(view, known, terms)

    patch.setattr(finish_runs, "make_plan", telling)


def edits_hang_on_the_version_tag(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """An edit is dropped by any change of the booking, its subject too."""
    patch.setattr(
        planning, "same_facts", lambda one, other: same_facts(one, other) and one.subject in (None, other.subject)
    )


def edits_are_never_dropped(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """An edit stands although the booking moved."""
    patch.setattr(planning, "same_facts", lambda *_: True)


def a_reread_drops_edits(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Each look begins from nothing."""
    patch.setattr(planning, "same_facts", lambda *_: False)


def service_off_keeps_what_was_read(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Without the service nobody looks any more, and what was known stays."""
    patch.setattr(SqlAbsences, "drop_kept_of", lambda *_: 0)


def no_fence(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A run writes although its lease has ended and another one has written since."""
    plain = SqlMailboxes.finish

    def finish(self: SqlMailboxes, claim: Claim, state: MailboxState) -> bool:
        row = self._connection.exec_driver_sql(
            "SELECT generation FROM mailbox WHERE tenant_id = ? AND person_id = ?", (self._tenant, claim.person)
        ).first()
        return row is not None and plain(self, replace(claim, generation=row[0]), state)

    patch.setattr(SqlMailboxes, "finish", finish)
    patch.setattr(SqlMailboxes, "still_held", lambda _, claims: {each: each.revision for each in claims})


def all_day_is_in_utc(_: pytest.MonkeyPatch, habits: Habits) -> None:
    """An all-day booking is told as the instants that it has in London in winter."""
    habits.tells_all_day_in_utc = True


def all_day_is_placed_in_utc(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """An all-day booking is kept as days, but begins at another midnight in the table."""

    def misplaced(kept: Kept, _zone: ZoneInfo) -> Interval:
        return effective_interval(kept, _OTHER_PLACE)

    patch.setattr(placing, "effective_interval", misplaced)


def another_zone_moves_nothing(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """All-day absences stay where they were when the company's zone is set."""
    from kalenderkoppling.usecases.rules import set_rules

    patch.setattr(set_rules, "place_again", lambda *_: None)


def edits_during_a_look_are_overwritten(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """The plan is made against what was kept when the look began."""
    at_claim: dict[PersonId, tuple[Kept, ...]] = {}
    plain_claim, plain_finish = claim_runs.claim_runs, finish_runs.finish_runs
    plain_kept = SqlAbsences.kept_by_person

    def claim(
        people: Sequence[PersonId], remembered: Mapping[PersonId, unchanged.Dealt], unit: Unit
    ) -> Mapping[PersonId, Run]:
        found = plain_claim(people, remembered, unit)
        at_claim.update({person: tuple(unit.tx.absences.kept(person)) for person in found})
        return found

    def kept(self: SqlAbsences, people: Iterable[PersonId]) -> Mapping[PersonId, Sequence[Kept]]:
        return {person: at_claim.get(person) or now for person, now in plain_kept(self, people).items()}

    def finish(core: Core, outcomes: Sequence[Outcome], unit: Unit) -> Mapping[Claim, Written]:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(SqlAbsences, "kept_by_person", kept)
            return plain_finish(core, outcomes, unit)

    patch.setattr(runs, "claim_runs", claim)
    patch.setattr(runs, "finish_runs", finish)


def entries_are_lost(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Removals are not worth an entry in the log."""
    plain = SqlAudit.append

    def append(self: SqlAudit, entry: Entry) -> None:
        if entry.act != "remove_absence":
            plain(self, entry)

    patch.setattr(SqlAudit, "append", append)


def every_look_writes(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """A look replaces all rows by the same."""

    def rewriting(view: View, known: Known, terms: Terms) -> Plan:
        plan = make_plan(view, known, terms)
        named = {each.id for each in plan.change} | {*plan.drop, *plan.forget}
        return replace(plan, change=(*plan.change, *(each for each in known.kept if each.id not in named)))

    patch.setattr(finish_runs, "make_plan", rewriting)


def an_unchanged_answer_is_skipped_whatever_changed_of_ours(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """The same answer is a no-op although a rule, a choice or a switch was set since."""
    patch.setattr(Revisions, "change", lambda *_: None)
    patch.setattr(Revisions, "change_all", lambda *_: None)


def secrets_are_not_compared(patch: pytest.MonkeyPatch, _: Habits) -> None:
    """Whoever knows a route is believed."""
    patch.setattr(receive_notice, "_is_genuine", lambda *_: True)


PLANTED: tuple[Plant, ...] = (
    ghosts,
    a_cut_page_is_the_end,
    no_sweep,
    retry_after_is_ignored,
    retry_after_is_held_in_one_process,
    what_turned_private_is_not_noticed,
    private_is_dropped_without_a_purge,
    subjects_are_always_asked_for,
    hidden_subjects_stay_stored,
    payloads_are_logged,
    edits_hang_on_the_version_tag,
    edits_are_never_dropped,
    a_reread_drops_edits,
    service_off_keeps_what_was_read,
    no_fence,
    all_day_is_in_utc,
    all_day_is_placed_in_utc,
    another_zone_moves_nothing,
    edits_during_a_look_are_overwritten,
    entries_are_lost,
    every_look_writes,
    an_unchanged_answer_is_skipped_whatever_changed_of_ours,
    secrets_are_not_compared,
)
