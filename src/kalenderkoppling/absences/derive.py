"""From a stored booking to the absence that holds now: rules, choice and edit applied in order."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Absence, Diversion, Edit, Origin
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Interval, as_utc, interval_of
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
    """Return the interval with the edit's start and end applied.

    An edit that no longer leaves a positive length (the person's time zone changed under an all-day booking) is
    ignored.
    """
    start = natural.start if edit.start is None else as_utc(edit.start)
    end = natural.end if edit.end is None else as_utc(edit.end)
    return Interval(start=start, end=end) if end > start else natural


def effective_interval(kept: Kept, zone: ZoneInfo) -> Interval:
    """Return the absence's interval, edit included; a stored booking always has a length."""
    natural = _natural_interval(kept, zone)
    return natural if kept.edit is None else edited_interval(natural, kept.edit)


def _natural_interval(kept: Kept, zone: ZoneInfo) -> Interval:
    if kept.booking.when is None:
        message = "a booking without length is not stored"
        raise ValueError(message)
    return interval_of(kept.booking.when, zone)


def derive(kept: Kept, choices: Choices, policy: Policy, zone: ZoneInfo) -> Absence | None:
    """Derive the absence that a kept booking gives now; None when removed, or when the rules give nothing.

    Order: edit > choice > rules (semantics 4). A diversion needs the referral service, in edits too (C-05).
    """
    rule = None if kept.is_removed else decide(kept.booking, choices.on(kept.booking), policy)
    return None if rule is None else lay_edit(kept, rule, policy, zone)


def lay_edit(kept: Kept, rule: Rule, policy: Policy, zone: ZoneInfo) -> Absence:
    """Apply a person's edit to what the rules give."""
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
    """Return an absence set by hand as it counts: without the referral service it diverts nothing (C-05)."""
    if referral or not absence.diversion.diverts:
        return absence
    return replace(absence, diversion=Diversion.NONE)
