"""Mailboxes in the store: claims with a lease and a fence, due times, pauses, and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from kalenderkoppling.domain.mailbox import MailboxState, Subscription
from kalenderkoppling.domain.person import PersonId


class Revision(NamedTuple):
    """Counts of the changes of what looks at a mailbox rest on; while both stay, so does all of it.

    `own` counts those of the person: the person's row, what is kept, choices, own rules, rules for the person alone.
    `shared` counts those of the tenant: settings, and rules for everybody and for groups.
    """

    own: int
    shared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to write the outcome of one run; it is lost when somebody else claims the mailbox (`generation`).

    `revision` and `state` are those at the claim.
    """

    person: PersonId
    generation: int
    revision: Revision
    state: MailboxState

    def __hash__(self) -> int:
        """Return the hash of what tells claims apart."""
        return hash((self.person, self.generation))


class Mailboxes(Protocol):
    """The mailboxes that are read: those of people with the service (S-6)."""

    def add(self, person: PersonId, due: datetime) -> None:
        """Start reading a person's mailbox; where it is read already, only the due time is moved earlier."""
        ...

    def remove(self, person: PersonId) -> None:
        """Stop reading a mailbox; a run in progress fails at its fence and discards its work."""
        ...

    def state(self, people: Iterable[PersonId]) -> Mapping[PersonId, MailboxState]:
        """Return the states of mailboxes, of those people whose mailboxes are read."""
        ...

    def claim(self, person: PersonId, now: datetime, lease: timedelta) -> Claim | None:
        """Claim a mailbox for a run; None while it is leased, paused or not read at all.

        The due time becomes the end of the lease, so a run that dies is followed by another. The claim's `state` is the
        one from before the claim. A pause of the tenant counts as one of the mailbox. A lease that ends later than `now
        + lease` was set by a wrong clock and is ignored (F-12).
        """
        ...

    def claim_many(self, people: Iterable[PersonId], now: datetime, lease: timedelta) -> Mapping[PersonId, Claim]:
        """Claim those of several mailboxes that `claim` would claim, in one statement."""
        ...

    def finish(self, claim: Claim, state: MailboxState) -> bool:
        """Write a run's outcome and release the lease; False, with nothing written, where the fence has moved.

        Where the due time was moved earlier during the run (somebody woke the mailbox), it is kept, so that another
        look follows.
        """
        ...

    def lock(self, people: Iterable[PersonId]) -> None:
        """Keep others from writing to mailboxes until the transaction ends; people without one are ignored.

        A transaction that writes both to mailboxes and to other rows locks all its mailboxes first, in one call: where
        everybody takes locks in the same order, no two transactions wait for each other.
        """
        ...

    def still_held(self, claims: Iterable[Claim]) -> Mapping[Claim, Revision]:
        """Return the claims whose fence has not moved, with the revisions now.

        Until the transaction ends nobody else can take those, or change what looks at their people's mailboxes rest on.
        """
        ...

    def revisions(self, people: Iterable[PersonId]) -> Mapping[PersonId, Revision]:
        """Return the revisions of mailboxes now, this transaction's own changes included, and lock the mailboxes."""
        ...

    def finish_many(self, outcomes: Sequence[tuple[Claim, MailboxState]]) -> None:
        """Do as `finish` for several runs at once, each of which is `still_held` in this transaction."""
        ...

    def forget_looks(self, due: datetime) -> None:
        """Let every mailbox be as before its first look, due at an instant; runs in progress fail at their fence.

        Pauses stay (S-8).
        """
        ...

    def make_due(self, people: Iterable[PersonId], at: datetime) -> None:
        """Move due times forward to `at` where they are later; pauses still apply."""
        ...

    def due(self, now: datetime, horizon: timedelta, limit: int) -> Sequence[PersonId]:
        """Return mailboxes to read: due, neither leased nor paused, longest due first.

        A due time later than `now + horizon` was set under a wrong clock and counts as due (F-12).
        """
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a mailbox falls due, pauses and leases considered."""
        ...

    def pause(self, person: PersonId, until: datetime) -> None:
        """Pause a mailbox until an instant; a longer pause stays (S-8)."""
        ...

    def tenant_pause(self) -> datetime | None:
        """Return until when the whole tenant is paused, or None."""
        ...

    def pause_tenant(self, until: datetime) -> None:
        """Pause the tenant's calendar system until an instant, across restarts and for every worker (S-8)."""
        ...


class Subscriptions(Protocol):
    """Subscriptions to changes; the row is written before the request to the calendar system."""

    def put(self, subscription: Subscription) -> None:
        """Set a person's subscription, replacing an older one."""
        ...

    def of(self, person: PersonId) -> Subscription | None:
        """Return a person's subscription, or None."""
        ...

    def by_route(self, route: str) -> Subscription | None:
        """Return the subscription with a route, or None."""
        ...

    def all(self) -> Sequence[Subscription]:
        """Return every subscription of the tenant."""
        ...

    def renewable(self, now: datetime) -> Sequence[Subscription]:
        """Return subscriptions whose `renew_at` has come, the earliest first."""
        ...

    def orphaned(self) -> Sequence[Subscription]:
        """Return subscriptions of people whose mailboxes are no longer read: they are to be ended."""
        ...

    def missing(self) -> Sequence[PersonId]:
        """Return people whose mailboxes are read but who have no subscription."""
        ...

    def renew_now(self, person: PersonId, now: datetime) -> None:
        """Make the renewal of a person's subscription due at once."""
        ...

    def next_renewal(self) -> datetime | None:
        """Return the earliest `renew_at`, or None."""
        ...

    def remove(self, person: PersonId) -> None:
        """Delete a person's subscription."""
        ...
