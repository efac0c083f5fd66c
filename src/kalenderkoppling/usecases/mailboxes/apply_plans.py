"""Apply the plans of several mailboxes in one transaction, rows of one kind together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.sync.plan import Plan
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.placed import placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A person's plan, the time zone of its days (C-09), and what it was made from: what was kept, and the view."""

    plan: Plan
    person: PersonId
    zone: ZoneInfo
    kept: Sequence[Kept]
    view: View


def apply_plans(unit: Unit, planned: Sequence[Planned]) -> None:
    """Write plans, one of each person at most, and erase what the audit log tells of private bookings."""
    tx = unit.tx
    dropped = [id_ for each in planned for id_ in (*each.plan.drop, *each.plan.forget)]
    if dropped:
        tx.absences.drop(dropped)
    for each in planned:
        if each.plan.change:
            tx.absences.change(each.person, placed(each.plan.change, each.zone))
    tx.absences.add_many({each.person: placed(each.plan.add, each.zone) for each in planned if each.plan.add})
    for each in planned:
        _put_choices(unit, each)
        unit.scrub = unit.scrub or each.plan.leaves_traces
    _forget(unit, planned)


def _put_choices(unit: Unit, planned: Planned) -> None:
    plan = planned.plan
    if plan.choose:
        unit.tx.choices.put(planned.person, plan.choose)
    if plan.unchoose or plan.forget_choices:
        unit.tx.choices.remove(planned.person, [*plan.unchoose, *plan.forget_choices])


def _forget(unit: Unit, planned: Sequence[Planned]) -> None:
    """Erase what the audit log tells of bookings that are private, also where no row is left to say so (S-12)."""
    about: dict[str, None] = {}
    for each in planned:
        turned = [kept.booking.key for kept in each.kept if kept.id in each.plan.forget]
        private = [key for at in each.view.private for key in (at.key, at.series_key) if key is not None]
        about |= dict.fromkeys([*turned, *each.plan.forget_choices, *private])
    if about and unit.tx.audit.forget(about):
        unit.scrub = True
