"""Keeps ready what callers will hear: of each callee the sentence that holds now, and the next one that is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.usecases.announcements.fixed import fixed_sentences
from kalenderkoppling.usecases.announcements.holdings import ALWAYS
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.render_queue import RenderQueue, Waiting
from kalenderkoppling.usecases.announcements.sentence import Sentence, sentence_at
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.turns import CalleeKey, Turns
from kalenderkoppling.usecases.pause import pause

AT_ONCE = 5
"""How many callees are looked at before other work of the event loop has its turn: about a millisecond."""

_FIRST = datetime.min.replace(tzinfo=UTC)
_NOTICED_STEP = timedelta(seconds=1)
"""A clock that goes back further than this was set."""

_AFTER_TROUBLE = timedelta(minutes=1)
_PAUSE_SECONDS = 0.25
_AFTER_FAILURE_SECONDS = 0.02
"""After a failed rendering; short, since a language without a voice must not delay the others, but no busy loop."""


class RenderAhead:
    """Follows callees, as the index of calls tells of them, and renders one sentence at a time.

    All methods but `render_now` are called on the event loop.

    Args:
        prompts: Where prompts are kept, and who uses them.
        clock: The current time.
        meter: Counts what is rendered and what fails.
        recording_of: Gives a tenant's recorded phrase, None where there is none any more; it may block.
    """

    def __init__(
        self,
        prompts: Prompts,
        clock: Clock,
        meter: Meter,
        recording_of: Callable[[TenantId, PhraseId], bytes | None],
    ) -> None:
        self._prompts = prompts
        self._clock = clock
        self._meter = meter
        self._recording_of = recording_of
        self._callees: dict[CalleeKey, Callee] = {}
        self._turns = Turns()
        self._queue = RenderQueue()
        self._told_all = False
        self._latest = _FIRST
        self._came = asyncio.Event()
        self._queued = asyncio.Event()
        self._fixed = [(each, _FIRST) for each in fixed_sentences()]
        self._use(ALWAYS, self._fixed)

    # ── told ────────────────────────────────────────────────────────────────────────────────────

    def changed(self, before: Callee | None, after: Callee | None) -> None:
        """Take the new state of a person; None is a person who is not known. Prompts no longer in use are deleted."""
        callee = after or before
        if callee is None:
            return
        key = (callee.tenant, callee.person)
        if after is not None and after.may_divert:
            self._callees[key] = after
            self._turns.set(key, self._clock.now())
        elif self._callees.pop(key, None) is not None:
            self._turns.remove(key)
            self._use(key, [])
        self._came.set()

    def everybody_told(self) -> None:
        """Note that all callees are loaded: unused prompts of an earlier process are deleted."""
        self._told_all = True
        self._came.set()

    @property
    def missing(self) -> int:
        """How many sentences wait to be rendered."""
        return len(self._queue)

    # ── asked ───────────────────────────────────────────────────────────────────────────────────

    def render_now(self, callee: Callee, sentence: Sentence) -> Prompt:
        """Return a sentence about somebody, rendered now; it blocks, and any thread may call.

        It stays ready until what is heard of the person changes.

        Raises:
            SpeechFailedError: the engine could not say it.
        """
        self._prompts.hold_also((callee.tenant, callee.person), sentence)
        return self._prompts.render(sentence, partial(self._recording_of, callee.tenant))

    # ── done ────────────────────────────────────────────────────────────────────────────────────

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep everything ready until `stopping` is set; a sentence that is being rendered is waited for."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._follow(stopping))
            both.create_task(self._render(stopping))

    async def follow(self) -> None:
        """Look at everybody whose turn has come: what is heard of them now and next, and what is no longer."""
        await self._notice_a_clock_that_was_set()
        for key in self._prompts.take_lost():
            if key == ALWAYS:
                self._use(ALWAYS, self._fixed)
            elif key in self._callees:
                self._turns.set(key, self._clock.now())
        while due := self._turns.take(self._clock.now(), AT_ONCE):
            for key in due:
                self._turn(key, self._callees[key])
            await self._sweep()
            await asyncio.sleep(0)
        await self._sweep()
        if self._told_all:
            self._told_all = False
            await asyncio.to_thread(self._prompts.sweep_strangers)

    async def render_next(self) -> bool | None:
        """Render the most urgent sentence: whether it could be rendered, None where none waits."""
        wanted = self._queue.take(self._clock.now())
        while wanted is not None and not self._prompts.is_held(wanted.key):
            wanted = self._queue.take(self._clock.now())
        if wanted is None:
            return None
        recording_of = partial(self._recording_of, wanted.tenant)
        try:
            await asyncio.to_thread(self._prompts.render, wanted.sentence, recording_of)
        except Exception as error:  # noqa: BLE001 - one failure of one sentence must not affect others (F-26)
            self._meter.count(Count.PROMPTS_FAILED, type(error).__name__)
            self._queue.put_back(wanted, self._clock.now())
            return False
        self._meter.count(Count.PROMPTS_RENDERED)
        return True

    # ── within ──────────────────────────────────────────────────────────────────────────────────

    async def _follow(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._came.clear()
            await self.follow()
            await pause(self._came, self._pause())

    async def _render(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._queued.clear()
            rendered = await self.render_next()
            if rendered is None:
                await pause(self._queued, _PAUSE_SECONDS)
            elif not rendered:
                await asyncio.sleep(_AFTER_FAILURE_SECONDS)

    def _turn(self, key: CalleeKey, callee: Callee) -> None:
        now = self._clock.now()
        try:
            until = callee.holds_until(now, partial(sentence_at, callee))
            heard = [(sentence_at(callee, at), at) for at in (now, until)]
        except Exception as error:  # noqa: BLE001 - one failure for one person must not affect others (F-26)
            self._meter.count(Count.PROMPTS_FAILED, type(error).__name__)
            heard, until = [], now + _AFTER_TROUBLE
        self._use(key, [(sentence, at) for sentence, at in heard if sentence is not None])
        self._turns.set(key, until)

    def _use(self, holder: CalleeKey, sentences: list[tuple[Sentence, datetime]]) -> None:
        """Note that somebody uses these sentences from some instants on, and no others; have them rendered."""
        self._queue.discard(self._prompts.hold(holder, [sentence for sentence, _ in sentences]))
        for sentence, at in sentences:
            key = self._prompts.key(sentence)
            if not self._prompts.is_ready(key):
                self._queue.put(Waiting(key=key, sentence=sentence, tenant=holder[0], needed_at=at))
                self._queued.set()

    def _pause(self) -> float:
        """Return for how long nothing is due, in seconds."""
        due = self._turns.next()
        ahead = _PAUSE_SECONDS if due is None else (due - self._clock.now()).total_seconds()
        return min(max(ahead, 0), _PAUSE_SECONDS)

    async def _sweep(self) -> None:
        if self._prompts.has_to_sweep:
            await asyncio.to_thread(self._prompts.sweep)

    async def _notice_a_clock_that_was_set(self) -> None:
        """Make everybody due where the clock was set back: planned turns may lie too far ahead (F-12)."""
        now = self._clock.now()
        if now + _NOTICED_STEP < self._latest:
            for number, key in enumerate(list(self._callees)):
                self._turns.set(key, now)
                if number % 1_000 == 999:  # noqa: PLR2004 - about a millisecond
                    await asyncio.sleep(0)
        self._latest = now
