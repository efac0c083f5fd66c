"""Put in order what a predecessor left: traces in the log, claims that nobody holds, notifications that nobody read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.mailboxes.timing import HORIZON, LEASE


async def resume(core: Core, tenant: TenantId, *, alone: bool) -> None:
    """Begin where an earlier process stopped or was killed.

    Every mailbox becomes due: notifications that were accepted but not acted on, and those that came while nothing ran,
    are lost, and without this would wait for the next sweep (L-1, L-5). Pauses still hold (S-8). What a killed process
    deleted but did not purge is purged (S-1).

    Args:
        core: The ports.
        tenant: Whose mailboxes.
        alone: Whether no other process works on the store. Then a predecessor's claims are released at once instead of
            when their leases end.
    """
    await asyncio.to_thread(core.store.scrub)
    if alone:
        await perform(core, tenant, _release_claims)
    await perform(core, tenant, lambda unit: unit.tx.mailboxes.make_due(unit.tx.people.ids(), unit.now))


def _release_claims(unit: Unit) -> None:
    claimed = _claimed(unit)
    unit.tx.mailboxes.lock(claimed)
    for person in claimed:
        # No lease ends later than now, so one that holds counts as given under a wrong clock and is replaced.
        claim = unit.tx.mailboxes.claim(person, unit.now, timedelta(0))
        if claim is not None:
            unit.tx.mailboxes.finish(claim, replace(claim.state, due=unit.now))
    unit.wake(claimed)


def _claimed(unit: Unit) -> Sequence[PersonId]:
    """Return mailboxes that may be claimed: due by the end of a lease, and not free to be looked at."""
    everybody = unit.tx.people.ids()
    free = set(unit.tx.mailboxes.due(unit.now, HORIZON, len(everybody) + 1))
    states = unit.tx.mailboxes.state(everybody)
    return [id_ for id_, state in states.items() if state.due <= unit.now + LEASE and id_ not in free]
