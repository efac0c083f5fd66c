"""Whom an identity provider means: links to people, sign-ins that nobody has linked yet, and sign-ins under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kalenderkoppling.domain.person import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How a provider names somebody: never by an address that could be given to somebody else.

    `subject` is the claim `sub`, for Entra ID `tid/oid`: its `sub` is another for each application.
    """

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingSignIn:
    """A sign-in that no person is known for, until an administrator links it. `at` is its last instant (UTC)."""

    identity: Identity
    shown_name: str
    at: datetime


class Identities(Protocol):
    """Links between identities and people."""

    def person_of(self, identity: Identity) -> PersonId | None:
        """Return the person who is linked, or None."""
        ...

    def of(self, person: PersonId) -> Sequence[Identity]:
        """Return a person's identities, in order."""
        ...

    def link(self, identity: Identity, person: PersonId, at: datetime) -> None:
        """Link a person; whoever was linked before is so no longer. It waits no more."""
        ...

    def unlink(self, identity: Identity) -> None:
        """Undo a link; idempotent."""
        ...

    def wait(self, found: WaitingSignIn, most: int) -> None:
        """Add or replace a sign-in that waits; of more than `most` the oldest are dropped."""
        ...

    def waiting(self) -> Sequence[WaitingSignIn]:
        """Return the sign-ins that wait, the latest first."""
        ...

    def drop_waiting_before(self, at: datetime) -> None:
        """Drop the sign-ins that have waited since before an instant (retention)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """A sign-in under way at a provider; keys are hashes, so that a stolen database finishes none."""

    state_key: str
    provider: str
    browser_key: str
    nonce: str
    verifier: str
    next_path: str
    at: datetime


class SignInRequests(Protocol):
    """Sign-ins under way."""

    def put(self, request: SignInRequest) -> None:
        """Add one."""
        ...

    def take(self, state_key: str) -> SignInRequest | None:
        """Return and delete one, so that it is finished once; None where there is none."""
        ...

    def drop_before(self, at: datetime) -> None:
        """Delete those that were begun before an instant."""
        ...
