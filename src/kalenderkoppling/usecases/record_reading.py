"""An administrator's reading of a person's absences, in the audit log (S-12)."""

from __future__ import annotations

from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Unit


def is_recorded(actor: Actor, person: PersonId) -> bool:
    """Tell whether an actor's reading of a person's absences is recorded: an administrator's of somebody else."""
    return Role.ADMINISTRATOR in actor.roles and actor.person != person


def record_reading(unit: Unit, actor: Actor, person: PersonId, about: str = "") -> None:
    """Append the reading to the audit log where it is to be recorded; `about` is as in `Entry`."""
    if is_recorded(actor, person):
        entry = Entry(at=unit.now, act=Act.READ_ABSENCES, actor=actor.person, person=person, about=about)
        unit.tx.audit.append(entry)
