"""The fields of an absence that people may set, and their validation, field by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.errors import FieldProblem, RefusedError

LONGEST_NOTE = 500
FARTHEST_BACK = timedelta(days=7)
FARTHEST_AHEAD = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields that were set; None leaves a field as it is. Instants are aware."""

    start: datetime | None = None
    end: datetime | None = None
    reason: ReasonKey | None = None
    diversion: Diversion | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What the fields are validated against: the resulting interval, services, reasons, the present."""

    start: datetime
    end: datetime
    referral: bool
    reasons: Collection[ReasonKey]
    now: datetime


def check(fields: Fields, allowed: Allowed) -> None:
    """Validate fields.

    Raises:
        RefusedError: one problem per field that is wrong; its key is what the page translates.
    """
    problems = [*_times(fields, allowed), *_words(fields, allowed)]
    if problems:
        raise RefusedError(*problems)


def _times(fields: Fields, allowed: Allowed) -> Iterator[FieldProblem]:
    if fields.start is None and fields.end is None:
        return
    if allowed.end <= allowed.start:
        yield FieldProblem(field="end" if fields.end else "start", problem="end_not_after_start")
    elif fields.end is not None and allowed.end < allowed.now:
        yield FieldProblem(field="end", problem="end_is_past")
    if fields.start is not None and allowed.start < allowed.now - FARTHEST_BACK:
        yield FieldProblem(field="start", problem="too_far_back")
    if fields.end is not None and allowed.end > allowed.now + FARTHEST_AHEAD:
        yield FieldProblem(field="end", problem="too_far_ahead")


def _words(fields: Fields, allowed: Allowed) -> Iterator[FieldProblem]:
    if fields.reason is not None and fields.reason not in allowed.reasons:
        yield FieldProblem(field="reason", problem="unknown_reason")
    if fields.diversion is not None and fields.diversion.diverts and not allowed.referral:
        yield FieldProblem(field="diversion", problem="no_referral_service")
    if fields.note is not None and len(fields.note) > LONGEST_NOTE:
        yield FieldProblem(field="note", problem="too_long")
    if fields.note is not None and not _is_text(fields.note):
        yield FieldProblem(field="note", problem="not_text")


def _is_text(note: str) -> bool:
    """Tell whether a note is plain text: no control characters and no bidirectional overrides (F-33)."""
    return all(
        each in "\n\r\t" or (unicodedata.category(each) not in {"Cc", "Cs"} and each not in "\u202a\u202b\u202d\u202e")
        for each in note
    )
