"""The clock: the one place where the present comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present; tests and scenarios have a clock that they set."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...
