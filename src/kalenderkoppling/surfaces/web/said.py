"""Messages that are shown once after an action, and actions that can be undone for a while.

Both are in memory: losing one at a restart does no harm. Several processes behind one address need sticky sessions.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

UNDO_FOR = timedelta(seconds=10)
"""How long an undo is offered."""
UNDO_GRACE = timedelta(minutes=10)
"""How much longer it is accepted: focus or pointer on the message stop its timer on the page (WCAG 2.2.1)."""
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message: the key of its text and its values; with `undo_path` it offers an undo by a POST to that path."""

    text_key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    undo_path: str = ""
    is_problem: bool = False


class Said:
    """Messages to show on a session's next full page."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Notice] = OrderedDict()

    def put(self, session_key: str, notice: Notice) -> None:
        """Store a message; a later one replaces it."""
        self._waiting[session_key] = notice
        self._waiting.move_to_end(session_key)
        _bound(self._waiting)

    def take(self, session_key: str) -> Notice | None:
        """Return and remove the message, if there is one."""
        return self._waiting.pop(session_key, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept(Generic[T]):
    session_key: str
    until: datetime
    what: T


class Undoing(Generic[T]):
    """Actions that can be undone: each once, only in the session that did it, and only for a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()

    def keep(self, session_key: str, what: T, now: datetime) -> str:
        """Store an action and return the token that undoes it."""
        token = secrets.token_urlsafe(16)
        self._kept[token] = _Kept(session_key=session_key, until=now + UNDO_FOR + UNDO_GRACE, what=what)
        _bound(self._kept)
        return token

    def take(self, session_key: str, token: str, now: datetime) -> T | None:
        """Return a token's action, or None where it has expired or belongs to another session."""
        kept = self._kept.get(token)
        if kept is None or kept.session_key != session_key:
            return None
        del self._kept[token]
        return kept.what if now < kept.until else None


def _bound(kept: OrderedDict[str, Notice] | OrderedDict[str, _Kept[T]]) -> None:
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
