"""A decision as exchanges read it: as JSON, or as one line for dial plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from kalenderkoppling.absences.call import Announce, Announced, Ring, RingThenAnnounce
from kalenderkoppling.domain.absence import SICK
from kalenderkoppling.surfaces.exchanges.prompt_book import PromptBook, ToldAddresses
from kalenderkoppling.usecases.announcements.sentence import Sentence, announced_of, said, sentence_for
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.decision import CallDecision
from kalenderkoppling.words import Language, menu_sentence, reason_spoken, unreachable_sentence

Action = Literal["ring", "open", "direct"]


class PromptTold(msgspec.Struct, frozen=True, kw_only=True):
    """A file to play: its address, the hash of its bytes, its language, and how long it takes."""

    url: str
    sha256: str
    language: str
    seconds: float


class DecisionTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a call meets; instants are RFC 3339 in UTC, to the second. What is not told is null."""

    action: Action
    ring_seconds: int
    valid_until: str
    reason: str | None = None
    reason_text: str | None = None
    back_at: str | None = None
    form: str | None = None
    text: str | None = None
    prompt: PromptTold | None = None
    menu: PromptTold | None = None


class Telling:
    """Tells decisions, with the URLs of what is to be played.

    Args:
        prompts: What is ready to be played.
        url_of: The URL of a file by its address.
        addresses: Where the addresses that are told are noted, and until when they hold.
        has_attendant: Whether the menu offers one.
    """

    def __init__(
        self, prompts: PromptBook, url_of: Callable[[str], str], addresses: ToldAddresses, *, has_attendant: bool
    ) -> None:
        self._prompts = prompts
        self._url_of = url_of
        self._addresses = addresses
        self._has_attendant = has_attendant

    def told(self, decision: CallDecision) -> DecisionTold:
        """Tell a decision; where nothing can be played, the phone rings (S-13, F-26)."""
        announced, callee = announced_of(decision.treatment), decision.callee
        if announced is None or callee is None:
            return _ring(decision)
        language, until = callee.language, decision.valid_until
        sentence = sentence_for(callee, announced, decision.now)
        generic = said(unreachable_sentence(language), language)
        prompt = self._prompt(sentence, language, until) or self._prompt(generic, language, until)
        if prompt is None:
            return _ring(decision)
        menu = said(menu_sentence(language, attendant=self._has_attendant), language)
        return DecisionTold(
            action="direct" if isinstance(decision.treatment, Announce) else "open",
            ring_seconds=_ring_seconds(decision),
            valid_until=written(until),
            reason=_reason(callee, announced),
            reason_text=reason_spoken(announced.reason, language, callee.reasons),
            back_at=written(announced.back_at),
            form=str(announced.form),
            text=sentence.text,
            prompt=prompt,
            menu=self._prompt(menu, language, until),
        )

    def _prompt(self, sentence: Sentence, language: Language, until: datetime) -> PromptTold | None:
        """Return the prompt of a sentence with its URL; None where it is not rendered yet."""
        address = self._prompts.address(sentence)
        if address is None:
            return None
        self._addresses.note(address.address, until)
        return PromptTold(
            url=self._url_of(address.address),
            sha256=address.sha256,
            language=language,
            seconds=round(address.length.total_seconds(), 2),
        )


def line(told: DecisionTold, decision: CallDecision) -> str:
    """Return a decision as one line: action, seconds to ring, seconds for which it holds, address of the file.

    Without a line's end: dial plans cut at the bars and keep the rest as it is.
    """
    holds = max(int((decision.valid_until - decision.now).total_seconds()), 0)
    return f"{told.action}|{told.ring_seconds}|{holds}|{told.prompt.url if told.prompt else ''}"


def written(instant: datetime) -> str:
    """Return an instant in UTC as RFC 3339, to the second that has begun."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_failed_open(told: DecisionTold, decision: CallDecision) -> bool:
    """Return whether the phone rings only because no announcement can be played."""
    return told.action == "ring" and not isinstance(decision.treatment, Ring)


def _ring(decision: CallDecision) -> DecisionTold:
    return DecisionTold(action="ring", ring_seconds=0, valid_until=written(decision.valid_until))


def _ring_seconds(decision: CallDecision) -> int:
    treatment = decision.treatment
    return round(treatment.after.total_seconds()) if isinstance(treatment, RingThenAnnounce) else 0


def _reason(callee: Callee, announced: Announced) -> str | None:
    """Return a reason's key, None where callers hear no more than that the person is absent: `sick` is one of those."""
    spoken = [reason_spoken(each, callee.language, callee.reasons) for each in (announced.reason, SICK)]
    return None if spoken[0] == spoken[1] else announced.reason
