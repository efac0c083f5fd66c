"""The only access to a subject, and to a reason that not everybody may see."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from kalenderkoppling.domain.absence import OUT_OF_OFFICE, SICK, ReasonKey
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.rules.model import Policy

ABSENT = OUT_OF_OFFICE
"""What shows in place of a reason that is not for the viewer ("Frånvarande"): it cannot be told from the real one."""


class Viewer(StrEnum):
    """Who views a person's absences."""

    COLLEAGUE = "colleague"
    SELF = "self"
    ATTENDANT = "attendant"


def title(kept: Kept, policy: Policy) -> str | None:
    """Return the subject where the administrator shows subjects, else None (R11, R21, C-18).

    An empty subject is None: the reason shows in its place.
    """
    subject = kept.booking.subject
    if not policy.show_subject or subject is None or not subject.strip():
        return None
    return subject


def reason(key: ReasonKey, viewer: Viewer, *, sick_to_attendants: bool = False) -> ReasonKey:
    """Return the reason that a viewer sees: `sick` is for the person, and for attendants if allowed (semantics 8)."""
    if key != SICK:
        return key
    match viewer:
        case Viewer.SELF:
            return key
        case Viewer.ATTENDANT:
            return key if sick_to_attendants else ABSENT
        case Viewer.COLLEAGUE:
            return ABSENT
        case _:
            assert_never(viewer)
