"""Subscriptions to changes in mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from kalenderkoppling.domain.mailbox import Subscription
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.store.instants import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import mailbox
from kalenderkoppling.store.tables import subscription as subscriptions

_ALL = (
    select(*tuple(subscriptions.c)[1:]).where(subscriptions.c.tenant_id == TENANT).order_by(subscriptions.c.person_id)
)
_OF = _ALL.where(subscriptions.c.person_id == bindparam("person"))
_BY_ROUTE = _ALL.where(subscriptions.c.route == bindparam("at_route"))
_RENEWABLE = (
    _ALL.where(subscriptions.c.renew_at <= bindparam("now"))
    .order_by(None)
    .order_by(subscriptions.c.renew_at, subscriptions.c.person_id)
)
_LOOKED_AT = select(mailbox.c.person_id).where(mailbox.c.tenant_id == TENANT)
_ORPHANED = _ALL.where(subscriptions.c.person_id.not_in(_LOOKED_AT))
_SUBSCRIBED = select(subscriptions.c.person_id).where(subscriptions.c.tenant_id == TENANT)
_MISSING = _LOOKED_AT.where(mailbox.c.person_id.not_in(_SUBSCRIBED)).order_by(mailbox.c.person_id)
_NEXT_RENEWAL = select(func.min(subscriptions.c.renew_at)).where(subscriptions.c.tenant_id == TENANT)
_RENEW_NOW = (
    update(subscriptions)
    .where(
        subscriptions.c.tenant_id == TENANT,
        subscriptions.c.person_id == bindparam("person"),
        subscriptions.c.renew_at > bindparam("now"),
    )
    .values(renew_at=bindparam("now"))
)
_REMOVE = delete(subscriptions).where(
    subscriptions.c.tenant_id == TENANT, subscriptions.c.person_id == bindparam("person")
)


class SqlSubscriptions(Scoped):
    """Subscriptions of one tenant."""

    def put(self, subscription: Subscription) -> None:
        row = {
            "person_id": subscription.person,
            "mailbox": subscription.mailbox,
            "route": subscription.route,
            "client_state": subscription.client_state,
            "id": subscription.id,
            "expires_at": to_micros_or_none(subscription.expires_at),
            "renew_at": to_micros(subscription.renew_at),
            "created_at": to_micros(subscription.created_at),
        }
        self._upsert(subscriptions, [row])

    def of(self, person: PersonId) -> Subscription | None:
        return _first(self._run(_OF, person=person).all())

    def by_route(self, route: str) -> Subscription | None:
        return _first(self._run(_BY_ROUTE, at_route=route).all())

    def all(self) -> Sequence[Subscription]:
        return [_subscription(row) for row in self._run(_ALL)]

    def renewable(self, now: datetime) -> Sequence[Subscription]:
        return [_subscription(row) for row in self._run(_RENEWABLE, now=to_micros(now))]

    def orphaned(self) -> Sequence[Subscription]:
        return [_subscription(row) for row in self._run(_ORPHANED)]

    def missing(self) -> Sequence[PersonId]:
        return [PersonId(person) for person in self._run(_MISSING).scalars()]

    def renew_now(self, person: PersonId, now: datetime) -> None:
        self._run(_RENEW_NOW, person=person, now=to_micros(now))

    def next_renewal(self) -> datetime | None:
        return from_micros_or_none(self._run(_NEXT_RENEWAL).scalar())

    def remove(self, person: PersonId) -> None:
        self._run(_REMOVE, person=person)


def _first(rows: Sequence[Any]) -> Subscription | None:
    return _subscription(rows[0]) if rows else None


def _subscription(row: Any) -> Subscription:  # noqa: ANN401 - rows of the driver
    return Subscription(
        person=PersonId(row.person_id),
        mailbox=row.mailbox,
        route=row.route,
        client_state=row.client_state,
        id=row.id,
        expires_at=from_micros_or_none(row.expires_at),
        renew_at=from_micros(row.renew_at),
        created_at=from_micros(row.created_at),
    )
