"""Keep a subscription for every mailbox that is looked at: create, renew at half life, end (notices only speed up)."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kalenderkoppling.domain.errors import (
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    SubscriptionGoneError,
)
from kalenderkoppling.domain.mailbox import Subscription
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.calendar import ChangeNotices, Granted, NoticeAddress
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform

WANTED_LIFE = timedelta(days=3)
"""What is asked for; the calendar system's answer is what counts."""

RETRY = timedelta(minutes=15)
RETRY_BLOCKED = timedelta(hours=6)
AT_A_TURN = 50
"""How many subscriptions one turn of the worker touches at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What keeping a tenant's subscriptions needs; `address_of` gives the public address of a route."""

    tenant: TenantId
    notices: ChangeNotices
    address_of: Callable[[TenantId, str, str], NoticeAddress]


async def keep_subscribed(core: Core, subscribing: Subscribing) -> None:
    """Do what is due for a tenant's subscriptions: end orphans, renew, create; failures are tried again later."""
    now = core.clock.now()
    due = await look_up(core, subscribing.tenant, lambda tx: _due(tx, now))
    await asyncio.gather(
        *(_end(core, subscribing, each) for each in due.orphaned),
        *(_renew(core, subscribing, each) for each in due.renewable),
        *(_move(core, subscribing, each) for each in due.moved),
        *(_create(core, subscribing, each) for each in due.missing),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    orphaned: Sequence[Subscription] = ()
    renewable: Sequence[Subscription] = ()
    moved: Sequence[Subscription] = ()
    missing: Sequence[PersonId] = ()


def _due(tx: Transaction, now: datetime) -> _Due:
    """Return what this turn touches; nothing of a paused tenant or mailbox (S-8)."""
    if (tx.mailboxes.tenant_pause() or now) > now:
        return _Due()
    orphaned = tx.subscriptions.orphaned()
    ending = {each.person for each in orphaned}
    endable = [each for each in orphaned if each.renew_at <= now]
    renewable = {each.person: each for each in tx.subscriptions.renewable(now) if each.person not in ending}
    mine = [renewable[each] for each in _unpaused(tx, list(renewable), now)]
    people = tx.people.many(each.person for each in mine)
    moved = [each for each in mine if each.person in people and people[each.person].mailbox != each.mailbox]
    return _Due(
        orphaned=endable[:AT_A_TURN],
        renewable=[each for each in mine if each not in moved],
        moved=moved,
        missing=_unpaused(tx, tx.subscriptions.missing(), now),
    )


def _unpaused(tx: Transaction, people: Sequence[PersonId], now: datetime) -> list[PersonId]:
    """Return the first people whose mailboxes may be asked; those that wait do not keep the others from it (L-4)."""
    found: list[PersonId] = []
    for start in range(0, len(people), AT_A_TURN):
        piece = people[start : start + AT_A_TURN]
        states = tx.mailboxes.state(piece)
        found += [each for each in piece if each in states and (states[each].paused_until or now) <= now]
        if len(found) >= AT_A_TURN:
            break
    return found[:AT_A_TURN]


async def _create(core: Core, subscribing: Subscribing, person: PersonId) -> None:
    """Create a subscription: first the row, so that the validation is answered; a look follows it."""

    def begin(unit: Unit) -> Subscription | None:
        who = unit.tx.people.get(person)
        if who is None or not _may_be_asked(unit, person):
            return None
        row = Subscription(
            person=person,
            mailbox=who.mailbox,
            route=secrets.token_urlsafe(32),
            client_state=secrets.token_urlsafe(32),
            renew_at=unit.now + RETRY,
            created_at=unit.now,
        )
        unit.tx.subscriptions.put(row)
        return row

    row = await perform(core, subscribing.tenant, begin)
    if row is None:
        return
    until = core.clock.now() + WANTED_LIFE
    address = subscribing.address_of(subscribing.tenant, row.route, row.client_state)
    try:
        granted = await subscribing.notices.subscribe(row.mailbox, address, until)
    except CalendarError as error:
        await _later(core, subscribing.tenant, row, error)
        return
    await _granted(core, subscribing.tenant, row, granted)


def _may_be_asked(unit: Unit, person: PersonId) -> bool:
    """Tell whether a mailbox is looked at and nobody asked us meanwhile to leave it alone (S-6, S-8)."""
    state = unit.tx.mailboxes.state([person]).get(person)
    pauses = (unit.tx.mailboxes.tenant_pause(), state.paused_until if state else None)
    return state is not None and all(each is None or each <= unit.now for each in pauses)


async def _renew(core: Core, subscribing: Subscribing, subscription: Subscription) -> None:
    """Prolong a subscription; one that is not known any more, or never was created, is created anew."""
    if not subscription.id:
        await _create(core, subscribing, subscription.person)
        return
    until = core.clock.now() + WANTED_LIFE
    try:
        granted = await subscribing.notices.renew(subscription.mailbox, subscription.id, until)
    except SubscriptionGoneError:
        await _create(core, subscribing, subscription.person)
        return
    except CalendarError as error:
        await _later(core, subscribing.tenant, subscription, error)
        return
    await _granted(core, subscribing.tenant, subscription, granted)


async def _move(core: Core, subscribing: Subscribing, subscription: Subscription) -> None:
    """End the subscription of the mailbox that the person had, and create one of the person's present one (F-13)."""
    try:
        if subscription.id:
            with contextlib.suppress(MailboxBlockedError):
                await subscribing.notices.unsubscribe(subscription.mailbox, subscription.id)
    except CalendarError as error:
        await _later(core, subscribing.tenant, subscription, error)
        return
    await _create(core, subscribing, subscription.person)


async def _end(core: Core, subscribing: Subscribing, subscription: Subscription) -> None:
    """End a subscription that nobody needs; the row goes only when the calendar system knows."""
    try:
        if subscription.id:
            await subscribing.notices.unsubscribe(subscription.mailbox, subscription.id)
    except MailboxBlockedError:
        pass  # The mailbox is out of reach, so its subscription is as well; it expires by itself.
    except CalendarError as error:
        await _later(core, subscribing.tenant, subscription, error)
        return
    await perform(core, subscribing.tenant, lambda unit: unit.tx.subscriptions.remove(subscription.person))


async def _granted(core: Core, tenant: TenantId, subscription: Subscription, granted: Granted) -> None:
    """Keep what was granted and renew at half life; what happened until now is caught up with a look."""

    def work(unit: Unit) -> None:
        now_known = unit.tx.subscriptions.of(subscription.person)
        if now_known is None or now_known.route != subscription.route:
            return
        if not subscription.id:
            # Before the row: mailboxes are locked first.
            unit.wake([subscription.person])
        half_life = max((granted.expires_at - unit.now) / 2, timedelta(minutes=1))
        unit.tx.subscriptions.put(
            replace(subscription, id=granted.id, expires_at=granted.expires_at, renew_at=unit.now + half_life)
        )

    await perform(core, tenant, work)


async def _later(core: Core, tenant: TenantId, subscription: Subscription, error: CalendarError) -> None:
    """Try again later, as late as the calendar system asked; some mailboxes cannot be subscribed: the sweep serves."""

    def work(unit: Unit) -> None:
        wait = RETRY_BLOCKED if isinstance(error, MailboxBlockedError) else RETRY
        if isinstance(error, PausedError):
            wait = max(wait, error.retry_after)
            _pause(unit, subscription.person, error)
        now_known = unit.tx.subscriptions.of(subscription.person)
        # The person may have been erased meanwhile, or the subscription replaced: neither comes back.
        if now_known is not None and now_known.route == subscription.route:
            unit.tx.subscriptions.put(replace(now_known, renew_at=unit.now + wait))

    await perform(core, tenant, work)


def _pause(unit: Unit, person: PersonId, error: PausedError) -> None:
    until = unit.now + error.retry_after
    if error.scope is PauseScope.TENANT:
        unit.tx.mailboxes.pause_tenant(until)
    else:
        unit.tx.mailboxes.pause(person, until)
