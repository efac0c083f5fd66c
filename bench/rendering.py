"""Measure 11: rendering an announcement, and finding it in the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import pages
from bench.company import TENANT
from bench.figures import Goal, Section, Taken, milliseconds, percentile, shown
from bench.sizes import Sizes
from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, ReasonKey, ReturnForm
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech.espeak_engine import EspeakEngine
from kalenderkoppling.speech.open_speech import OpenedSpeech, open_speech
from kalenderkoppling.speech.prompt_folder import PromptFolder
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.sentence import Sentence, said
from kalenderkoppling.words import announcement, languages, reason_spoken, return_phrase

WANTED_SECONDS = 0.1
_ZONE = ZoneInfo("Europe/Stockholm")
_REASONS = (MEETING, OUT_OF_OFFICE, ReasonKey("course"), ReasonKey("business_trip"))
_HOLDER = (TENANT, PersonId("bench"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    """Seconds of each sentence: spoken only, rendered for calls, found in memory, read from the folder."""

    voice: str
    spoken: list[float]
    made: list[float]
    found: list[float]
    read: list[float]
    prompts: list[Prompt]


def measure(sizes: Sizes, folder: Path, people: Sequence[Person]) -> Section:
    """Render the same announcements by the engine that is installed, and by that of the wheel."""
    sentences = list(_sentences(people, sizes.renderings))
    contestants = {"program": open_speech(Voices()), "wheel": EspeakEngine(Voices().words_per_minute)}
    rendered = []
    for name, speech in contestants.items():
        with closing(speech):
            rendered.append(_render(speech, sentences, folder / f"prompts-{name}"))
    return _section(rendered)


def _sentences(people: Sequence[Person], count: int) -> Iterator[Sentence]:
    """Generate distinct announcements in every language."""
    now = pages.NOW.astimezone(_ZONE)
    turns = zip(range(count), product(people, _REASONS, languages()), strict=False)
    for number, (person, reason, language) in turns:
        back = now + timedelta(minutes=15 * (1 + number % 12))
        why = reason_spoken(reason, language)
        when = return_phrase(ReturnForm.TIME, back, now, language)
        yield said(announcement(person.name, why, when, language), language)


def _render(speech: OpenedSpeech, sentences: Sequence[Sentence], folder: Path) -> _Rendered:
    prompts, later = (Prompts(speech, PromptFolder(folder)) for _ in range(2))
    for each in (prompts, later):
        each.hold(_HOLDER, sentences)
    speech.say(sentences[0].text, sentences[0].language)
    made: list[Prompt] = []
    return _Rendered(
        voice=speech.voice,
        spoken=_timed(sentences, lambda each: speech.say(each.text, each.language)),
        made=_timed(sentences, lambda each: made.append(prompts.render(each, lambda _: None))),
        found=_timed(sentences, lambda each: _must(prompts.find(each))),
        read=_timed(sentences, lambda each: _must(later.find(each))),
        prompts=made,
    )


def _timed(sentences: Sequence[Sentence], what: Callable[[Sentence], object]) -> list[float]:
    found = []
    for each in sentences:
        began = time.perf_counter()
        what(each)
        found.append(time.perf_counter() - began)
    return found


def _must(prompt: Prompt | None) -> None:
    if prompt is None:
        raise LookupError("an announcement that was made is not found")


def _section(rendered: Sequence[_Rendered]) -> Section:
    ours = rendered[0]
    played = Taken(tuple(each.length.total_seconds() for each in ours.prompts))
    section = Section(
        title="Rendering an announcement",
        text=(
            f"{len(ours.prompts):,} announcements, no two alike, in {len(languages())} languages, that take "
            f"{shown(played.median)} s to play; by espeak-ng as a program, where there is one, and by the engine in "
            "the wheel, in a child process. The limit is the engine alone. To make it ready for calls means to bring "
            "it to one loudness and two sample rates and to write it to the folder as well, so that the next process "
            "finds it there."
        ),
        header=("engine", "", "p50", "p99", "worst"),
        goals=[
            Goal(
                what="rendering an announcement, p99",
                wanted=f"< {milliseconds(WANTED_SECONDS)}",
                reached=f"{milliseconds(percentile(ours.made, 0.99))} (p50 {milliseconds(percentile(ours.made, 0.5))})",
                met=percentile(ours.made, 0.99) < WANTED_SECONDS,
            )
        ],
    )
    for each in rendered:
        section.rows += [
            _row(each.voice, "the limit: spoken only", each.spoken),
            _row(each.voice, "made ready for calls, cold", each.made),
            _row(each.voice, "found in memory", each.found),
            _row(each.voice, "read from the folder", each.read),
        ]
    return section


def _row(voice: str, name: str, seconds: Sequence[float]) -> Sequence[str]:
    return (voice, name, *(milliseconds(percentile(seconds, share)) for share in (0.5, 0.99, 1.0)))
