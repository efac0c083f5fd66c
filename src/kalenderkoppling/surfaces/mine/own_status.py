"""What colleagues see of a person right now, and what a caller meets, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from kalenderkoppling.absences.call import Announce, Announced, Ring, RingThenAnnounce
from kalenderkoppling.absences.status import Colour
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.surfaces.absences.reading import Reader, kind_key
from kalenderkoppling.usecases.absences.own_day import NextChange, OwnDay
from kalenderkoppling.words import (
    Language,
    announcement,
    language_of,
    reason_label_for_colleagues,
    reason_spoken,
    return_phrase,
)

_WORDS = {Colour.GREEN: "status.free", Colour.ORANGE: "status.absent", Colour.RED: "status.in_call"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatus:
    """The person's status now. `seen` follows the word of the status; `heard` is what a caller hears, or empty.

    `heard_language` is the language of the announcement, the company's. `calls_divert` tells whether any is heard.
    """

    colour: Colour
    word: str
    seen: str
    met: str
    heard: str
    heard_language: Language
    next_change: str
    calls_divert: Diversion


def own_status(day: OwnDay, reader: Reader) -> OwnStatus:
    """Return the own status in the reader's language."""
    speaks = language_of(day.speaks) or reader.language
    announced = _announced(day)
    return OwnStatus(
        colour=day.status.colour,
        word=reader.text(_WORDS[day.status.colour]),
        seen=_seen(day, reader),
        met=_met(day, reader),
        heard=_heard(day, announced, speaks, reader) if announced else "",
        heard_language=speaks,
        next_change=_next(day.next_change, reader) if day.next_change else "",
        calls_divert=_diversion(day),
    )


def _seen(day: OwnDay, reader: Reader) -> str:
    """Return reason and return as colleagues see them: being sick is not among them (semantics 8)."""
    if day.status.reason is None:
        return ""
    reason = reason_label_for_colleagues(day.status.reason, reader.language, reader.reasons)
    return f"{reason}, {reader.back(day.status.back_at)}" if day.status.back_at else reason


def _met(day: OwnDay, reader: Reader) -> str:
    match day.treatment:
        case Ring():
            return reader.text("mine.call.ring")
        case RingThenAnnounce(after=after):
            return reader.text("mine.call.ring_then_announce", seconds=int(after.total_seconds()))
        case Announce():
            return reader.text("mine.call.announce")
        case _:
            assert_never(day.treatment)


def _diversion(day: OwnDay) -> Diversion:
    match day.treatment:
        case Ring():
            return Diversion.NONE
        case RingThenAnnounce():
            return Diversion.OPEN
        case Announce():
            return Diversion.DIRECT
        case _:
            assert_never(day.treatment)


def _announced(day: OwnDay) -> Announced | None:
    return None if isinstance(day.treatment, Ring) else day.treatment.announced


def _heard(day: OwnDay, announced: Announced, speaks: Language, reader: Reader) -> str:
    spoken = reason_spoken(announced.reason, speaks, reader.reasons)
    back = return_phrase(announced.form, reader.local(announced.back_at), reader.local(reader.now), speaks)
    return announcement(day.person.name, spoken, back, speaks)


def _next(change: NextChange, reader: Reader) -> str:
    if change.reason is None:
        return reader.text("mine.next_free", when=reader.time(change.at))
    return reader.text(
        "mine.next_absence",
        when=reader.time(change.at),
        reason=reader.reason(change.reason),
        kind=reader.text(kind_key(change.diversion)),
    )
