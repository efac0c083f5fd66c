"""What the exchanges' API needs of announcements: where a sentence is found, and the sound behind an address."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Protocol

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.usecases.announcements.prompts import PromptAddress
from kalenderkoppling.usecases.announcements.sentence import Sentence

LONGEST_AGE = timedelta(minutes=10)
"""The longest cache lifetime of a file at the exchange, since the announcement may change at any time."""

_MOST_TOLD = 10_000


class PromptBook(Protocol):
    """Announcements that are ready (`usecases.announcements.prompts.Prompts`)."""

    def address(self, sentence: Sentence) -> PromptAddress | None:
        """Return the address of a sentence's prompt, None if it is not rendered yet; no file is read."""
        ...

    def by_address(self, address: str, tenant: TenantId | None = None) -> Prompt | None:
        """Return a prompt by its address, None if it is no longer in use; this may read a file."""
        ...


class ToldAddresses:
    """The time until which each address given in a decision is valid; only the most recent addresses are kept."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, datetime] = OrderedDict()

    def note(self, address: str, until: datetime) -> None:
        """Record that an address is valid until an instant; the latest instant wins."""
        self._until[address] = max(until, self._until.pop(address, until))
        if len(self._until) > _MOST_TOLD:
            self._until.popitem(last=False)

    def max_age(self, address: str, now: datetime) -> int:
        """Return for how many seconds a file may be cached; 0 if no decision referred to it."""
        left = min(self._until.get(address, now) - now, LONGEST_AGE)
        return max(int(left.total_seconds()), 0)
