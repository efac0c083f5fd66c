"""An edge in front of the telephone system: it carries out referrals alone, even while our process is down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeReferral:
    """What calls to a number meet until it expires: the announcement at once, or after `ring` where that is set.

    `holds_for` is the time to live from now, so the end of the absence takes effect without us. An edge that counts in
    whole seconds may let it expire up to 2 s early, never late. `ring` is in whole milliseconds, at least 1.
    """

    number: str
    holds_for: timedelta
    ring: timedelta | None = None


class CallEdge(Protocol):
    """Takes referrals, each with a time to live."""

    async def put(self, referrals: Sequence[EdgeReferral]) -> None:
        """Set what calls to numbers meet, replacing earlier entries for those numbers.

        Raises:
            EdgeUnavailableError: it could not be told; some may have been set.
        """
        ...

    async def remove(self, numbers: Sequence[str]) -> None:
        """Let calls to numbers ring again; a no-op for unknown numbers.

        Raises:
            EdgeUnavailableError: it could not be told; some may have been removed.
        """
        ...

    async def generation(self) -> str:
        """Return an id of the edge's current run; a new id means that it was restarted and has lost its entries.

        Raises:
            EdgeUnavailableError: it could not be asked.
        """
        ...
