"""The announcement: who, why and until when, what the caller can do about it, and what the caller does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import MediaUnavailableError
from kalenderkoppling.ports.media import Clip, MediaStream
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.usecases.announcements.sentence import Sentence, announced_of, said, sentence_for
from kalenderkoppling.usecases.call_flow.carried import Carried, unless_over
from kalenderkoppling.usecases.call_flow.keys import Keys
from kalenderkoppling.usecases.call_flow.passing_on import Reached, join_to, put_through
from kalenderkoppling.usecases.call_flow.tones import silent
from kalenderkoppling.words import (
    Language,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    goodbye_sentence,
    menu_sentence,
    number_hidden_sentence,
    switch_sentence,
    unreachable_sentence,
)

ATTENDANT, CALL_BACK, LANGUAGE = "1", "2", "*"


async def announce(carried: Carried, *, instead: Callable[[], None] | None = None) -> bool:
    """Answer a call with the announcement and carry it to its end.

    Args:
        carried: The call; what it meets is decided now, and again before each repetition (S-3).
        instead: Called just before the call is answered, for example to cancel a ringing phone. Where it is given, a
            prompt that is not rendered is not waited for, since the phone may be answered meanwhile.

    Returns:
        False where there was nothing to play: the call has not been answered, and `instead` was not called.

    Raises:
        NoCommonCodecError: the caller's side speaks none of our codecs.
        CallOverError: the caller hung up.
    """
    desk, callee = carried.desk, carried.callee
    if instead is None:
        await _make_ready(carried, callee.language, desk.pace.first_words_within)
    if _spoken_now(carried, callee.language) is None:
        desk.meter.count(Count.CALLS_FAILED_OPEN, "no_prompt")
        return False
    try:
        async with asyncio.timeout(desk.pace.media_within.total_seconds()):
            stream = await desk.media.open(carried.call.offer)
    except (MediaUnavailableError, TimeoutError):
        desk.meter.count(Count.CALLS_FAILED_OPEN, "no_media")
        return False
    try:
        if instead is not None:
            instead()
        theirs = await carried.call.answer(stream.ours)
        if theirs is not None:
            stream.accept(theirs)
        carried.call.when_offered(_accepting(stream))
        carried.becomes(CallResult.ANNOUNCED)
        async with Keys(carried.call, stream) as keys:
            await Announcing(carried, stream, keys).to_the_end()
    except MediaUnavailableError:
        desk.meter.count(Count.CALLS_FAILED, "media_lost")
    finally:
        stream.close()
    return True


class Announcing:
    """Plays the announcement to one caller and acts on keys."""

    def __init__(self, carried: Carried, stream: MediaStream, keys: Keys) -> None:
        self._carried = carried
        self._stream = stream
        self._keys = keys
        self._language = carried.callee.language
        self._switched = 0

    async def to_the_end(self) -> None:
        """Play it, twice, with the menu; do what the caller asks for; then the attendant, else good-bye."""
        played = 0
        while played < self._carried.desk.pace.times:
            clip = _spoken_now(self._carried, self._language)
            if clip is None:
                # It ended meanwhile: the phone rings (semantics 7).
                await join_to(self._carried, self._stream, self._carried.callee.phone_uri)
                return
            pace = self._carried.desk.pace
            clips = [silent(pace.lead_in), clip, silent(pace.between), *self._menu()]
            key = await self._play_and_wait(clips, self._offered())
            if key is not None and await self._does(key):
                return
            if key is None or self._switched > self._carried.desk.pace.most_languages:
                played += 1
        if not await self._attendant():
            await self._play(goodbye_sentence)

    async def _does(self, key: str) -> bool:
        """Act on a key; return whether the call is over."""
        match key:
            case "1":
                return await self._attendant()
            case "2":
                return await self._call_back()
            case _:
                await self._next_language()
                return False

    async def _attendant(self) -> bool:
        """Put the caller through; where that fails, say why and offer a call-back. True where the call is over then."""
        target = self._carried.desk.attendant_of(self._carried.callee.tenant)
        if not target:
            return False
        reached = await put_through(self._carried, self._stream, target, self._language)
        if reached is Reached.THROUGH:
            return True
        await self._play(attendant_busy_sentence if reached is Reached.BUSY else attendant_unanswered_sentence)
        offer = menu_sentence(self._language, attendant=False, call_back=self._may_be_called_back)
        key = await self._play_and_wait(self._clips_of(offer), frozenset({CALL_BACK}))
        return key is not None and await self._call_back()

    async def _call_back(self) -> bool:
        if not self._carried.ask_call_back():
            await self._play(number_hidden_sentence)
            return False
        self._carried.becomes(CallResult.CALL_BACK)
        await self._play(called_back_sentence)
        return True

    async def _next_language(self) -> None:
        speaks = self._carried.callee.speaks
        self._switched += 1
        if len(speaks) > 1:
            place = speaks.index(self._language) if self._language in speaks else -1
            self._language = speaks[(place + 1) % len(speaks)]
            await _make_ready(self._carried, self._language, self._carried.desk.pace.words_within)

    async def _play_and_wait(self, clips: Sequence[Clip], keys: frozenset[str]) -> str | None:
        """Play something and wait a while; return which of the keys was pressed, None where none was."""
        playing = asyncio.ensure_future(self._stream.play(clips))
        try:
            key = await unless_over(self._carried.call, self._keys.pressed_while(playing, keys))
            if key is None:
                playing.result()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._carried.desk.pace.key_after.total_seconds()):
                        key = await unless_over(self._carried.call, self._keys.pressed(keys))
            return key
        finally:
            playing.cancel()
            with suppress(asyncio.CancelledError, MediaUnavailableError):
                await playing

    @property
    def _may_be_called_back(self) -> bool:
        return not self._carried.call.caller.is_hidden

    def _offered(self) -> frozenset[str]:
        """Return the keys that do something; two is answered to a hidden number as well, though not offered to it."""
        has_attendant = bool(self._carried.desk.attendant_of(self._carried.callee.tenant))
        has_languages = len(self._carried.callee.speaks) > 1
        return frozenset(
            ({ATTENDANT} if has_attendant else set()) | {CALL_BACK} | ({LANGUAGE} if has_languages else set())
        )

    def _menu(self) -> list[Clip]:
        offered, speaks = self._offered(), self._carried.callee.speaks
        menu = menu_sentence(self._language, attendant=ATTENDANT in offered, call_back=self._may_be_called_back)
        clips = self._clips_of(menu)
        if LANGUAGE in offered:
            place = speaks.index(self._language) if self._language in speaks else -1
            following = speaks[(place + 1) % len(speaks)]
            switch = self._carried.desk.clips.ready(said(switch_sentence(following), following))
            clips += [switch] if switch else []
        return clips

    def _clips_of(self, *texts: str) -> list[Clip]:
        """Return sentences that are ready, in their order; one that is empty or not rendered is left out."""
        found = (self._carried.desk.clips.ready(said(text, self._language)) for text in texts if text)
        return [clip for clip in found if clip is not None]

    async def _play(self, words: Callable[[Language], str]) -> None:
        clip = await self._carried.clip_soon(said(words(self._language), self._language))
        if clip is not None:
            await unless_over(self._carried.call, self._stream.play([clip]))


async def _make_ready(carried: Carried, language: Language, within: timedelta) -> None:
    """Have what is announced rendered where it is not: in a language just chosen, or of a booking just made.

    Where that takes longer, the generic sentence is heard.
    """
    sentence = _sentence_now(carried, language)
    if sentence is not None:
        await unless_over(carried.call, carried.desk.clips.soon(carried.callee, sentence, within))


def _spoken_now(carried: Carried, language: Language) -> Clip | None:
    """Return what is to be heard at this instant: the sentence, else the generic one (F-26); None where calls ring."""
    sentence = _sentence_now(carried, language)
    if sentence is None:
        return None
    clips = carried.desk.clips
    return clips.ready(sentence) or clips.ready(said(unreachable_sentence(language), language))


def _sentence_now(carried: Carried, language: Language) -> Sentence | None:
    """Return what is announced at this instant, None where calls ring."""
    decision = carried.desk.again(carried.callee)
    announced = announced_of(decision.treatment)
    return None if announced is None else sentence_for(carried.callee, announced, decision.now, language)


def _accepting(stream: MediaStream) -> Callable[[SessionDescription], Awaitable[SessionDescription]]:
    async def accept(theirs: SessionDescription) -> SessionDescription:
        return stream.accept(theirs)

    return accept
