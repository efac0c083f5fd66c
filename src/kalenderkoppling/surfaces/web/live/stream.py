"""One open stream: whom its page shows, what it was told last, and what it is told next."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

import msgspec

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.web.status import ShownStatus

COALESCE = timedelta(milliseconds=100)
"""The mean time between two events of a burst: a page with constant changes gets ten events a second."""
AT_ONCE = 4
"""How many events may be sent without that gap after a quiet period, so that single changes are not delayed."""
SETTLE = timedelta(milliseconds=1)
"""How long to collect changes before they are sent together."""
HEARTBEAT = timedelta(seconds=15)
LOOK_ANEW = timedelta(seconds=60)
"""How often everything shown is read again anyway: the bus may lose messages, and "tomorrow" becomes today."""
MOST_WATCHED = 500


class Ending(StrEnum):
    """Why the server ends a stream; the page decides by it whether to come back."""

    SIGNED_OUT = "signed_out"
    STOPPING = "stopping"
    TOO_MANY = "too_many"


Look = Callable[[Iterable[PersonId]], Awaitable[Mapping[PersonId, ShownStatus]]]
IsAlive = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTiming:
    """How fast a stream goes; tests go faster."""

    coalesce: timedelta = COALESCE
    at_once: int = AT_ONCE
    settle: timedelta = SETTLE
    heartbeat: timedelta = HEARTBEAT
    look_anew: timedelta = LOOK_ANEW


class Allowance:
    """When the next event may go out: `at_once` of them after a quiet time, and one per `gap` seconds in the long run.

    The generic cell rate algorithm (ITU-T I.371): one instant is kept, and no history. Times are seconds of any clock
    that does not go back.
    """

    def __init__(self, gap: float, at_once: int) -> None:
        self._gap = gap
        self._tolerance = gap * (at_once - 1)
        self._due_at = float("-inf")

    def wait(self, now: float) -> float:
        """Return for how many seconds the next event has to wait, 0 for none."""
        return max(0.0, self._due_at - self._tolerance - now)

    def spend(self, now: float) -> None:
        """Count an event that goes out now."""
        self._due_at = max(now, self._due_at) + self._gap


class LiveStream:
    """The state of one open page. `look` tells statuses as the page's person sees them, `is_alive` of the session."""

    def __init__(self, *, session_key: str, look: Look, is_alive: IsAlive, pace: StreamTiming) -> None:
        self.id = secrets.token_urlsafe(12)
        self.session_key = session_key
        self._look = look
        self._is_alive = is_alive
        self._pace = pace
        self._watched: dict[PersonId, None] = {}
        self._card: PersonId | None = None
        self._due: set[PersonId] = set()
        self._card_changed = False
        self._told: dict[PersonId, ShownStatus] = {}
        self._awake = asyncio.Event()
        self._ending: Ending | None = None
        self._allowance = Allowance(pace.coalesce.total_seconds(), pace.at_once)

    def watch(self, people: Iterable[PersonId], card: PersonId | None) -> None:
        """Set whom the page shows, and whose card is open; all of them are told anew."""
        self._watched = dict.fromkeys([*people, *([card] if card else [])][:MOST_WATCHED])
        self._card = card
        self._told = {}
        self._touch(self._watched)

    def changed(self, person: PersonId) -> None:
        """Take a sign that somebody, or everybody, changed."""
        if person == EVERYBODY:
            self._card_changed = self._card is not None
            self._touch(self._watched)
        elif person in self._watched:
            self._card_changed = self._card_changed or person == self._card
            self._touch([person])

    def end(self, ending: Ending) -> None:
        """Have the stream end with a last word."""
        self._ending = self._ending or ending
        self._awake.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the stream's bytes until it ends (Server-sent events, HTML Living Standard 9.2)."""
        loop = asyncio.get_running_loop()
        yield _event("hello", {"stream": self.id})
        beat = loop.time() + self._pace.heartbeat.total_seconds()
        anew = loop.time() + self._pace.look_anew.total_seconds()
        while self._ending is None:
            await self._sleep_until(beat)
            if loop.time() >= beat:
                beat = loop.time() + self._pace.heartbeat.total_seconds()
                await self._check_session()
                yield b": beat\n\n"
            if loop.time() >= anew:
                anew = loop.time() + self._pace.look_anew.total_seconds()
                self._touch(self._watched)
            if self._due and (news := await self._news()):
                self._allowance.spend(loop.time())
                yield news
        yield _event("end", {"reason": self._ending})

    async def _sleep_until(self, beat: float) -> None:
        """Sleep until something is due, then a moment longer, so that changes close in time are sent together."""
        try:
            async with asyncio.timeout_at(beat):
                await self._awake.wait()
        except TimeoutError:
            return
        if self._ending is None:
            wait = self._allowance.wait(asyncio.get_running_loop().time())
            await asyncio.sleep(max(wait, self._pace.settle.total_seconds()))
        self._awake.clear()

    async def _check_session(self) -> None:
        try:
            if not await self._is_alive():
                self.end(Ending.SIGNED_OUT)
        except StoreUnavailableError:
            return

    async def _news(self) -> bytes:
        due, self._due = self._due & self._watched.keys(), set()
        card_changed, self._card_changed = self._card_changed, False
        try:
            seen = await self._look(due)
        except StoreUnavailableError:
            # Read again at the next heartbeat; until then the page keeps what it shows.
            self._due |= due
            self._card_changed = card_changed
            return b""
        news = {id_: each for id_, each in seen.items() if self._told.get(id_) != each}
        self._told.update(news)
        if not news and not card_changed:
            return b""
        people = [{"id": id_, **asdict(each)} for id_, each in news.items()]
        return _event("status", {"people": people, "card": self._card if card_changed else None})

    def _touch(self, people: Iterable[PersonId]) -> None:
        self._due.update(people)
        self._awake.set()


def _event(name: str, content: Mapping[str, object]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(content) + b"\n\n"
