"""An absence as the card writes it: kind, title, times; what colleagues read is told by these fields alone (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.directory.person_card import Details, ShownAbsence
from kalenderkoppling.words import reason_label, shown_clock, shown_stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One absence. `place` counts from 1 on this card and is its only name: nothing of the store's ids is shown.

    `title` is the subject where the administrator shows subjects, else the reason. `origin`, `note` and
    `edit_path` are empty for colleagues. `starts` and `ends` are times of day, `when` says days too.
    """

    place: str
    interval: Interval
    is_referral: bool
    kind: str
    title: str
    reason: str
    diversion: str
    starts: str
    ends: str
    when: str
    origin: str
    note: str
    edit_path: str = ""


def shown(visit: Visit, absences: Sequence[ShownAbsence], zone: ZoneInfo, prefix: str) -> list[Shown]:
    """Write absences for a visitor, in an order that follows from what is shown and nothing else."""
    written = [_shown(visit, each, zone) for each in absences]
    written.sort(key=_order)
    return [_placed(each, f"{prefix}{number}") for number, each in enumerate(written, start=1)]


def _order(each: Shown) -> tuple[datetime, datetime, str, str, str]:
    return (each.interval.start, each.interval.end, each.kind, each.title, each.diversion)


def _placed(each: Shown, place: str) -> Shown:
    return replace(each, place=place)


def _shown(visit: Visit, absence: ShownAbsence, zone: ZoneInfo) -> Shown:
    start, end = (each.astimezone(zone) for each in (absence.interval.start, absence.interval.end))
    reason = reason_label(absence.reason, visit.language, visit.reasons)
    is_referral = absence.diversion.diverts
    return Shown(
        place="",
        interval=absence.interval,
        is_referral=is_referral,
        kind=visit.text("kind.referral" if is_referral else "kind.absence"),
        title=absence.title or reason,
        reason=reason,
        diversion=visit.text(f"diversion.{absence.diversion}"),
        starts=shown_clock(start.time(), visit.language),
        ends=shown_clock(end.time(), visit.language),
        when=shown_stretch(start, end, visit.now.astimezone(zone), visit.language),
        origin=_origin(visit, absence.details),
        note=absence.details.note if absence.details else "",
        edit_path=_edit_path(visit, absence),
    )


def _edit_path(visit: Visit, absence: ShownAbsence) -> str:
    """Return where the person or an attendant changes it, and comes back from; its id is for nobody else."""
    if absence.details is None:
        return ""
    return visit.path(f"/absences/{quote(absence.id, safe='')}?{urlencode({'back': visit.back})}")


def _origin(visit: Visit, details: Details | None) -> str:
    if details is None:
        return ""
    if details.is_edited:
        return f"{visit.text('mine.from_calendar')}, {visit.text('mine.edited').lower()}"
    return visit.text("mine.from_calendar" if details.is_from_calendar else "mine.by_hand")
