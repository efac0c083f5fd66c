"""What the command line does with local administrators."""

from __future__ import annotations

from collections.abc import Sequence

from kalenderkoppling.composition.commands import ACTOR, opened_core
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, NotFoundError, RefusedError
from kalenderkoppling.ports.store.sign_in import LocalAdministrator
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.sign_in import local_administrators as administrators
from kalenderkoppling.usecases.sign_in.passwords import LONGEST, SHORTEST

_WHY_REFUSED = {
    "not_a_name": "a name is 2 to 63 of a-z, 0-9, dot, hyphen and underscore, and begins with a letter",
    "taken": "there is such an administrator already",
    "too_short": f"the password is too short: at least {SHORTEST} characters",
    "too_long": f"the password is too long: at most {LONGEST} characters",
    "too_simple": "the password has hardly any different characters",
    "contains_name": "the password contains the name",
}


async def make_administrator(settings: Settings, name: str, password: str) -> None:
    """Make a local administrator.

    Raises:
        InvalidValueError: name or password is refused; the message says why.
    """
    async with opened_core(settings) as core:
        try:
            await administrators.make_administrator(core, TENANT, ACTOR, name, password)
        except RefusedError as error:
            raise _told(error) from error


async def set_password(settings: Settings, name: str, password: str) -> None:
    """Give a local administrator a new password; sessions end.

    Raises:
        InvalidValueError: there is no such administrator, or the password is refused; the message says why.
    """
    async with opened_core(settings) as core:
        try:
            await administrators.set_password(core, TENANT, ACTOR, name, password)
        except RefusedError as error:
            raise _told(error) from error
        except NotFoundError as error:
            raise _unknown(name) from error


async def remove_administrator(settings: Settings, name: str) -> None:
    """Remove a local administrator; sessions end.

    Raises:
        InvalidValueError: there is no such administrator.
    """
    async with opened_core(settings) as core:
        try:
            await administrators.remove_administrator(core, TENANT, ACTOR, name)
        except NotFoundError as error:
            raise _unknown(name) from error


async def all_administrators(settings: Settings) -> Sequence[LocalAdministrator]:
    """Return all local administrators."""
    async with opened_core(settings) as core:
        return await administrators.local_administrators(core, TENANT)


def _told(error: RefusedError) -> InvalidValueError:
    return InvalidValueError(", ".join(_WHY_REFUSED[each.problem] for each in error.problems))


def _unknown(name: str) -> InvalidValueError:
    return InvalidValueError(f"there is no local administrator {name!r}")
