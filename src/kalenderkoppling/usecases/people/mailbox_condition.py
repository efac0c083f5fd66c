"""In what condition a person's mailbox is, as an administrator reads it: what is wrong decides what to do."""

from __future__ import annotations

from enum import StrEnum

from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Person


class MailboxCondition(StrEnum):
    """The condition of a mailbox; those that begin with `blocked_` or `problem_` are named after their reason."""

    OFF = "off"
    """The person has no calendar coupling."""
    NO_ADDRESS = "no_address"
    WAITING = "waiting"
    """It has not been read yet."""
    FINE = "fine"
    PARTLY = "partly"
    """It is read, but some bookings in it cannot be understood."""
    BLOCKED_NOT_FOUND = "blocked_not_found"
    BLOCKED_FORBIDDEN = "blocked_forbidden"
    BLOCKED_NOT_ENABLED = "blocked_not_enabled"
    PROBLEM_MALFORMED = "problem_malformed"
    PROBLEM_CUT_SHORT = "problem_cut_short"
    PROBLEM_UNREACHABLE = "problem_unreachable"
    PROBLEM_SERVER_ERROR = "problem_server_error"
    PROBLEM_SIGN_IN_REFUSED = "problem_sign_in_refused"
    PROBLEM_THROTTLED = "problem_throttled"
    PROBLEM_NOT_STORED = "problem_not_stored"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look into it."""
        return self not in {MailboxCondition.OFF, MailboxCondition.WAITING, MailboxCondition.FINE}


def mailbox_condition(person: Person, state: MailboxState | None) -> MailboxCondition:
    """Return the condition of a person's mailbox; `state` is None for one that is not read."""
    if not person.entitlements.calendar_coupling:
        return MailboxCondition.OFF
    if not person.mailbox:
        return MailboxCondition.NO_ADDRESS
    if state is None:
        return MailboxCondition.WAITING
    if state.blocked is not None:
        return MailboxCondition(f"blocked_{state.blocked}")
    if state.problem is not None:
        return MailboxCondition(f"problem_{state.problem}")
    if state.last_good_look is None:
        return MailboxCondition.WAITING
    return MailboxCondition.PARTLY if state.unreadable or state.left_out else MailboxCondition.FINE
