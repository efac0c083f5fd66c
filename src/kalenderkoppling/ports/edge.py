"""An edge in front of the telephone system: it carries referrals out by itself, even while we are dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeReferral:
    """What calls to a number meet until it runs out: the announcement at once, or after `ring` where that is set.

    `holds_for` is how long from now: the end of the absence takes effect by itself. An edge that counts in whole
    seconds lets it run out up to two seconds early, never late. `ring` counts in whole milliseconds, at least one.
    """

    number: str
    holds_for: timedelta
    ring: timedelta | None = None


class CallEdge(Protocol):
    """Takes referrals with the time at which each runs out."""

    async def put(self, referrals: Sequence[EdgeReferral]) -> None:
        """Set what calls to numbers meet, replacing what was known of those numbers.

        Raises:
            EdgeUnavailableError: it could not be told; some may have been set.
        """
        ...

    async def remove(self, numbers: Sequence[str]) -> None:
        """Let calls to numbers ring again; unknown numbers are nothing.

        Raises:
            EdgeUnavailableError: it could not be told; some may have been removed.
        """
        ...

    async def generation(self) -> str:
        """Name the edge's present life: another name than before means that it has forgotten what it was told.

        Raises:
            EdgeUnavailableError: it could not be asked.
        """
        ...
