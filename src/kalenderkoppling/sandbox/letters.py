"""The contents of notifications, and how they are delivered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kalenderkoppling.sandbox import ids, zones
from kalenderkoppling.sandbox.row import Json
from kalenderkoppling.sandbox.subscriptions import Subscription
from kalenderkoppling.sandbox.world import Change


class Lifecycle(StrEnum):
    """Graph's lifecycle events of a subscription."""

    REAUTHORIZATION_REQUIRED = "reauthorizationRequired"
    SUBSCRIPTION_REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(slots=True, kw_only=True)
class Delivery:
    """How notifications are delivered; can be changed at any time.

    `copies`: each is sent so many times. `lose`: so many of the next are lost. `late_by`: each is delayed so long, by
    the clock. `held`: they are held until `release`. `reversed`: a release or a flush goes backwards. `batched`: those
    due together for one address share a request. `slow_after`: the answer that is slower counts as slow; over
    `slow_share` of the last ten minutes' answers (ten at least), and the address is put on hold for ten minutes: what
    happens then is dropped for good.
    """

    copies: int = 1
    lose: int = 0
    late_by: timedelta = timedelta(0)
    held: bool = False
    reversed: bool = False
    batched: bool = False
    slow_after: timedelta = timedelta(seconds=3)
    give_up_after: timedelta = timedelta(seconds=10)
    slow_share: float = 0.1
    hold_for: timedelta = timedelta(minutes=10)
    first_retry: timedelta = timedelta(seconds=10)
    retry_for: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One notification in flight; `tries` counts the failed attempts."""

    url: str
    item: Json
    due: datetime
    first_due: datetime
    tries: int = 0


def notification(change: Change, subscription: Subscription, tenant_id: str) -> Json:
    """Write a basic notification: ids and a version tag, nothing of the booking's contents."""
    event = change.event
    item_id = ids.immutable_id(event.token) if subscription.immutable_ids else ids.mutable_id(event.token, event.moves)
    path = f"Users/{change.user_id}/Events/{item_id}"
    return {
        **_head(subscription, tenant_id),
        "changeType": change.type.value,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": f'W/"{ids.change_key(event.token, event.version)}"',
            "id": item_id,
        },
    }


def _head(subscription: Subscription, tenant_id: str) -> Json:
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": zones.utc_stamp(subscription.expires).replace("Z", "+00:00"),
        "clientState": subscription.client_state,
        "tenantId": tenant_id,
    }


def lifecycle_notice(event: Lifecycle, subscription: Subscription, tenant_id: str) -> Json:
    """Write a lifecycle notification: about the subscription, not about any booking."""
    return {**_head(subscription, tenant_id), "lifecycleEvent": event.value}


def forgery(number: int, tenant_id: str, client_state: str | None, now: datetime) -> Json:
    """Write a forged notification: the right form, with guessed values."""
    return {
        "subscriptionId": str(uuid.uuid4()),
        "clientState": client_state,
        "changeType": "updated",
        "tenantId": tenant_id,
        "resource": f"Users/{uuid.uuid4()}/Events/forged-{number}",
        "subscriptionExpirationDateTime": zones.utc_stamp(now),
        "resourceData": {"@odata.type": "#Microsoft.Graph.Event", "id": f"forged-{number}"},
    }
