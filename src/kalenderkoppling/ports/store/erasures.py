"""The list of erasures outside the database, by which a restored backup forgets again what was erased (F-31)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from kalenderkoppling.domain.person import PersonId


class Erasures(Protocol):
    """What one tenant has erased; a store without such a list remembers nothing.

    The erasure of contents of the audit log is listed by `Audit` itself. Whatever is listed is on the disk before the
    transaction is committed; where it cannot be written, the transaction fails.
    """

    def prepare(self) -> None:
        """Make the key that hashes people's ids, where there is none: a backup without it could not be restored."""
        ...

    def remember(self, person: PersonId) -> None:
        """List the erasure of a person, whose entry is in the audit log in the same transaction."""
        ...

    def to_repeat(self, people: Iterable[PersonId]) -> Sequence[PersonId]:
        """Return those of the people whom an erasure names that this database does not know of.

        Raises:
            InvalidValueError: an erasure that this database does not know of was hashed with a key that it has not.
        """
        ...

    def repeat_in_log(self) -> int:
        """Erase the listed contents of the audit log that are here again; return their number."""
        ...
