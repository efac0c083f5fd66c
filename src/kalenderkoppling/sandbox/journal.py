"""The requests to the pretend Graph, recorded for tests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_SECRETS = {"authorization", "cookie"}


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request; `headers` have lower-case names and no secrets. `status` is 0 while unanswered."""

    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    user_id: str | None = None
    status: int = 0


@dataclass(slots=True, kw_only=True)
class Journal:
    """Requests in order (the last 100,000), counts by status, and concurrent requests per mailbox."""

    requests: deque[Asked] = field(default_factory=lambda: deque(maxlen=100_000))
    statuses: Counter[int] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)
    refused_writes: int = 0
    total: int = 0
    _running: Counter[str] = field(default_factory=Counter)

    def open(self, asked: Asked) -> None:
        """Record an incoming request."""
        self.requests.append(asked)
        self.total += 1

    def enter(self, user_id: str) -> int:
        """Count a starting request to a mailbox; return how many run there now."""
        self._running[user_id] += 1
        self.most_at_once[user_id] = max(self.most_at_once[user_id], self._running[user_id])
        return self._running[user_id]

    def leave(self, user_id: str) -> None:
        """Count its end."""
        self._running[user_id] -= 1

    def close(self, asked: Asked, status: int) -> None:
        """Record its status."""
        asked.status = status
        self.statuses[status] += 1

    def views(self, user_id: str | None = None) -> list[Asked]:
        """List the calendarView requests, of one mailbox or all."""
        found = (asked for asked in self.requests if asked.path.endswith("/calendarView"))
        return [asked for asked in found if user_id in {None, asked.user_id}]

    def clear(self) -> None:
        """Clear the records, refused writes included."""
        self.requests.clear()
        self.statuses.clear()
        self.most_at_once.clear()
        self.refused_writes = self.total = 0


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers by lower-case name, without tokens."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in _SECRETS}
