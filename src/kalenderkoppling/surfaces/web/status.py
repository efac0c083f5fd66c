"""A live status in words, the same in rows, on cards and in the stream: colour, word, reason and return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.status import Colour
from kalenderkoppling.surfaces.web.outside import isolated
from kalenderkoppling.usecases.directory.live_status import LiveStatus
from kalenderkoppling.words import Language, TenantReasons, reason_label, shown_back, text

_WORDS = {Colour.GREEN: "status.free", Colour.RED: "status.in_call", Colour.ORANGE: "status.absent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatus:
    """What stands beside a name; `detail` is reason and return, empty where there is none."""

    colour: Colour
    word: str
    detail: str
    line_known: bool


def shown_status(status: LiveStatus, now: datetime, language: Language, reasons: TenantReasons) -> ShownStatus:
    """Write a status as a visitor reads it; times are in the person's zone (C-20)."""
    return ShownStatus(
        colour=status.colour,
        word=text(_WORDS[status.colour], language),
        detail=_detail(status, now, language, reasons),
        line_known=status.line_known,
    )


def _detail(status: LiveStatus, now: datetime, language: Language, reasons: TenantReasons) -> str:
    reason = isolated(reason_label(status.reason, language, reasons)) if status.reason else ""
    if status.back_at is None:
        return reason
    back = shown_back(status.back_at.astimezone(status.zone), now.astimezone(status.zone), language)
    return text("list.reason_back", language, reason=reason, back=back) if reason else back
