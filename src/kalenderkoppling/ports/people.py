"""Where people come from: the source of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kalenderkoppling.domain.person import Person


class PeopleSource(Protocol):
    """Knows who is in the directory and who has which service."""

    def people(self) -> Sequence[Person]:
        """Return everybody, each id once.

        Raises:
            InvalidValueError: the source is not readable or contradicts itself; the message names the place.
        """
        ...
