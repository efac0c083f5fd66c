"""The state of one person's mailbox: when it is read next, and why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.person import PersonId, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRef:
    """Which mailbox a wake-up is about; it carries no state."""

    tenant: TenantId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """When one mailbox was read and will be read, and what went wrong; all instants in UTC.

    `last_good_look` is the start of the last complete look, None before the first. `problem` is why the last look
    failed, `blocked` why the calendar system refuses access to the mailbox. `failures` counts consecutive failed looks.
    `paused_until` is the end of the throttling that the calendar system asked for (S-8). `left_out` are the keys of
    normal bookings and series that the last look could not read or store: what is kept of them stayed as it was.
    """

    person: PersonId
    due: datetime
    last_good_look: datetime | None = None
    problem: ReadProblem | None = None
    blocked: BlockedReason | None = None
    failures: int = 0
    paused_until: datetime | None = None
    unreadable: bool = False
    left_out: tuple[BookingKey, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Whether a look has confirmed what is kept of the bookings; before the first, nothing of it may be shown.

        After a restore, a booking of the backup may have turned private in the meantime (F-31).
        """
        return self.last_good_look is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription to notifications of changes in one mailbox.

    `route` is the unguessable last part of the address that notifications come to; `client_state` is compared in
    constant time. While `id` is empty the subscription is being created; only then validation requests are answered.
    """

    person: PersonId
    mailbox: str
    route: str
    client_state: str
    id: str = ""
    expires_at: datetime | None = None
    renew_at: datetime
    created_at: datetime


EVERYBODY = PersonId("*")
"""In a change: many people are affected, for instance by a rule of the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The state of a person, or of everybody, changed and has to be read again; it does not say what changed."""

    tenant: TenantId
    person: PersonId
