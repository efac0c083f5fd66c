"""Take what the telephone system says of a person's line, and tell those who look."""

from __future__ import annotations

from datetime import datetime

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.usecases.core import Core, Unit, perform


async def report_line(core: Core, tenant: TenantId, person: PersonId, state: LineState, valid_until: datetime) -> None:
    """Set a person's line state; after `valid_until` (aware) it is unknown again (R20).

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        if unit.tx.people.get(person) is None:
            raise NotFoundError
        before = unit.tx.lines.states([person], unit.now).get(person, LineState.UNKNOWN)
        unit.tx.lines.put(person, LineRow(state=state, valid_until=valid_until))
        if before is not state:
            unit.tell(person)

    await perform(core, tenant, work)
