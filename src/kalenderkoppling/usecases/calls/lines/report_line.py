"""Write line states reported by the telephone system, and publish those that changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import LineState, PersonId, TenantId
from kalenderkoppling.ports.store.changes import LineRow
from kalenderkoppling.usecases.core import Core, Unit, perform

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def report_line(core: Core, tenant: TenantId, person: PersonId, state: LineState, valid_until: datetime) -> None:
    """Set a person's line state; after `valid_until` (aware) it is unknown again (R20).

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        if unit.tx.people.get(person) is None:
            raise NotFoundError
        _put(unit, {person: LineRow(state=state, valid_until=valid_until)})

    await perform(core, tenant, work)


async def report_lines(core: Core, tenant: TenantId, rows: Mapping[PersonId, LineRow]) -> None:
    """Set the line states of many people in one transaction; those who are not in the directory are left out.

    Raises:
        StoreUnavailableError: nothing is written; the same rows may be given again.
    """

    def work(unit: Unit) -> None:
        known = unit.tx.people.many(rows)
        _put(unit, {person: row for person, row in rows.items() if person in known})

    await perform(core, tenant, work)


def _put(unit: Unit, rows: Mapping[PersonId, LineRow]) -> None:
    """Write rows, and publish the people whose state differs from what any open page shows.

    A page shows the last published state, even if it has expired since; a page opened after that shows the line as
    unknown. A state that was only renewed is not published.
    """
    told = unit.tx.lines.states(rows, _EVER)
    held = unit.tx.lines.states(rows, unit.now)
    for person, row in rows.items():
        unit.tx.lines.put(person, row)
        before = {each.get(person, LineState.UNKNOWN) for each in (told, held)}
        if before != {row.state}:
            unit.tell(person)
