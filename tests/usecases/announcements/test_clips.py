"""Clips for callers who wait: ready at once, rendered within a second, or not at all; and nobody is in their way."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.usecases.announcements.clips import MOST_AT_ONCE, PromptClips
from kalenderkoppling.usecases.announcements.sentence import Sentence, said
from kalenderkoppling.usecases.callees.callee import Callee
from kktest.callees import SWEDISH, callee
from kktest.prompts import prompt
from kktest.waiting import DEADLINE_SECONDS, eventually, until

ANNA = callee()
SOON, IN_VAIN, FOR_EVER = timedelta(seconds=30), timedelta(milliseconds=50), timedelta(hours=1)
HEJ = said("Hej", SWEDISH)


@dataclass(slots=True)
class Studio:
    """Renders each sentence to a tone; `before` has its turn first, in the thread that renders."""

    before: Callable[[], object] = lambda: None
    ready: dict[Sentence, Prompt] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)

    def render(self, _: Callee, sentence: Sentence) -> Prompt:
        self.begun.append(sentence.text)
        self.before()
        return prompt(sentence.text)


@contextmanager
def hanging() -> Iterator[threading.Event]:
    """What a hanging engine waits for; it goes on after the block, so that the loop can be closed."""
    goes_on = threading.Event()
    try:
        yield goes_on
    finally:
        goes_on.set()


def clips_of(studio: Studio) -> PromptClips:
    return PromptClips(studio.ready.get, studio.render)


async def test_what_is_ready_is_not_rendered() -> None:
    studio = Studio()
    studio.ready[HEJ] = prompt("ready")
    found = await clips_of(studio).soon(ANNA, HEJ, SOON)
    assert found is not None
    assert found.name == prompt("ready").sha256
    assert studio.begun == []


async def test_what_is_not_ready_is_rendered_while_the_caller_waits() -> None:
    studio = Studio()
    made = clips_of(studio)
    assert made.ready(HEJ) is None
    found = await made.soon(ANNA, HEJ, SOON)
    assert found is not None
    assert found.name == prompt("Hej").sha256


def _fails() -> None:
    raise SpeechFailedError("nothing is said")


async def test_F_26_speech_that_fails_is_no_clip_and_the_next_caller_is_not_kept_waiting() -> None:
    studio = Studio(before=_fails)
    made = clips_of(studio)
    for _ in range(3 * MOST_AT_ONCE):
        assert await made.soon(ANNA, HEJ, SOON) is None
    studio.before = lambda: None
    assert await made.soon(ANNA, HEJ, SOON) is not None


async def test_many_who_wait_at_once_all_have_their_sentence() -> None:
    studio = Studio()
    made = clips_of(studio)
    found = await asyncio.gather(*(made.soon(ANNA, said(str(number), SWEDISH), SOON) for number in range(20)))
    assert [each and each.name for each in found] == [prompt(str(number)).sha256 for number in range(20)]


async def test_S_13_an_engine_that_hangs_takes_few_threads_however_many_callers_wait() -> None:
    with hanging() as goes_on:
        studio = Studio(before=goes_on.wait)
        made = clips_of(studio)
        found = await asyncio.gather(*(made.soon(ANNA, said(str(number), SWEDISH), IN_VAIN) for number in range(20)))
        assert set(found) == {None}
        assert await made.soon(ANNA, HEJ, IN_VAIN) is None
        assert len(studio.begun) == MOST_AT_ONCE


async def test_F_26_an_engine_that_goes_on_renders_for_the_next_callers() -> None:
    with hanging() as goes_on:
        studio = Studio(before=goes_on.wait)
        made = clips_of(studio)
        await asyncio.gather(*(made.soon(ANNA, said(str(number), SWEDISH), IN_VAIN) for number in range(5)))
        goes_on.set()
        await eventually(made.soon, ANNA, HEJ, IN_VAIN, wanted=lambda found: found is not None)


async def test_S_13_while_an_engine_hangs_only_the_first_caller_is_kept_waiting() -> None:
    with hanging() as goes_on:
        made = clips_of(Studio(before=goes_on.wait))
        assert await made.soon(ANNA, HEJ, IN_VAIN) is None
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await made.soon(ANNA, said("Ett", SWEDISH), FOR_EVER) is None


async def test_an_engine_that_was_late_is_waited_for_again_once_it_is_back() -> None:
    with hanging() as goes_on:
        studio = Studio(before=goes_on.wait)
        made = clips_of(studio)
        assert await made.soon(ANNA, HEJ, IN_VAIN) is None
    studio.before = lambda: None
    await eventually(made.soon, ANNA, HEJ, SOON, wanted=lambda found: found is not None)


async def test_a_caller_who_hangs_up_meanwhile_gives_the_seat_back_once() -> None:
    with hanging() as goes_on:
        studio = Studio(before=goes_on.wait)
        made = clips_of(studio)
        sentences = [said(str(number), SWEDISH) for number in range(MOST_AT_ONCE + 3)]
        gone = [asyncio.ensure_future(made.soon(ANNA, each, SOON)) for each in sentences]
        await until(lambda: len(studio.begun) == MOST_AT_ONCE)
        for each in gone:
            each.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        assert len(studio.begun) == MOST_AT_ONCE
        goes_on.set()
        assert await made.soon(ANNA, HEJ, SOON) is not None
