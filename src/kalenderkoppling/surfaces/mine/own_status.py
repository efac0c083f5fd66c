"""What colleagues see of a person right now, and what happens to a call, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce, Treatment
from kalenderkoppling.absences.status import Colour
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.surfaces.absences.reading import Reader, kind_key
from kalenderkoppling.surfaces.web.outside import isolated
from kalenderkoppling.usecases.absences.own_day import NextChange, OwnDay
from kalenderkoppling.usecases.announcements.listen import Met
from kalenderkoppling.words import reason_label_for_colleagues

_WORDS = {Colour.GREEN: "status.free", Colour.ORANGE: "status.absent", Colour.RED: "status.in_call"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatus:
    """The person's status now: `seen` follows the word of the status, `heard` are the parts of what a caller hears.

    `heard_language` is the language that callers hear first. `calls_divert` tells whether any is heard.
    """

    colour: Colour
    word: str
    seen: str
    met: str
    heard: Sequence[str]
    heard_language: str
    next_change: str
    calls_divert: Diversion


def own_status(day: OwnDay, met: Met, reader: Reader) -> OwnStatus:
    """Return the own status in the reader's language, with what happens to a call now."""
    return OwnStatus(
        colour=day.status.colour,
        word=reader.text(_WORDS[day.status.colour]),
        seen=_seen(day, reader),
        met=_met(met.treatment, reader),
        heard=met.sentence.spoken_parts if met.sentence else (),
        heard_language=met.sentence.language if met.sentence else "",
        next_change=_next(day.next_change, reader) if day.next_change else "",
        calls_divert=_diversion(met.treatment),
    )


def _seen(day: OwnDay, reader: Reader) -> str:
    """Return reason and return as colleagues see them: being sick is not among them (semantics 8)."""
    if day.status.reason is None:
        return ""
    reason = isolated(reason_label_for_colleagues(day.status.reason, reader.language, reader.reasons))
    return f"{reason}, {reader.back(day.status.back_at)}" if day.status.back_at else reason


def _met(treatment: Treatment, reader: Reader) -> str:
    match treatment:
        case Ring():
            return reader.text("mine.call.ring")
        case RingThenAnnounce(after=after):
            return reader.text("mine.call.ring_then_announce", seconds=int(after.total_seconds()))
        case Announce():
            return reader.text("mine.call.announce")
        case _:
            assert_never(treatment)


def _diversion(treatment: Treatment) -> Diversion:
    match treatment:
        case Ring():
            return Diversion.NONE
        case RingThenAnnounce():
            return Diversion.OPEN
        case Announce():
            return Diversion.DIRECT
        case _:
            assert_never(treatment)


def _next(change: NextChange, reader: Reader) -> str:
    if change.reason is None:
        return reader.text("mine.next_free", when=reader.time(change.at))
    return reader.text(
        "mine.next_absence",
        when=reader.time(change.at),
        reason=reader.reason(change.reason),
        kind=reader.text(kind_key(change.diversion)),
    )
