"""Local administrators: a way in when the identity provider is out. They are made at the server's command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import TenantId, local_administrator_id
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.ports.store.sign_in import LocalAdministrator
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.sign_in.passwords import PasswordCheck, hash_of, must_be_good
from kalenderkoppling.usecases.sign_in.throttle import count_failure, counted_for, forget_failures, wait_before

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")
SIGN_IN_FORM = "sign-in form"
"""How the audit log names whoever tried to sign in and was refused."""


async def make_administrator(core: Core, tenant: TenantId, actor: str, name: str, password: str) -> None:
    """Make a local administrator.

    Raises:
        RefusedError: the `name` is `not_a_name` or `taken`, or the password is refused (`passwords.must_be_good`).
    """
    if not _NAME.fullmatch(name):
        raise RefusedError(FieldProblem(field="name", problem="not_a_name"))
    must_be_good(password, name)
    password_hash = hash_of(password)

    def work(unit: Unit) -> None:
        if unit.tx.administrators.get(name) is not None:
            raise RefusedError(FieldProblem(field="name", problem="taken"))
        unit.tx.administrators.put(
            LocalAdministrator(name=name, password_hash=password_hash, created_at=unit.now, password_set_at=unit.now)
        )
        _tell(unit, Act.MAKE_ADMINISTRATOR, actor, name)

    await perform(core, tenant, work)


async def set_password(core: Core, tenant: TenantId, actor: str, name: str, password: str) -> None:
    """Give a local administrator a new password; sessions begun with the old one end.

    Raises:
        NotFoundError: there is no such administrator.
        RefusedError: the password is refused.
    """
    must_be_good(password, name)
    password_hash = hash_of(password)

    def work(unit: Unit) -> None:
        known = _known(unit.tx, name)
        unit.tx.administrators.put(replace(known, password_hash=password_hash, password_set_at=unit.now))
        unit.tx.sessions.end_of(local_administrator_id(name))
        _tell(unit, Act.SET_ADMINISTRATOR_PASSWORD, actor, name)

    await perform(core, tenant, work)


async def remove_administrator(core: Core, tenant: TenantId, actor: str, name: str) -> None:
    """Remove a local administrator and end the sessions.

    Raises:
        NotFoundError: there is no such administrator.
    """

    def work(unit: Unit) -> None:
        _known(unit.tx, name)
        unit.tx.administrators.remove(name)
        unit.tx.sessions.end_of(local_administrator_id(name))
        _tell(unit, Act.REMOVE_ADMINISTRATOR, actor, name)

    await perform(core, tenant, work)


async def local_administrators(core: Core, tenant: TenantId) -> Sequence[LocalAdministrator]:
    """Return all local administrators."""
    return await look_up(core, tenant, lambda tx: tx.administrators.all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of an attempt to sign in: the administrator's name, or None and how long the next attempt waits."""

    name: str | None
    wait: timedelta = timedelta(0)


async def check_administrator(
    core: Core, tenant: TenantId, passwords: PasswordCheck, *, name: str, password: str, address: str
) -> Checked:
    """Check a name and password; whether the name exists shows neither in the answer nor in how long it takes.

    Args:
        core: The ports.
        tenant: Whose administrator.
        passwords: Checks the password.
        name: As it was typed.
        password: As it was typed.
        address: The network address that the attempt comes from.
    """
    name = name.strip().casefold()[:100]
    counted = counted_for(name, address)

    def begin(unit: Unit) -> tuple[timedelta, LocalAdministrator | None]:
        wait = wait_before(unit.tx, counted, unit.now)
        if not wait:
            count_failure(unit.tx, counted, unit.now)
        return wait, unit.tx.administrators.get(name)

    wait, known = await perform(core, tenant, begin)
    if wait:
        return Checked(name=None, wait=wait)
    is_right = await passwords.is_right(password, known.password_hash if known else None)

    def end(unit: Unit) -> Checked:
        # The password may have been changed, or the administrator removed, while it was checked.
        if known is None or not is_right or unit.tx.administrators.get(name) != known:
            _tell(unit, Act.REFUSED_SIGN_IN, SIGN_IN_FORM, name if known else "unknown")
            return Checked(name=None, wait=wait_before(unit.tx, counted, unit.now))
        forget_failures(unit.tx, counted)
        _tell(unit, Act.ADMINISTRATOR_SIGN_IN, local_administrator_id(name), name)
        return Checked(name=name)

    return await perform(core, tenant, end)


def _known(tx: Transaction, name: str) -> LocalAdministrator:
    known = tx.administrators.get(name)
    if known is None:
        raise NotFoundError
    return known


def _tell(unit: Unit, act: Act, actor: str, name: str) -> None:
    unit.tx.audit.append(Entry(at=unit.now, act=act, actor=actor, after={"administrator": name}))
