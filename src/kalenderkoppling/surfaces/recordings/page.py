"""The page "Inspelade fraser": the own name, and each reason in each language that callers hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from kalenderkoppling.domain.absence import SICK, ReasonKey
from kalenderkoppling.domain.errors import FieldProblem, NotFoundError
from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.announcements.record_phrase import recorded_phrase, recorded_phrases
from kalenderkoppling.usecases.callees.load_callees import spoken_languages
from kalenderkoppling.usecases.situation import zone_of
from kalenderkoppling.words import Language, catalogue, offered_reasons, reason_label, reason_spoken, shown_time

RECORDINGS = "/recordings"
NAME = f"{RECORDINGS}/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhrase:
    """A phrase that can be recorded.

    `id` is its id on the page, `path` the address to play and upload it. `say` is the text to say, in `language`, which
    is empty where all languages share it. `state` tells whether it is recorded; `problem` what is wrong with the file.
    """

    id: str
    path: str
    say: str
    language: str
    language_name: str
    is_recorded: bool
    state: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReason:
    """A reason in each language; `recorded` counts those that are recorded."""

    id: str
    label: str
    phrases: Sequence[ShownPhrase]
    is_open: bool

    @property
    def recorded(self) -> int:
        return sum(each.is_recorded for each in self.phrases)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsPage:
    """What the page shows; `reasons` are empty unless the visitor is an administrator."""

    name: ShownPhrase
    reasons: Sequence[ShownReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that was refused, and why."""

    phrase: PhraseId
    problems: Sequence[FieldProblem]


def name_of(person: PersonId) -> PhraseId:
    """Return the phrase that is a person's name."""
    return PhraseId(kind=PhraseKind.NAME, key=person)


def reason_phrase(reason: str, language: str) -> PhraseId:
    """Return the phrase that is a reason in a language."""
    return PhraseId(kind=PhraseKind.REASON, key=reason, language=language)


def reason_path(phrase: PhraseId) -> str:
    """Return the path of a reason's recording."""
    return f"{RECORDINGS}/reasons/{quote(phrase.key, safe='')}/{quote(phrase.language, safe='')}"


def reason_id(reason: str) -> str:
    """Return the id of a reason's section on the page."""
    return f"reason-{reason}"


async def recordings_page(visit: Visit, *, opened: str = "", refused: Refused | None = None) -> RecordingsPage:
    """Return the page; `opened` is the reason whose section is open."""
    core, actor = visit.shell.core, visit.actor
    own = name_of(actor.person)
    recorded = await recorded_phrases(core, actor)
    of_name = await recorded_phrase(core, actor, own) if own in recorded else None
    writer = _Writer(visit, recorded, refused)
    if Role.ADMINISTRATOR not in actor.roles:
        return RecordingsPage(name=writer.name(own, of_name), reasons=())
    opened = refused.phrase.key if refused else opened
    return RecordingsPage(name=writer.name(own, of_name), reasons=[*writer.reasons(opened)])


class _Writer:
    """Writes phrases for one visitor."""

    def __init__(self, visit: Visit, recorded: Mapping[PhraseId, str], refused: Refused | None) -> None:
        self._visit = visit
        self._recorded = recorded
        self._refused = refused
        self._speaks = spoken_languages(visit.settings)

    def name(self, phrase: PhraseId, recording: Recording | None) -> ShownPhrase:
        visit = self._visit
        person = visit.signed_in.person if visit.signed_in else None
        if person is None:
            raise NotFoundError
        state = visit.text("recordings.none")
        if recording is not None:
            zone = zone_of(person, visit.settings)
            when = shown_time(recording.at.astimezone(zone), visit.now.astimezone(zone), visit.language)
            state = visit.text("recordings.recorded", when=when)
        return ShownPhrase(
            id="name",
            path=NAME,
            say=person.name,
            language="",
            language_name="",
            is_recorded=recording is not None,
            state=state,
            problem=self._problem(phrase),
        )

    def reasons(self, opened: str) -> Iterable[ShownReason]:
        for key in self._keys():
            yield ShownReason(
                id=reason_id(key),
                label=reason_label(key, self._visit.language, self._visit.reasons),
                phrases=[self._reason(key, language) for language in self._speaks],
                is_open=key == opened,
            )

    def _keys(self) -> list[ReasonKey]:
        """Return the reasons that callers may hear: visible ones, and hidden ones that are recorded."""
        offered = (each.key for each in offered_reasons(self._visit.language, self._visit.reasons))
        recorded = sorted(ReasonKey(each.key) for each in self._recorded if each.kind is PhraseKind.REASON)
        return [key for key in dict.fromkeys([*offered, *recorded]) if key != SICK]

    def _reason(self, key: ReasonKey, language: Language) -> ShownPhrase:
        phrase = reason_phrase(key, language)
        is_recorded = phrase in self._recorded
        return ShownPhrase(
            id=f"{key}-{language}",
            path=reason_path(phrase),
            say=reason_spoken(key, language, self._visit.reasons),
            language=language,
            language_name=catalogue(language).name,
            is_recorded=is_recorded,
            state=self._visit.text("recordings.is_recorded" if is_recorded else "recordings.none"),
            problem=self._problem(phrase),
        )

    def _problem(self, phrase: PhraseId) -> str:
        if self._refused is None or self._refused.phrase != phrase:
            return ""
        return " ".join(self._visit.text(f"problem.{each.problem}") for each in self._refused.problems)
