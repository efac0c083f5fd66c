"""Which person a proven identity is, and how an administrator links one that nobody is known for.

Only issuer and subject count, for Entra ID tenant and object id: an e-mail address, a user name or a shown name may be
given to somebody else tomorrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Person, PersonId, TenantId
from kalenderkoppling.domain.text import shown_text, without_invisible
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.ports.store.identities import Identity, WaitingSignIn
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform

MOST_WAITING = 200
WAITS_FOR = timedelta(days=30)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a provider has proven: the identity, for Entra ID its object id, and a name that is only shown."""

    identity: Identity
    entra_oid: str = ""
    shown_name: str = ""


async def person_who_is(core: Core, tenant: TenantId, proven: Proven) -> Person | None:
    """Return the person of a proven identity; None for an unknown one, which then waits for an administrator.

    A link made by an administrator counts before the object id that the people's source told. An object id that two
    people have is nobody's.
    """

    def work(unit: Unit) -> Person | None:
        linked = unit.tx.identities.person_of(proven.identity)
        if linked is not None:
            return unit.tx.people.get(linked)
        found = unit.tx.people.with_entra_oid(proven.entra_oid)
        if len(found) == 1:
            return found[0]
        unit.tx.identities.drop_waiting_before(unit.now - WAITS_FOR)
        shown = shown_text(without_invisible(proven.shown_name))[:_LONGEST_NAME]
        unit.tx.identities.wait(WaitingSignIn(identity=proven.identity, shown_name=shown, at=unit.now), MOST_WAITING)
        return None

    return await perform(core, tenant, work)


async def waiting_sign_ins(core: Core, tenant: TenantId) -> Sequence[WaitingSignIn]:
    """Return the sign-ins that no person is known for, the latest first."""
    return await look_up(core, tenant, lambda tx: tx.identities.waiting())


async def link_sign_in(core: Core, tenant: TenantId, actor: str, identity: Identity, person: PersonId) -> None:
    """Let an identity sign in as a person from now on; sessions of whoever it was before end.

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        if unit.tx.people.get(person) is None:
            raise NotFoundError
        before = unit.tx.identities.person_of(identity)
        if before not in {None, person}:
            unit.tx.sessions.end_of(PersonId(str(before)))
        unit.tx.identities.link(identity, person, unit.now)
        _tell(unit, Act.LINK_SIGN_IN, actor, identity, person)

    await perform(core, tenant, work)


async def unlink_sign_in(core: Core, tenant: TenantId, actor: str, identity: Identity) -> None:
    """Undo a link; the person's sessions end.

    Raises:
        NotFoundError: nobody is linked.
    """

    def work(unit: Unit) -> None:
        person = unit.tx.identities.person_of(identity)
        if person is None:
            raise NotFoundError
        unit.tx.identities.unlink(identity)
        unit.tx.sessions.end_of(person)
        _tell(unit, Act.UNLINK_SIGN_IN, actor, identity, person)

    await perform(core, tenant, work)


def _tell(unit: Unit, act: Act, actor: str, identity: Identity, person: PersonId) -> None:
    told = {"issuer": identity.issuer, "subject": identity.subject}
    unit.tx.audit.append(Entry(at=unit.now, act=act, actor=actor, person=person, after=told))
