"""Mailboxes in the store: claims with a lease and a fence, due times, pauses, and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from kalenderkoppling.domain.mailbox import MailboxState, Subscription
from kalenderkoppling.domain.person import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to write one mailbox's run: while nobody claimed it later, `generation` is the latest."""

    person: PersonId
    generation: int
    state: MailboxState


class Mailboxes(Protocol):
    """The mailboxes that are looked at: those of people with the service (S-6)."""

    def add(self, person: PersonId, due: datetime) -> None:
        """Begin to look at a person's mailbox; where it is looked at already, only the due time is moved earlier."""
        ...

    def remove(self, person: PersonId) -> None:
        """Look no more; a run under way will find its fence gone and throw its work away."""
        ...

    def state(self, people: Iterable[PersonId]) -> Mapping[PersonId, MailboxState]:
        """Return the states of those of the people whose mailboxes are looked at."""
        ...

    def claim(self, person: PersonId, now: datetime, lease: timedelta) -> Claim | None:
        """Claim a mailbox for a run, or None while it is leased, paused or not looked at.

        The due time becomes the end of the lease, so a run that dies is followed by another. The claim's `state`
        is the one from before the claim. A pause of the tenant counts as one of the mailbox.
        A lease that ends later than `now + lease` was given under a wrong clock and does not count (F-12).
        """
        ...

    def finish(self, claim: Claim, state: MailboxState) -> bool:
        """Write a run's outcome and give the lease back; False, and nothing written, where the fence has moved.

        Where the due time was moved earlier during the run (somebody woke the mailbox), it is kept, so that
        another look follows.
        """
        ...

    def make_due(self, people: Iterable[PersonId], at: datetime) -> None:
        """Move due times to `at` where they are later; pauses still hold."""
        ...

    def due(self, now: datetime, horizon: timedelta, limit: int) -> Sequence[PersonId]:
        """Return mailboxes to look at: due and neither leased nor paused, longest due first.

        A due time later than `now + horizon` was set under a wrong clock and counts as due (F-12).
        """
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a mailbox falls due, pauses and leases counted in."""
        ...

    def pause(self, person: PersonId, until: datetime) -> None:
        """Leave one mailbox alone until an instant; a longer pause that holds already stays (S-8)."""
        ...

    def tenant_pause(self) -> datetime | None:
        """Return until when the whole tenant is paused, or None."""
        ...

    def pause_tenant(self, until: datetime) -> None:
        """Leave the tenant's calendar system alone until an instant, over restarts and for every worker (S-8)."""
        ...


class Subscriptions(Protocol):
    """Subscriptions to changes; a row exists before the calendar system is asked."""

    def put(self, subscription: Subscription) -> None:
        """Set a person's subscription, replacing an older one."""
        ...

    def of(self, person: PersonId) -> Subscription | None:
        """Return a person's subscription, or None."""
        ...

    def by_route(self, route: str) -> Subscription | None:
        """Return the subscription whose notices come to a route, or None."""
        ...

    def all(self) -> Sequence[Subscription]:
        """Return every subscription of the tenant."""
        ...

    def renewable(self, now: datetime) -> Sequence[Subscription]:
        """Return subscriptions whose `renew_at` has come, the earliest first."""
        ...

    def orphaned(self) -> Sequence[Subscription]:
        """Return subscriptions of people whose mailboxes are not looked at any more: they are to be ended."""
        ...

    def missing(self) -> Sequence[PersonId]:
        """Return people whose mailboxes are looked at but who have no subscription."""
        ...

    def renew_now(self, person: PersonId, now: datetime) -> None:
        """Have a person's subscription renewed at once."""
        ...

    def next_renewal(self) -> datetime | None:
        """Return the earliest `renew_at`, or None."""
        ...

    def remove(self, person: PersonId) -> None:
        """Forget a person's subscription."""
        ...
