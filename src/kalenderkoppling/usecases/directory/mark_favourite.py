"""Mark somebody as a favourite, or take the mark away."""

from __future__ import annotations

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform


async def mark_favourite(core: Core, actor: Actor, person: PersonId, *, marked: bool) -> None:
    """Mark a colleague or take the mark away.

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        if unit.tx.people.get(person) is None:
            raise NotFoundError
        if marked:
            unit.tx.favourites.add(actor.person, person)
        else:
            unit.tx.favourites.remove(actor.person, person)

    await perform(core, actor.tenant, work)
