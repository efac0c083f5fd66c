"""A media player in memory, for tests of how calls are carried: nothing is sent, but playing takes its time."""

import asyncio
from collections import deque
from collections.abc import Sequence

from kalenderkoppling.domain.errors import MediaUnavailableError, NoCommonCodecError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.ports.phone import SessionDescription

UNSPOKEN = SessionDescription("a codec that nobody speaks")
"""An offer that no stream is opened for, and that no stream accepts."""


class FakeStream:
    """The sound of one call.

    `begun` names the clips that began and the loop's time when they did, `heard` those that were heard to their end;
    `accepted` is what the caller's side said later.
    """

    def __init__(self, offer: SessionDescription | None) -> None:
        self.ours = SessionDescription("our offer" if offer is None else f"our answer to {offer}")
        self.begun: list[tuple[float, str]] = []
        self.heard: list[str] = []
        self.accepted: list[SessionDescription] = []
        self._one_at_a_time = asyncio.Lock()
        self._gone = asyncio.Event()
        self._keys: deque[str] = deque()
        self._news = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether it has neither been given back nor lost."""
        return not self._gone.is_set()

    def accept(self, theirs: SessionDescription) -> SessionDescription:
        """See the port."""
        if theirs == UNSPOKEN:
            raise NoCommonCodecError
        self.accepted.append(theirs)
        self.ours = SessionDescription(f"our answer to {theirs}")
        return self.ours

    async def play(self, clips: Sequence[Clip]) -> None:
        """See the port."""
        async with self._one_at_a_time:
            self._must_be_open()
            for clip in clips:
                self.begun.append((round(asyncio.get_running_loop().time(), 3), clip.name))
                await self._lasts(clip.sound.length.total_seconds())
                self.heard.append(clip.name)

    async def digit(self) -> str:
        """See the port."""
        while not self._keys:
            self._must_be_open()
            self._news.clear()
            await self._news.wait()
        return self._keys.popleft()

    def press(self, digits: str) -> None:
        """Let the caller press keys, one after the other."""
        self._keys.extend(digits)
        self._news.set()

    def close(self) -> None:
        """See the port."""
        self._gone.set()
        self._news.set()

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise MediaUnavailableError

    async def _lasts(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        except TimeoutError:
            return
        raise MediaUnavailableError


class FakeMedia:
    """Opens fake streams, of which `streams` holds all that there ever were; while `is_down` none opens."""

    def __init__(self, *, most_streams: int = 1_000) -> None:
        self.streams: list[FakeStream] = []
        self.is_down = False
        self._most_streams = most_streams

    async def open(self, offer: SessionDescription | None) -> FakeStream:
        """See the port."""
        if offer == UNSPOKEN:
            raise NoCommonCodecError
        if self.is_down or sum(each.is_open for each in self.streams) >= self._most_streams:
            raise MediaUnavailableError
        stream = FakeStream(offer)
        self.streams.append(stream)
        return stream

    @property
    def stream(self) -> FakeStream:
        """The stream that was opened last."""
        return self.streams[-1]

    def break_down(self) -> None:
        """Lose all streams, and open no more until `is_down` is taken back."""
        self.is_down = True
        for stream in self.streams:
            stream.close()
