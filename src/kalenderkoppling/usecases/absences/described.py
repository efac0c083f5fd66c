"""An absence as the audit log describes it: never a subject, never a note's text."""

from __future__ import annotations

from collections.abc import Mapping

from kalenderkoppling.domain.absence import Absence, Edit


def described(absence: Absence | None) -> Mapping[str, object]:
    """Return the fields of an absence for the log; empty for None."""
    if absence is None:
        return {}
    return {
        "start": absence.interval.start.isoformat(),
        "end": absence.interval.end.isoformat(),
        "reason": str(absence.reason),
        "diversion": str(absence.diversion),
        "has_note": bool(absence.note),
    }


def described_edit(edit: Edit | None) -> Mapping[str, object]:
    """Return the fields that an edit sets; empty for None."""
    if edit is None:
        return {}
    told: dict[str, object] = {"removed": edit.removed} if edit.removed else {}
    if edit.start is not None:
        told["start"] = edit.start.isoformat()
    if edit.end is not None:
        told["end"] = edit.end.isoformat()
    if edit.reason is not None:
        told["reason"] = str(edit.reason)
    if edit.diversion is not None:
        told["diversion"] = str(edit.diversion)
    if edit.note is not None:
        told["has_note"] = bool(edit.note)
    return told
