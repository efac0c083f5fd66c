"""Subscriptions: mailbox, notification address, and expiry."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.refusal import Refusal, bad_request, not_found
from kalenderkoppling.sandbox.row import Json, parse_instant
from kalenderkoppling.sandbox.world import ChangeType

LONGEST_CLIENT_STATE = 128
_RESOURCE = re.compile(r"/?users(?:/|\(')(?P<user>[^/')]+)(?:'\))?/(?:calendar/)?events/?", re.IGNORECASE)
_ONLY_AT_CREATION = ("lifecycleNotificationUrl", "resource", "changeType", "clientState")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long subscriptions live. Longer ones are shortened, or refused where `refuse_longer`.

    Microsoft's figures for events are 10,070 minutes; answers with three days have been seen (4,230 minutes). Shorter
    than 45 minutes becomes 45 minutes.
    """

    longest: timedelta = timedelta(minutes=10_070)
    shortest: timedelta = timedelta(minutes=45)
    refuse_longer: bool = False


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One subscription to the events of one mailbox."""

    id: str
    application_id: str
    user_id: str
    resource: str
    change_types: frozenset[ChangeType]
    notification_url: str
    lifecycle_url: str | None
    client_state: str | None
    expires: datetime
    immutable_ids: bool

    def body(self) -> Json:
        """Return it as Graph shows it, without the client state."""
        return {
            "id": self.id,
            "resource": self.resource,
            "applicationId": self.application_id,
            "changeType": ",".join(sorted(self.change_types)),
            "clientState": None,
            "notificationUrl": self.notification_url,
            "notificationQueryOptions": None,
            "lifecycleNotificationUrl": self.lifecycle_url,
            "expirationDateTime": zones.utc_stamp(self.expires),
            "creatorId": self.application_id,
            "includeResourceData": None,
            "latestSupportedTlsVersion": "v1_2",
            "encryptionCertificate": None,
            "encryptionCertificateId": None,
            "notificationUrlAppId": None,
        }


@dataclass(slots=True)
class SubscriptionBook:
    """Every subscription that has not expired. `unsubscribable` are user ids that Graph refuses to watch."""

    clock: Callable[[], datetime]
    find_user: Callable[[str], str]
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    unsubscribable: set[str] = field(default_factory=set)
    _held: dict[str, Subscription] = field(default_factory=dict)

    def live(self, user_id: str | None = None) -> list[Subscription]:
        """List the subscriptions in force, of one mailbox or all."""
        now = self.clock()
        self._held = {name: one for name, one in self._held.items() if one.expires > now}
        return [one for one in self._held.values() if user_id in {None, one.user_id}]

    def get(self, subscription_id: str) -> Subscription:
        """Return one.

        Raises:
            Refusal: 404, where there is none or it has expired.
        """
        for one in self.live():
            if one.id == subscription_id:
                return one
        raise Refusal(404, "ResourceNotFound", "The object was not found.")

    def draft(self, asked: Mapping[str, object], application_id: str, *, immutable_ids: bool) -> Subscription:
        """Read a request to subscribe; `add` puts it in force once the addresses have been validated.

        Raises:
            Refusal: 400 for what Graph would not accept, 404 for an unknown mailbox, 403 for an unsubscribable one.
        """
        resource, url = _text(asked, "resource"), _text(asked, "notificationUrl")
        user_id = self._user(resource)
        state, lifecycle = asked.get("clientState"), asked.get("lifecycleNotificationUrl")
        if state is not None and (not isinstance(state, str) or len(state) > LONGEST_CLIENT_STATE):
            raise bad_request("The clientState property is longer than 128 characters.", "InvalidRequest")
        if lifecycle is not None and not isinstance(lifecycle, str):
            raise bad_request("lifecycleNotificationUrl is not valid.", "InvalidRequest")
        return Subscription(
            id=str(uuid.uuid4()),
            application_id=application_id,
            user_id=user_id,
            resource=resource,
            change_types=_change_types(_text(asked, "changeType")),
            notification_url=_address(url),
            lifecycle_url=None if lifecycle is None else _address(lifecycle),
            client_state=state,
            expires=self._expiry(_text(asked, "expirationDateTime")),
            immutable_ids=immutable_ids,
        )

    def add(self, subscription: Subscription) -> Subscription:
        """Put a validated subscription in force."""
        self._held[subscription.id] = subscription
        return subscription

    def renew(self, subscription_id: str, asked: Mapping[str, object]) -> Subscription:
        """Renew; nothing else may be changed.

        Raises:
            Refusal: 404 when it has expired, 400 for other fields.
        """
        one = self.get(subscription_id)
        for name in _ONLY_AT_CREATION:
            if name in asked:
                raise bad_request(f"{name} cannot be changed after the subscription was created.", "InvalidRequest")
        one.expires = self._expiry(_text(asked, "expirationDateTime"))
        return one

    def remove(self, subscription_id: str) -> Subscription:
        """Remove one without a notification; `Courier.end_subscription` sends one."""
        one = self.get(subscription_id)
        del self._held[subscription_id]
        return one

    def _user(self, resource: str) -> str:
        match = _RESOURCE.fullmatch(resource)
        if match is None:
            raise bad_request(f"Unsupported resource '{resource}': only users/{{id}}/events.", "InvalidRequest")
        try:
            user_id = self.find_user(match["user"])
        except KeyError as error:
            raise not_found(f"The requested user '{match['user']}' is invalid.") from error
        if user_id in self.unsubscribable:
            raise Refusal(403, "ExtensionError", "Operation: Create; Exception: [Status Code: Forbidden]")
        return user_id

    def _expiry(self, text: str) -> datetime:
        now = self.clock()
        try:
            wished = parse_instant(text)
        except ValueError as error:
            raise bad_request("expirationDateTime is no valid time.", "InvalidRequest") from error
        if wished <= now:
            raise bad_request("Subscription expiration can only be in the future.", "InvalidRequest")
        longest = now + self.lifetimes.longest
        if wished > longest and self.lifetimes.refuse_longer:
            minutes = int(self.lifetimes.longest.total_seconds() // 60)
            message = f"Subscription expiration can only be {minutes} minutes in the future."
            raise bad_request(message, "ExtensionError")
        return max(now + self.lifetimes.shortest, min(wished, longest))


def _text(asked: Mapping[str, object], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} is a required property.", "InvalidRequest")
    return value


def _address(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise bad_request(f"The address '{url}' is not valid.", "InvalidRequest")
    return url


def _change_types(text: str) -> frozenset[ChangeType]:
    try:
        return frozenset(ChangeType(word.strip()) for word in text.split(","))
    except ValueError as error:
        raise bad_request(f"Invalid changeType '{text}'.", "InvalidRequest") from error
