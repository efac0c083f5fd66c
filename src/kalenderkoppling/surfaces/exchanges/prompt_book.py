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
"""For how long an exchange may keep a file without asking again; what is said may change any moment."""

_MOST_TOLD = 10_000


class PromptBook(Protocol):
    """Announcements that are ready (`usecases.announcements.prompts.Prompts`)."""

    def address(self, sentence: Sentence) -> PromptAddress | None:
        """Return where a sentence is found, None where it is not ready; nothing is read."""
        ...

    def by_address(self, address: str, tenant: TenantId | None = None) -> Prompt | None:
        """Return a prompt by its address, None where nobody uses it any more; it may read a file."""
        ...


class ToldAddresses:
    """Until when each address that a decision told is the one to play; the newest are remembered."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, datetime] = OrderedDict()

    def note(self, address: str, until: datetime) -> None:
        """Remember that an address holds until an instant; the latest instant counts."""
        self._until[address] = max(until, self._until.pop(address, until))
        if len(self._until) > _MOST_TOLD:
            self._until.popitem(last=False)

    def max_age(self, address: str, now: datetime) -> int:
        """Return for how many seconds a file may be kept; none where no decision told of it."""
        left = min(self._until.get(address, now) - now, LONGEST_AGE)
        return max(int(left.total_seconds()), 0)
