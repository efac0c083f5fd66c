"""A calendar system: it is looked at and tells of changes; there is no verb for writing (R22, S-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.time import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What is asked for beyond the bare booking: subjects only while they are shown (S-2), choices on items."""

    subject: bool = False
    item_choices: bool = False


class CalendarSource(Protocol):
    """Answers one question: what does this mailbox's window look like now?"""

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return everything that overlaps the window, complete, or raise; never a part.

        Every instance of a series is a booking of its own with a stable key. What is not read as sensitivity
        `normal` is Private, whatever else is wrong with it (C-07). All-day bookings are Days; `zone` is the
        person's and decides which of them overlap the window (C-09). `View.window` is the window asked for.
        Subjects are asked for, and set, only with `fields.subject`.

        Raises:
            ReadFailedError: unreachable, refused sign-in, malformed or incomplete: nothing may be concluded.
            MailboxBlockedError: this mailbox is refused until an administrator acts.
            PausedError: the calendar system asks to be left alone.
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
    """Where notices of one subscription come to, and the secret that they bear."""

    changes_url: str
    lifecycle_url: str
    client_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What the calendar system granted: its id of the subscription, and until when (UTC; trust the answer)."""

    id: str
    expires_at: datetime


class NoticeKind(StrEnum):
    """What a notice says; none of them carries state."""

    CHANGED = "changed"
    REAUTHORIZE = "reauthorize"
    REMOVED = "removed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as it came, not yet believed: whose it claims to be and the secret that it bears."""

    subscription_id: str
    client_state: str
    kind: NoticeKind


class ChangeNotices(Protocol):
    """Subscriptions to changes; the notices only say *look at mailbox X*."""

    async def subscribe(self, mailbox: str, address: NoticeAddress, until: datetime) -> Granted:
        """Ask to be told of changes in a mailbox until an instant; the system may grant less.

        Raises: the errors of `CalendarSource.view`; MailboxBlockedError also where it cannot be subscribed.
        """
        ...

    async def renew(self, mailbox: str, subscription_id: str, until: datetime) -> Granted:
        """Prolong a subscription.

        Raises: SubscriptionGoneError where it is not known any more; the errors of `CalendarSource.view`.
        """
        ...

    async def unsubscribe(self, mailbox: str, subscription_id: str) -> None:
        """End a subscription; one that is gone already is ended. Raises: the errors of `CalendarSource.view`."""
        ...

    def read(self, body: bytes) -> Sequence[Notice]:
        """Read the notices of one request body of at most 1 MB.

        Raises: InvalidValueError where the body is not what the calendar system sends.
        """
        ...
