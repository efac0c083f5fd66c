"""A calendar system: it is read and notifies of changes; there is no method that writes (R22, S-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.time import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What is requested beyond the bare booking: subjects, only while they are shown (S-2), and choices on items."""

    subject: bool = False
    item_choices: bool = False


class CalendarSource(Protocol):
    """Answers one question: which bookings are in this mailbox's window now?"""

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return everything that overlaps the window, or raise; never a part of it.

        Every instance of a series is a booking of its own with a stable key. Whatever is not read as sensitivity
        `normal` is Private, even if its other fields are malformed (C-07). All-day bookings are Days; `zone` is the
        person's and decides which of them overlap the window (C-09). `View.window` is the window asked for. Subjects
        are asked for, and set, only with `fields.subject`.

        Raises:
            ReadFailedError: unreachable, sign-in refused, malformed or incomplete; nothing may be concluded.
            MailboxBlockedError: access to this mailbox is refused until an administrator acts.
            PausedError: the calendar system throttles us.
        """
        ...

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """Return None where `view` would return the view that bore `validator`; otherwise do as `view` does.

        None is a promise: the calendar answered now, completely, and `view` with exactly these arguments would give
        an equal view. A validator given for another mailbox, window, zone or set of fields, by another source or
        before a restart never matches. A source may return the view although it is equal; one that cannot tell
        returns it always.

        Raises: the errors of `view`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAddress:
    """The addresses that one subscription's notices are sent to, and the secret that they carry."""

    changes_url: str
    lifecycle_url: str
    client_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What the calendar system granted: its id of the subscription, and until when (UTC; trust the answer)."""

    id: str
    expires_at: datetime


class NoticeKind(StrEnum):
    """Kinds of notices; none carries state."""

    CHANGED = "changed"
    REAUTHORIZE = "reauthorize"
    REMOVED = "removed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as received, not yet verified: the subscription that it claims and the secret that it carries."""

    subscription_id: str
    client_state: str
    kind: NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRequest:
    """A request to the address for notices, as it came: nothing in it is believed.

    `query` and `headers` hold the first value of each name; names of headers are in lower case. `body` is at most 1 MB.
    """

    method: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """The calendar system asks whether the address is ours: `answer`, sent back as plain text, says so.

    It is answered only while the subscription is being created (F-18).
    """

    answer: str


class ChangeNotices(Protocol):
    """Subscriptions to changes; a notice only says *read mailbox X*."""

    async def subscribe(self, mailbox: str, address: NoticeAddress, until: datetime) -> Granted:
        """Subscribe to changes in a mailbox until an instant; the system may grant less.

        Raises: the errors of `CalendarSource.view`; MailboxBlockedError also where it cannot be subscribed.
        """
        ...

    async def renew(self, mailbox: str, subscription_id: str, until: datetime) -> Granted:
        """Renew a subscription.

        Raises: SubscriptionGoneError where it is not known any more; the errors of `CalendarSource.view`.
        """
        ...

    async def unsubscribe(self, mailbox: str, subscription_id: str) -> None:
        """End a subscription; a no-op where it is gone already. Raises: the errors of `CalendarSource.view`."""
        ...

    def read(self, request: NoticeRequest) -> Handshake | Sequence[Notice]:
        """Read the notices of one request, or the question whether we want them.

        Raises: InvalidValueError where the request is not what the calendar system sends.
        """
        ...
