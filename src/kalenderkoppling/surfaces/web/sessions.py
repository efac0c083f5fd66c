"""Sessions: rows on the server behind an opaque cookie.

A session ends 30 minutes after its last use and 12 hours after sign-in. What counts as use is a request made by the
person's own doing, and a sign of keyboard or pointer that an open page passes on at most every five minutes; the live
stream alone keeps nothing alive, so an unattended screen signs itself out and says so.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from litestar.datastructures import Cookie

from kalenderkoppling.domain.person import Person, PersonId, Role, TenantId, local_administrator_name
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.access import Session
from kalenderkoppling.usecases.core import Core, look_up, perform
from kalenderkoppling.usecases.reasons import tenant_reasons
from kalenderkoppling.words import TenantReasons

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)
"""The resolution of a session's last use, so that the requests of one page cause a single write."""

MOST_OF_ONE_PERSON = 20
"""How many sessions a person can have at once: a new one ends the one that was unused for longest."""

_LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds, and its person.

    With `is_local` nobody of the directory is signed in but a local administrator: `person` then has the id that stands
    for one (`domain.person.local_administrator_id`), the name and the administrator's role, and nothing else.
    """

    session: Session
    person: Person
    is_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is looked up at the start of a request, in one transaction."""

    signed_in: SignedIn | None
    settings: TenantSettings
    reasons: TenantReasons


def cookie_name(*, https: bool) -> str:
    """Return the cookie's name; `__Host-` needs Secure, which does not hold on plain http (RFC 6265bis 4.1.3)."""
    return "__Host-session" if https else "session"


def session_cookie(secret: str, *, https: bool) -> Cookie:
    """Make the cookie that bears a session's secret; an empty secret deletes the cookie."""
    return Cookie(
        key=cookie_name(https=https),
        value=secret,
        path="/",
        httponly=True,
        secure=https,
        samesite="lax",
        max_age=None if secret else 0,
    )


def key_of(secret: str) -> str:
    """Return what the store knows of a cookie: a hash, so that a stolen database opens no session."""
    return hashlib.sha256(secret.encode()).hexdigest()


def holds(session: Session, now: datetime) -> bool:
    """Tell whether a session has neither been idle for too long nor lasted too long."""
    return now - session.seen_at < IDLE and now - session.created_at < LONGEST


async def begin(core: Core, tenant: TenantId, person: PersonId, language: str = "", browser: str = "") -> str:
    """Begin a session and return the secret for its cookie; sessions that have expired or are too many are deleted."""
    secret, now = secrets.token_urlsafe(32), core.clock.now()
    session = Session(
        key=key_of(secret),
        person=person,
        csrf_token=secrets.token_urlsafe(32),
        created_at=now,
        seen_at=now,
        language=language,
        browser=browser,
    )

    def work(tx: Transaction) -> None:
        tx.sessions.drop_before(now - LONGEST, now - IDLE)
        tx.sessions.put(session)
        tx.sessions.drop_oldest(person, MOST_OF_ONE_PERSON)

    await perform(core, tenant, lambda unit: work(unit.tx))
    return secret


async def end(core: Core, tenant: TenantId, session: Session) -> None:
    """End a session."""
    await perform(core, tenant, lambda unit: unit.tx.sessions.remove(session.key))


async def sessions_of(core: Core, tenant: TenantId, person: PersonId) -> Sequence[Session]:
    """Return the sessions of a person that hold, the most recently used first."""
    now = core.clock.now()
    found = await look_up(core, tenant, lambda tx: tx.sessions.of(person))
    return [each for each in found if holds(each, now)]


async def end_others(core: Core, tenant: TenantId, person: PersonId, keep: str) -> Sequence[str]:
    """End all of a person's sessions but one; return the keys of those that ended."""

    def work(tx: Transaction) -> Sequence[str]:
        others = [each.key for each in tx.sessions.of(person) if each.key != keep]
        for key in others:
            tx.sessions.remove(key)
        return others

    return await perform(core, tenant, lambda unit: work(unit.tx))


async def choose_language(core: Core, tenant: TenantId, session: Session, language: str) -> None:
    """Keep the language that a person chose, for as long as the session lasts."""
    await perform(core, tenant, lambda unit: unit.tx.sessions.put(replace(session, language=language)))


async def arrive(core: Core, tenant: TenantId, secret: str, *, unattended: bool) -> Arrival:
    """Look up who asks; the session's last use is updated if the request counts as use and it is worth a write."""
    now = core.clock.now()
    arrival = await look_up(core, tenant, lambda tx: _arrival(tx, secret, now))
    if arrival.signed_in and not unattended and now - arrival.signed_in.session.seen_at >= SEEN_STEP:
        await _see(core, tenant, arrival.signed_in.session, now)
    return arrival


async def is_alive(core: Core, tenant: TenantId, key: str) -> bool:
    """Tell whether a session still holds, without using it."""
    now = core.clock.now()
    session = await look_up(core, tenant, lambda tx: tx.sessions.get(key))
    return session is not None and holds(session, now)


async def _see(core: Core, tenant: TenantId, session: Session, now: datetime) -> None:
    def work(tx: Transaction) -> None:
        # The session may have been signed out meanwhile; it must not be restored.
        known = tx.sessions.get(session.key)
        if known is not None:
            tx.sessions.put(replace(known, seen_at=max(known.seen_at, now)))

    await perform(core, tenant, lambda unit: work(unit.tx))


def _arrival(tx: Transaction, secret: str, now: datetime) -> Arrival:
    return Arrival(signed_in=_signed_in(tx, secret, now), settings=tx.people.settings(), reasons=tenant_reasons(tx))


def _signed_in(tx: Transaction, secret: str, now: datetime) -> SignedIn | None:
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    session = tx.sessions.get(key_of(secret))
    if session is None or not holds(session, now):
        return None
    name = local_administrator_name(session.person)
    if name is not None:
        return _local(tx, session, name)
    person = tx.people.get(session.person)
    return None if person is None else SignedIn(session=session, person=person)


def _local(tx: Transaction, session: Session, name: str) -> SignedIn | None:
    if tx.administrators.get(name) is None:
        return None
    person = Person(id=session.person, name=name, roles=frozenset({Role.ADMINISTRATOR}))
    return SignedIn(session=session, person=person, is_local=True)
