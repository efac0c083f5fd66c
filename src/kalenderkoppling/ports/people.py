"""Where people come from: the source of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kalenderkoppling.domain.person import Person


class PeopleSource(Protocol):
    """Knows who is in the directory and who has which service (R7).

    A field that the source leaves empty stays empty: nobody gets a service or a role by default.
    """

    def people(self) -> Sequence[Person]:
        """Return everybody, each id once, as the source is at this call.

        The result is complete: an import takes whoever is missing from it out of the directory.

        Raises:
            InvalidValueError: the source cannot be read or contradicts itself (an id twice); the message names the
                place. One wrong entry refuses the whole source.
        """
        ...
