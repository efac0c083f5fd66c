"""Prompts as clips for the call that plays them; see `usecases.call_flow.desk.Clips`."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.sound import read_wav
from kalenderkoppling.usecases.announcements.sentence import Sentence
from kalenderkoppling.usecases.callees.callee import Callee

MOST_AT_ONCE = 2
"""How many sentences are rendered at once for waiting callers, so that an engine that hangs does not block every thread
of the pool (five on one core)."""

MOST_KEPT = 200
"""How many decoded clips are cached; half a minute of sound is half a megabyte."""


class PromptClips:
    """Finds prompts that are ready, and has one rendered while a caller waits a moment."""

    def __init__(self, find: Callable[[Sentence], Prompt | None], render: Callable[[Callee, Sentence], Prompt]) -> None:
        self._find = find
        self._render = render
        self._decoded: OrderedDict[str, Clip] = OrderedDict()
        self._seats = asyncio.Semaphore(MOST_AT_ONCE)
        self._late: set[asyncio.Future[Prompt]] = set()

    def ready(self, sentence: Sentence) -> Clip | None:
        """Return a sentence that has been rendered, or None; never waits."""
        prompt = self._find(sentence)
        return None if prompt is None else self._clip(prompt)

    async def soon(self, callee: Callee, sentence: Sentence, within: timedelta) -> Clip | None:
        """Return a sentence, rendered now where it is not ready, or None where that takes longer or fails.

        While a rendering that timed out is still running, no other caller waits for one.
        """
        clip = self.ready(sentence)
        if clip is not None or self._late:
            return clip
        rendering: asyncio.Future[Prompt] | None = None
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._seats.acquire()
                rendering = asyncio.ensure_future(asyncio.to_thread(self._render, callee, sentence))
                rendering.add_done_callback(self._rendered)
                # The thread goes on after a timeout, and keeps its seat until it returns.
                return self._clip(await asyncio.shield(rendering))
        except TimeoutError:
            if rendering is not None and not rendering.done():
                self._late.add(rendering)
            return None
        except KalenderkopplingError:
            return None

    def _rendered(self, rendering: asyncio.Future[Prompt]) -> None:
        self._seats.release()
        self._late.discard(rendering)
        if not rendering.cancelled():
            rendering.exception()

    def _clip(self, prompt: Prompt) -> Clip:
        known = self._decoded.get(prompt.sha256)
        if known is None:
            known = Clip(name=prompt.sha256, sound=read_wav(prompt.wav))
            self._decoded[known.name] = known
            if len(self._decoded) > MOST_KEPT:
                self._decoded.popitem(last=False)
        self._decoded.move_to_end(known.name)
        return known
