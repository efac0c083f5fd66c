"""A process that can be killed at a commit: memory is lost, committed data is there (F-20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.store import SqlStore


class DiedError(BaseException):
    """The process was killed; no code of it may catch this."""


@dataclass(slots=True)
class Deaths:
    """Kills a process before and after its first commit, the next one before and after the second, and so on.

    A process that finishes before its commit number comes survives, so the sequence ends.
    """

    is_armed: bool = False
    number: int = 0

    def begin(self) -> None:
        """Start again with the first commit, for the next operation."""
        self.number = 0

    def strikes(self, commit: int, *, before: bool) -> bool:
        """Tell whether the process dies here; the next one then gets one step further."""
        place, after = divmod(self.number, 2)
        if not self.is_armed or commit != place + 1 or before is bool(after):
            return False
        self.number += 1
        return True


class MortalStore:
    """The store of one process (ports.store.Store) that may be killed at commits; a killed store refuses everything."""

    def __init__(self, store: SqlStore, deaths: Deaths) -> None:
        self._store = store
        self._deaths = deaths
        self.commits = 0
        self.is_dead = False
        self.died_after_commit = False
        self._wants_scrub = False

    @contextmanager
    def read(self, tenant: TenantId) -> Iterator[Transaction]:
        """Open a transaction that writes nothing."""
        self._must_live()
        with self._store.read(tenant) as tx:
            yield tx

    @contextmanager
    def write(self, tenant: TenantId) -> Iterator[Transaction]:
        """Open a transaction; the process may die before or after its commit."""
        self._must_live()
        self.commits += 1
        commit = self.commits
        with self._store.write(tenant) as tx:
            yield tx
            if self._deaths.strikes(commit, before=True):
                self._die(after_commit=False)
        if self._deaths.strikes(commit, before=False):
            self._die(after_commit=True)

    def tenants(self) -> Sequence[TenantId]:
        """Return all tenants."""
        self._must_live()
        return self._store.tenants()

    def add_tenant(self, tenant: TenantId) -> None:
        """Add a tenant."""
        self._must_live()
        self._store.add_tenant(tenant)

    def scrub(self) -> None:
        """Request a purge of deleted data; `scrub_now` does it once, before the files are searched."""
        self._must_live()
        self._wants_scrub = True

    def scrub_now(self) -> None:
        """Do the purge if one was requested, as late as allowed: a killed process has not done it."""
        if self._wants_scrub:
            self._store.scrub()
            self._wants_scrub = False

    def begin_operation(self) -> None:
        """Reset the count of commits for the next operation."""
        self.commits = 0

    def _must_live(self) -> None:
        if self.is_dead:
            raise DiedError

    def _die(self, *, after_commit: bool) -> None:
        self.is_dead = True
        self.died_after_commit = after_commit
        raise DiedError
