"""Graph's subscriptions and their notices: basic ones, which say only that something changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from kalenderkoppling.calendars.graph.client import GraphClient, user_segment
from kalenderkoppling.domain.errors import (
    BlockedReason,
    InvalidValueError,
    MailboxBlockedError,
    ReadFailedError,
    ReadProblem,
    SubscriptionGoneError,
)
from kalenderkoppling.ports.calendar import Granted, Handshake, Notice, NoticeAddress, NoticeKind, NoticeRequest

BODY_BYTES_AT_MOST = 1024 * 1024
NOTICES_AT_MOST = 1000
TOKEN_BYTES_AT_MOST = 2 * 1024

_ID_LETTERS_AT_MOST = 128
_STATE_LETTERS_AT_MOST = 256
_CHANGES = frozenset({"created", "updated", "deleted"})
_LIFECYCLE = {
    "reauthorizationRequired": NoticeKind.REAUTHORIZE,
    "subscriptionRemoved": NoticeKind.REMOVED,
    "missed": NoticeKind.MISSED,
}


class _Granted(msgspec.Struct, rename="camel"):
    id: str
    expiration_date_time: str


class _Notice(msgspec.Struct, rename="camel"):
    subscription_id: str
    client_state: str | None = None
    change_type: str | None = None
    lifecycle_event: str | None = None


class _Notices(msgspec.Struct):
    value: list[_Notice]


_NOTICES = msgspec.json.Decoder(_Notices)


class GraphNotices:
    """Subscriptions to changes (ports.calendar.ChangeNotices) over Microsoft Graph."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def subscribe(self, mailbox: str, address: NoticeAddress, until: datetime) -> Granted:
        """Subscribe to every change in a mailbox; Graph asks our addresses for the validation token meanwhile."""
        return _granted(
            await self._client.subscribe(
                {
                    "changeType": "created,updated,deleted",
                    "resource": f"users/{user_segment(mailbox)}/events",
                    "notificationUrl": address.changes_url,
                    # It can be set at creation only.
                    "lifecycleNotificationUrl": address.lifecycle_url,
                    "clientState": address.client_state,
                    "expirationDateTime": _stamp(until),
                }
            )
        )

    async def renew(self, mailbox: str, subscription_id: str, until: datetime) -> Granted:  # noqa: ARG002 - the port's
        """Renew a subscription; one that Graph does not know is gone."""
        try:
            return _granted(await self._client.renew(subscription_id, {"expirationDateTime": _stamp(until)}))
        except MailboxBlockedError as error:
            if error.reason is BlockedReason.NOT_FOUND:
                raise SubscriptionGoneError from error
            raise

    async def unsubscribe(self, mailbox: str, subscription_id: str) -> None:  # noqa: ARG002 - the port's
        """End a subscription; idempotent."""
        try:
            await self._client.unsubscribe(subscription_id)
        except MailboxBlockedError as error:
            if error.reason is not BlockedReason.NOT_FOUND:
                raise

    def read(self, request: NoticeRequest) -> Handshake | Sequence[Notice]:
        """Read the notices of one request, or Graph's validation of the address; nothing in them is believed yet.

        Source: Microsoft Graph, "Receive change notifications through webhooks": a POST with `validationToken` in the
        query is answered with the decoded token.
        """
        if request.method != "POST":
            raise InvalidValueError("Graph sends notices by POST")
        token = request.query.get("validationToken")
        if token is not None:
            return _handshake(token)
        return _notices(request.body)


def _handshake(token: str) -> Handshake:
    if len(token.encode("utf-8", "surrogatepass")) > TOKEN_BYTES_AT_MOST:
        raise InvalidValueError("a validation token is at most 2 kB")
    return Handshake(answer=token)


def _notices(body: bytes) -> Sequence[Notice]:
    if len(body) > BODY_BYTES_AT_MOST:
        raise InvalidValueError("a body of notices is at most 1 MB")
    try:
        notices = _NOTICES.decode(body).value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValueError("not a body of notices") from error
    if len(notices) > NOTICES_AT_MOST:
        raise InvalidValueError("more notices than Graph sends at once")
    return [_notice(each) for each in notices]


def _notice(raw: _Notice) -> Notice:
    state = raw.client_state or ""
    if not 0 < len(raw.subscription_id) <= _ID_LETTERS_AT_MOST or len(state) > _STATE_LETTERS_AT_MOST:
        raise InvalidValueError("a notice without the id of a subscription, or with an oversized field")
    return Notice(subscription_id=raw.subscription_id, client_state=state, kind=_kind(raw))


def _kind(raw: _Notice) -> NoticeKind:
    if raw.lifecycle_event is not None:
        # An unknown lifecycle event is treated as `missed`: the mailbox is looked at.
        return _LIFECYCLE.get(raw.lifecycle_event, NoticeKind.MISSED)
    if raw.change_type is None:
        raise InvalidValueError("a notice without a change type and a lifecycle event")
    return NoticeKind.CHANGED if raw.change_type in _CHANGES else NoticeKind.MISSED


def _granted(body: bytes) -> Granted:
    """Read what was granted; the expiry in the answer counts, not the one asked for."""
    try:
        granted = msgspec.json.decode(body, type=_Granted)
        expires_at = datetime.fromisoformat(granted.expiration_date_time)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ReadFailedError(ReadProblem.MALFORMED, "the answer to a subscription") from error
    if not 0 < len(granted.id) <= _ID_LETTERS_AT_MOST or expires_at.tzinfo is None:
        raise ReadFailedError(ReadProblem.MALFORMED, "the answer to a subscription")
    return Granted(id=granted.id, expires_at=expires_at.astimezone(UTC))


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
