"""What signing in rests on: local administrators, and failed attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAdministrator:
    """An administrator who is no person of the directory; `password_hash` is Argon2's encoded form. Instants in UTC."""

    name: str
    password_hash: str
    created_at: datetime
    password_set_at: datetime


class LocalAdministrators(Protocol):
    """The local administrators of a tenant."""

    def put(self, administrator: LocalAdministrator) -> None:
        """Add or replace one."""
        ...

    def get(self, name: str) -> LocalAdministrator | None:
        """Return one, or None."""
        ...

    def all(self) -> Sequence[LocalAdministrator]:
        """Return all, in order of their names."""
        ...

    def remove(self, name: str) -> None:
        """Remove one; idempotent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed attempts to sign in with one account or from one address, and the last one's instant (UTC)."""

    count: int
    last_at: datetime


class SignInFailures(Protocol):
    """Failed attempts by key; a key is a hash and names neither account nor address."""

    def of(self, key: str) -> Failures | None:
        """Return what is known of a key, or None."""
        ...

    def put(self, key: str, found: Failures) -> None:
        """Add or replace."""
        ...

    def forget(self, key: str) -> None:
        """Forget a key; idempotent."""
        ...

    def drop_before(self, at: datetime) -> None:
        """Forget the keys whose last failure was before an instant."""
        ...
