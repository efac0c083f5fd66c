"""What the command line does with sign-ins that no person is known for."""

from __future__ import annotations

from collections.abc import Sequence

from kalenderkoppling.composition.commands import ACTOR, opened_core
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.identities import Identity, WaitingSignIn
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.sign_in import identities


async def waiting_sign_ins(settings: Settings) -> Sequence[WaitingSignIn]:
    """Return the sign-ins that no person is known for."""
    async with opened_core(settings) as core:
        return await identities.waiting_sign_ins(core, TENANT)


async def link_sign_in(settings: Settings, identity: Identity, person: str) -> None:
    """Let an identity sign in as a person.

    Raises:
        InvalidValueError: there is no such person.
    """
    async with opened_core(settings) as core:
        try:
            await identities.link_sign_in(core, TENANT, ACTOR, identity, PersonId(person))
        except NotFoundError as error:
            raise InvalidValueError(f"there is no person {person!r}") from error


async def unlink_sign_in(settings: Settings, identity: Identity) -> None:
    """Undo a link.

    Raises:
        InvalidValueError: nobody is linked.
    """
    async with opened_core(settings) as core:
        try:
            await identities.unlink_sign_in(core, TENANT, ACTOR, identity)
        except NotFoundError as error:
            raise InvalidValueError("nobody is linked to this issuer and subject") from error
