"""Graph's refusals as our errors: what an administrator must fix, what is temporary, how long to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from kalenderkoppling.calendars.retry_after import Jitter, retry_after
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)

_NOT_ENABLED = frozenset({"MailboxNotEnabledForRESTAPI", "MailboxNotHostedInExchangeOnline"})
_WAIT = frozenset({429, 503, 504})
_CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")
_SERVER_FAILED = 500


class _Problem(msgspec.Struct):
    code: str = ""


class _Refusal(msgspec.Struct):
    error: _Problem


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, jitter: Jitter, subscribing: bool = False
) -> CalendarError:
    """Return the error that an answer other than 2xx means; Graph's message is never passed on, only its code.

    Throttling without Retry-After sets no pause: it is a failed look, retried as such.
    With `subscribing`, a refusal means that the mailbox cannot be subscribed to.
    """
    code = error_code(body)
    detail = f"{status} {code}".strip()
    wait = retry_after(headers, now=now, jitter=jitter) if status in _WAIT else None
    if wait is not None:
        return PausedError(PauseScope.MAILBOX, wait)
    if code in _NOT_ENABLED:
        return MailboxBlockedError(BlockedReason.NOT_ENABLED)
    match status:
        # The answer of a proxy on the way, not of Graph: it blocks no mailbox.
        case 403 | 404 if _is_html(headers):
            return ReadFailedError(ReadProblem.MALFORMED, detail)
        case 403:
            return MailboxBlockedError(BlockedReason.FORBIDDEN)
        case 404:
            return MailboxBlockedError(BlockedReason.NOT_FOUND)
        case 401:
            return ReadFailedError(ReadProblem.SIGN_IN_REFUSED, detail)
        case 429:
            return ReadFailedError(ReadProblem.THROTTLED, detail)
        case 400 if subscribing and code == "ValidationError":
            return ReadFailedError(ReadProblem.UNREACHABLE, "Graph could not reach our address for notices")
        case _ if status >= _SERVER_FAILED:
            return ReadFailedError(ReadProblem.SERVER_ERROR, detail)
        case _:
            return ReadFailedError(ReadProblem.MALFORMED, detail)


def error_code(body: bytes) -> str:
    """Return Graph's error code, empty where the body has none."""
    try:
        code = msgspec.json.decode(body, type=_Refusal).error.code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return code if _CODE.fullmatch(code) else ""


def _is_html(headers: Mapping[str, str]) -> bool:
    return "html" in headers.get("Content-Type", "").casefold()
