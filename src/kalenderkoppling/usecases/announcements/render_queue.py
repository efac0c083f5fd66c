"""The queue of sentences to render: by urgency, with a growing delay after failures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from typing import TypeAlias

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.prompts import PromptKey
from kalenderkoppling.usecases.announcements.sentence import Sentence

FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A sentence that waits: when it is needed (UTC), whose recordings it may use, how often it has failed."""

    key: PromptKey
    sentence: Sentence
    tenant: TenantId
    needed_at: datetime
    failures: int = 0


_Entry: TypeAlias = tuple[bool, datetime, int, PromptKey]
"""Sort key: failed or not, when it is due, order of arrival; then the sentence."""


class RenderQueue:
    """Sentences by when they are needed, those that have failed after all others; of equals the first that came."""

    def __init__(self) -> None:
        self._waiting: dict[PromptKey, Waiting] = {}
        self._order = count()
        self._ready: list[_Entry] = []
        self._resting: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, wanted: Waiting) -> None:
        """Queue a sentence; one that is queued already can only become more urgent."""
        known = self._waiting.setdefault(wanted.key, wanted)
        is_new = known is wanted
        if is_new or wanted.needed_at < known.needed_at:
            known.needed_at = wanted.needed_at
            if not known.failures:
                self._make_ready(known)

    def put_back(self, failed: Waiting, now: datetime) -> None:
        """Queue a failed sentence again with exponential backoff: five seconds, doubling, at most ten minutes."""
        rest = min(FIRST_REST * 2 ** min(failed.failures, 20), LONGEST_REST)
        failed.failures += 1
        self._waiting[failed.key] = failed
        heappush(self._resting, (True, now + rest, next(self._order), failed.key))

    def take(self, now: datetime) -> Waiting | None:
        """Remove and return the most urgent sentence, or None."""
        while self._resting and self._resting[0][1] <= now:
            *_, key = heappop(self._resting)
            if key in self._waiting:
                self._make_ready(self._waiting[key])
        while self._ready:
            has_failed, needed_at, _, key = heappop(self._ready)
            found = self._waiting.get(key)
            # Entries of what was discarded, or made more urgent, are passed over.
            if found is not None and (bool(found.failures), found.needed_at) == (has_failed, needed_at):
                return self._waiting.pop(key)
        return None

    def discard(self, keys: Iterable[PromptKey]) -> None:
        """Remove sentences from the queue; a no-op for those that are not in it."""
        for key in keys:
            self._waiting.pop(key, None)

    def _make_ready(self, wanted: Waiting) -> None:
        heappush(self._ready, (bool(wanted.failures), wanted.needed_at, next(self._order), wanted.key))
        for heap in (self._ready, self._resting):
            if len(heap) > 2 * len(self._waiting) + 1_000:
                heap[:] = [each for each in heap if each[-1] in self._waiting]
                heapify(heap)
