"""The clock: the only source of the present."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Returns the present; tests and scenarios use a clock that they set."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...
