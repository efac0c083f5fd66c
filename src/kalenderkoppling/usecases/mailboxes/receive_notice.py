"""Take notices of changes: accepted only with the right route, secret and subscription; then *look at mailbox X*."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.mailbox import Subscription
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import ChangeNotices, Handshake, Notice, NoticeKind, NoticeRequest
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform

HANDSHAKE_OPEN = timedelta(minutes=5)
"""How long after we ask for a subscription its route answers a handshake."""


class Receipt(StrEnum):
    """What became of a request; the sender gets the same answer for each, so that it learns nothing."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


async def receive_notice(
    core: Core, notices: ChangeNotices, meter: Meter, tenant: TenantId, *, route: str, request: NoticeRequest
) -> Receipt | Handshake:
    """Take the notices of one request; a forged or replayed one changes nothing and causes no load (S-10, F-17).

    A handshake is returned only where it is to be answered: while its subscription is being created (F-18).
    The mailbox is due in the store before this returns, so an answer of 202 holds over a restart.
    """
    subscription = await look_up(core, tenant, lambda tx: tx.subscriptions.by_route(route))
    if subscription is None:
        meter.count(Count.NOTICES_REFUSED, "route")
        return Receipt.UNKNOWN
    try:
        read = notices.read(request)
    except InvalidValueError:
        meter.count(Count.NOTICES_REFUSED, "malformed")
        return Receipt.MALFORMED
    if isinstance(read, Handshake):
        return read if _is_being_created(subscription, core.clock.now()) else Receipt.UNKNOWN
    kinds = {each.kind for each in read if _is_genuine(each, subscription)}
    if not kinds:
        meter.count(Count.NOTICES_REFUSED, "secret")
        return Receipt.UNKNOWN
    meter.count(Count.NOTICES)
    await perform(core, tenant, lambda unit: _act(unit, subscription, kinds))
    return Receipt.TAKEN


def _is_being_created(subscription: Subscription, now: datetime) -> bool:
    return not subscription.id and now - subscription.created_at <= HANDSHAKE_OPEN


def _is_genuine(notice: Notice, subscription: Subscription) -> bool:
    """Compare the secret in constant time; a subscription still being created has no id to compare yet."""
    said = notice.client_state.encode("utf-8", "surrogatepass")
    secret_fits = hmac.compare_digest(said, subscription.client_state.encode())
    return secret_fits and (not subscription.id or notice.subscription_id == subscription.id)


def _act(unit: Unit, subscription: Subscription, kinds: set[NoticeKind]) -> None:
    person = subscription.person
    unit.tx.mailboxes.lock([person])
    for kind in kinds:
        match kind:
            case NoticeKind.CHANGED | NoticeKind.MISSED:
                unit.wake([person])
            case NoticeKind.REAUTHORIZE:
                unit.tx.subscriptions.renew_now(person, unit.now)
            case NoticeKind.REMOVED:
                unit.tx.subscriptions.remove(person)
                unit.wake([person])
            case _:
                assert_never(kind)
