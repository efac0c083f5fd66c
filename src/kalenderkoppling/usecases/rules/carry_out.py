"""Carry out the effects of a rule change for many people, a few at a time, and go on after a restart."""

from __future__ import annotations

from dataclasses import replace

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.rules.set_rules import MOST_AT_ONCE
from kalenderkoppling.usecases.rules.tidy import tidy


async def carry_out(core: Core, tenant: TenantId) -> None:
    """Purge what the rules no longer give, and have mailboxes looked at, until everybody is done.

    Each transaction is short, so that others get to write in between. A rule change meanwhile begins again. Where
    nothing is left to do, nothing is written.
    """
    while await look_up(core, tenant, lambda tx: tx.rules.rollout()):
        await perform(core, tenant, _next_few)


def _next_few(unit: Unit) -> None:
    rollout = unit.tx.rules.rollout()
    if rollout is None:
        return
    people = unit.tx.people.ids_after(rollout.after, MOST_AT_ONCE)
    if not people:
        unit.tx.rules.put_rollout(None)
        unit.scrub = True
        return
    unit.tx.mailboxes.lock(people)
    tidy(unit, people)
    unit.scrub = False  # What was deleted is overwritten once, at the end: that goes through the whole file.
    unit.tx.mailboxes.make_due(people, unit.now)
    unit.tx.rules.put_rollout(replace(rollout, after=people[-1], done=rollout.done + len(people)))
