"""An administrator hands out or erases what is kept about a person (GDPR articles 15 and 17)."""

from __future__ import annotations

from collections.abc import Mapping

from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.audit_log.read_log import must_administer
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.people.erase_person import erase_person, export_person


async def the_person(core: Core, actor: Actor, person: PersonId) -> Person:
    """Return somebody of the directory.

    Raises:
        NotFoundError: the actor is no administrator, or there is no such person.
    """
    must_administer(actor)
    found = await look_up(core, actor.tenant, lambda tx: tx.people.get(person))
    if found is None:
        raise NotFoundError
    return found


async def hand_out(core: Core, actor: Actor, person: PersonId) -> Mapping[str, object]:
    """Return everything that is kept about a person; that it was handed out is in the audit log.

    Raises:
        NotFoundError: the actor is no administrator, or there is no such person.
    """
    must_administer(actor)
    return await export_person(core, actor.tenant, actor.person, person)


async def erase_by_name(core: Core, actor: Actor, person: PersonId, name: str) -> Person:
    """Erase a person whose name the administrator has written, and return who it was.

    Raises:
        NotFoundError: the actor is no administrator, or there is no such person.
        RefusedError: it is not the person's name; nothing was erased.
        StoreUnavailableError: the list of erasures cannot be written; nothing was erased.
    """
    who = await the_person(core, actor, person)
    if _folded(name) != _folded(who.name):
        raise RefusedError(FieldProblem(field="name", problem="not_the_name"))
    await erase_person(core, actor.tenant, actor.person, person)
    return who


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
