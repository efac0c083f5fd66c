"""What a call to a person meets now, from the store."""

from __future__ import annotations

from kalenderkoppling.absences.call import Ring, Treatment, decide_call
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.standing import situation


async def answer_call(core: Core, tenant: TenantId, person: PersonId) -> Treatment:
    """Decide what a call to a person meets; somebody unknown rings (semantics 7)."""
    now = core.clock.now()
    found = await look_up(core, tenant, lambda tx: situation(tx, person, now))
    return Ring() if found is None else decide_call(found.absences, now, found.terms)
