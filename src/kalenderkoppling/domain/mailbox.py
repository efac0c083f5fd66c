"""The state of one person's mailbox: when it is looked at, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.person import PersonId, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRef:
    """Which mailbox a wake-up is about; it carries no state."""

    tenant: TenantId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """What is known of the reading of one mailbox; all instants in UTC.

    `last_good_look` is when the last complete look began, None before the first.
    `problem` is why the last look failed, `blocked` why the calendar system refuses the mailbox.
    `failures` counts looks that failed in a row. `paused_until` is what the calendar system asked for (S-8).
    """

    person: PersonId
    due: datetime
    last_good_look: datetime | None = None
    problem: ReadProblem | None = None
    blocked: BlockedReason | None = None
    failures: int = 0
    paused_until: datetime | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A standing request to be told of changes in one mailbox.

    `route` is the unguessable last part of the address that notifications come to; `client_state` is compared in
    constant time. While `id` is empty it is being created, and only then a validation is answered.
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
"""In a change: something that concerns many people changed, such as a rule of the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sign that what is known of a person, or of everybody, changed: look again. It says nothing of what."""

    tenant: TenantId
    person: PersonId
