"""From what is kept of a booking to the absence that holds now: rules, choice and edit laid over each other."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Absence, Diversion, Edit, Origin
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Interval, interval_of
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy, Rule

_ORIGINS = {
    ShowAs.OUT_OF_OFFICE: Origin.OUT_OF_OFFICE,
    ShowAs.BUSY: Origin.BUSY,
    ShowAs.TENTATIVE: Origin.TENTATIVE,
    ShowAs.WORKING_ELSEWHERE: Origin.WORKING_ELSEWHERE,
    ShowAs.FREE: Origin.FREE,
    None: Origin.FREE,
}
_NO_EDIT = Edit()


def edited_interval(natural: Interval, edit: Edit) -> Interval:
    """Return the stretch with the edit's start and end laid over it.

    An edit that no longer leaves a positive length (the person's time zone changed under an all-day booking)
    lets the calendar's stretch stand.
    """
    start: datetime = edit.start or natural.start
    end: datetime = edit.end or natural.end
    return Interval(start=start, end=end) if end > start else natural


def effective_interval(kept: Kept, zone: ZoneInfo) -> Interval:
    """Return when the absence is, edits included; a kept booking always has a length."""
    if kept.booking.when is None:
        message = "a booking without length is never kept"
        raise ValueError(message)
    return edited_interval(interval_of(kept.booking.when, zone), kept.edit or _NO_EDIT)


def derive(kept: Kept, choices: Choices, policy: Policy, zone: ZoneInfo) -> Absence | None:
    """Derive the absence that a kept booking gives now; None when removed, or when the rules give nothing.

    Order: edit > choice > rules (semantics 4). A diversion needs the referral service, in edits too (C-05).
    """
    rule = None if kept.is_removed else decide(kept.booking, choices.on(kept.booking), policy)
    return None if rule is None else lay_edit(kept, rule, policy, zone)


def lay_edit(kept: Kept, rule: Rule, policy: Policy, zone: ZoneInfo) -> Absence:
    """Lay a person's edit over what the rules give."""
    edit = kept.edit or _NO_EDIT
    diversion = edit.diversion or rule.diversion
    return Absence(
        id=kept.id,
        interval=effective_interval(kept, zone),
        reason=edit.reason or rule.reason,
        diversion=diversion if policy.referral else Diversion.NONE,
        origin=_ORIGINS[kept.booking.show_as],
        tie=kept.booking.key,
        note=edit.note or "",
    )


def entitled(absence: Absence, *, referral: bool) -> Absence:
    """Return a hand-made absence as it counts: without the referral service it diverts nothing (C-05)."""
    if referral or not absence.diversion.diverts:
        return absence
    return Absence(
        id=absence.id,
        interval=absence.interval,
        reason=absence.reason,
        diversion=Diversion.NONE,
        origin=absence.origin,
        tie=absence.tie,
        note=absence.note,
    )
