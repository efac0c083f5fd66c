"""Errors, for administrators; the first line of a docstring is the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class KalenderkopplingError(Exception):
    """Something in Kalenderkoppling went wrong."""


class InvalidValueError(KalenderkopplingError, ValueError):
    """The value is not valid: correct it where it was entered."""


class UnstorableTextError(InvalidValueError):
    """The text has a character that cannot be stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One problem of one field of a form or a request.

    `problem` is a stable key that the pages translate, for instance `end_not_after_start`.
    """

    field: str
    problem: str


class RefusedError(KalenderkopplingError):
    """The request was refused: each problem names its field."""

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__(", ".join(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems


class NotFoundError(KalenderkopplingError):
    """It does not exist, or this person may not see it: the answer is the same."""


class ConflictError(KalenderkopplingError):
    """Somebody else changed it in the meantime: check the new state and try again."""


class StoreUnavailableError(KalenderkopplingError):
    """The database is unavailable: nothing was written, and the last known state stays in force."""


class RefusedRestoreError(KalenderkopplingError):
    """The program, or somebody else, is using the database: stop `serve` and `voice` first. Nothing was changed."""


class ReadProblem(StrEnum):
    """Why a look at a mailbox failed, as the administrator reads it."""

    MALFORMED = "malformed"
    CUT_SHORT = "cut_short"
    UNREACHABLE = "unreachable"
    SERVER_ERROR = "server_error"
    SIGN_IN_REFUSED = "sign_in_refused"
    THROTTLED = "throttled"
    NOT_STORED = "not_stored"


class BlockedReason(StrEnum):
    """Why a mailbox cannot be read until somebody does something about it."""

    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    NOT_ENABLED = "not_enabled"


class CalendarError(KalenderkopplingError):
    """The calendar could not be read; the last known state stays in force."""


class ReadFailedError(CalendarError):
    """Reading a mailbox failed or was incomplete; nothing of it is used."""

    def __init__(self, problem: ReadProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else str(problem))
        self.problem = problem
        self.detail = detail


class MailboxBlockedError(CalendarError):
    """The calendar system refuses this mailbox; an administrator has to act."""

    def __init__(self, reason: BlockedReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class PauseScope(StrEnum):
    """What a pause applies to."""

    MAILBOX = "mailbox"
    TENANT = "tenant"


class PausedError(CalendarError):
    """The calendar system throttles us: no request before `retry_after` has passed.

    `retry_after` is the wait that it stated, at least 1 s.
    """

    def __init__(self, scope: PauseScope, retry_after: timedelta) -> None:
        super().__init__(f"{scope}: {retry_after}")
        self.scope = scope
        self.retry_after = max(retry_after, timedelta(seconds=1))


class SubscriptionGoneError(CalendarError):
    """The calendar system no longer knows this subscription: create it again and read the mailbox."""


class SpeechFailedError(KalenderkopplingError):
    """The speech engine could not render a sentence: callers hear a prompt that is ready, or the phone rings."""


class CallOverError(KalenderkopplingError):
    """This side of the call has ended."""


class CallerLostError(CallOverError):
    """The exchange took over the call for a transfer, which failed, and dropped the caller."""


class UnansweredError(KalenderkopplingError):
    """A phone was not answered.

    `code` is the SIP status that it ended with (RFC 3261, section 21): 486 busy, 480 or 603 not to be disturbed,
    408 and 503 out of reach.
    """

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class NoCommonCodecError(KalenderkopplingError):
    """The caller offers no codec that we speak (PCMA, PCMU): the call is refused with 488."""


class MediaUnavailableError(KalenderkopplingError):
    """No announcement can be played just now: the phone rings instead."""


class EdgeUnavailableError(KalenderkopplingError):
    """The edge in front of the telephone system cannot be updated at present; what it has expires by itself."""
