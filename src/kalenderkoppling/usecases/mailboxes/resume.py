"""Put in order what a predecessor left that was killed: traces in the log, claims that nobody holds any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.mailboxes.timing import HORIZON, LEASE


async def resume(core: Core, tenant: TenantId) -> None:
    """Begin where a killed process stopped; only for a process that is alone on its store.

    It may have died between a commit and the purge that belongs to it (S-1), and with mailboxes claimed: those are
    looked at now and not when the lease has ended (L-5). A run that is still under way somewhere is fenced off.
    """
    await asyncio.to_thread(core.store.scrub)
    await perform(core, tenant, _release_claims)


def _release_claims(unit: Unit) -> None:
    claimed = _claimed(unit)
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
