"""Who may be called, in memory: by tenant and number, and by tenant and person.

Not thread-safe by design: only the event loop reads and changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import structlog

from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.callees.callee import Callee

CalleeListener: TypeAlias = Callable[[Callee | None, Callee | None], None]
"""Called with the old and the new state of a person; None is a person who is not known."""

_log = structlog.get_logger("calls")


class CallIndex:
    """Callees of all tenants; a lookup takes constant time."""

    def __init__(self) -> None:
        self._books: dict[TenantId, _Book] = {}
        self._loaded: set[TenantId] = set()
        self._listeners: list[CalleeListener] = []

    # ── lookups ───────────────────────────────────────────────────────────────────────────────────

    def find(self, tenant: TenantId, candidates: Sequence[str]) -> Callee | None:
        """Return whom a call is for: the person of the first key that anybody has.

        Args:
            tenant: Whose numbers.
            candidates: Keys, the likeliest first (`NumberPlan.candidates`).

        Returns:
            None where no key is assigned, or the first that is assigned is ambiguous (two people share it): the phone
            rings.
        """
        book = self._books.get(tenant)
        if book is None:
            return None
        for key in candidates:
            found = book.by_key.get(key)
            if found is not None or key in book.shared:
                return found
        return None

    def get(self, tenant: TenantId, person: PersonId) -> Callee | None:
        """Return a person, or None."""
        book = self._books.get(tenant)
        return None if book is None else book.people.get(person)

    def people(self, tenant: TenantId) -> Sequence[PersonId]:
        """Return everybody of a tenant who is known."""
        book = self._books.get(tenant)
        return [] if book is None else list(book.people)

    def __iter__(self) -> Iterator[Callee]:
        """Iterate over everybody, tenant by tenant; the index must not change meanwhile."""
        return (callee for book in self._books.values() for callee in book.people.values())

    def __len__(self) -> int:
        return sum(len(book.people) for book in self._books.values())

    def is_loaded(self, tenant: TenantId) -> bool:
        """Tell whether everybody of a tenant has been read, so that a number that is not found is unassigned."""
        return tenant in self._loaded

    @property
    def ambiguous(self) -> int:
        """How many numbers are ambiguous."""
        return sum(len(book.shared) for book in self._books.values())

    # ── updates ────────────────────────────────────────────────────────────────────────────────────

    def listen(self, callback: CalleeListener) -> None:
        """Register a listener for changes; putting an equal callee is not a change."""
        self._listeners.append(callback)

    def put(self, callee: Callee) -> None:
        """Add a person, or replace what is known of one."""
        book = self._books.setdefault(callee.tenant, _Book())
        before = book.people.get(callee.person)
        if before == callee:
            return
        if before is not None:
            book.forget(before)
        book.learn(callee)
        self._tell(before, callee)

    def remove(self, tenant: TenantId, person: PersonId) -> None:
        """Remove a person; a no-op for one who is not known."""
        book = self._books.get(tenant)
        before = book.people.get(person) if book else None
        if book is not None and before is not None:
            book.forget(before)
            self._tell(before, None)

    def replace_all(self, tenant: TenantId, callees: Iterable[Callee]) -> None:
        """Replace all people of a tenant, which counts as loaded then."""
        wanted = {each.person: each for each in callees if each.tenant == tenant}
        for person in self.people(tenant):
            if person not in wanted:
                self.remove(tenant, person)
        for callee in wanted.values():
            self.put(callee)
        self.mark_loaded(tenant)

    def mark_loaded(self, tenant: TenantId) -> None:
        """Note that everybody of a tenant has been put."""
        self._loaded.add(tenant)

    def _tell(self, before: Callee | None, after: Callee | None) -> None:
        for listener in self._listeners:
            try:
                listener(before, after)
            except Exception as error:  # noqa: BLE001 - one listener that fails must not keep the index out of date
                _log.error("listener_failed", error=type(error).__name__)


class _Book:
    """One tenant's people; a key that several have is in `shared`, with who has it, and not in `by_key`."""

    def __init__(self) -> None:
        self.people: dict[PersonId, Callee] = {}
        self.by_key: dict[str, Callee] = {}
        self.shared: dict[str, dict[PersonId, Callee]] = {}

    def learn(self, callee: Callee) -> None:
        self.people[callee.person] = callee
        for key in callee.numbers:
            having = self.shared.get(key)
            if having is not None:
                having[callee.person] = callee
            elif key in self.by_key:
                other = self.by_key.pop(key)
                self.shared[key] = {other.person: other, callee.person: callee}
            else:
                self.by_key[key] = callee

    def forget(self, callee: Callee) -> None:
        del self.people[callee.person]
        for key in callee.numbers:
            having = self.shared.get(key)
            if having is None:
                del self.by_key[key]
                continue
            del having[callee.person]
            if len(having) == 1:
                (self.by_key[key],) = self.shared.pop(key).values()
