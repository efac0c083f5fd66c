"""The state of a mailbox after a look, and whether people would notice the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import (
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.usecases.mailboxes.left_out import named
from kalenderkoppling.usecases.mailboxes.run import Run
from kalenderkoppling.usecases.mailboxes.timing import YOUNG, next_retry, next_sweep


def state_after_success(run: Run, view: View | None, chance: float) -> MailboxState:
    """Return the mailbox's state after a complete look; the same answer is as readable as it was."""
    return MailboxState(
        person=run.claim.person,
        due=next_sweep(run.began, chance),
        last_good_look=run.began,
        unreadable=run.claim.state.unreadable if view is None else bool(view.unreadable),
        left_out=run.claim.state.left_out if view is None else named(view),
    )


def state_after_failure(run: Run, error: CalendarError, now: datetime, chance: float) -> MailboxState:
    """Return the mailbox's state after a failed look: what was known stays, and when it was last good.

    Waits count from the answer, `now`: the look may have taken long (S-8).
    """
    failures = run.claim.state.failures + 1
    state = replace(
        run.claim.state,
        due=next_retry(now, failures, chance),
        failures=failures,
        problem=None,
        blocked=None,
        paused_until=None,
    )
    match error:
        case PausedError(scope=PauseScope.MAILBOX):
            return replace(state, problem=ReadProblem.THROTTLED, paused_until=now + error.retry_after)
        case PausedError():
            return replace(state, problem=ReadProblem.THROTTLED)
        case MailboxBlockedError():
            return replace(state, blocked=error.reason, due=next_sweep(now, chance))
        case ReadFailedError():
            return replace(state, problem=error.problem)
        case _:
            return replace(state, problem=ReadProblem.SERVER_ERROR)


def seems_different(before: MailboxState, after: MailboxState) -> bool:
    """Tell whether people would see another state of the mailbox: it failed, or works again, or is young again."""
    return _is_young_again(before.last_good_look, after.last_good_look) or (
        before.problem,
        before.blocked,
        before.left_out,
    ) != (after.problem, after.blocked, after.left_out)


def _is_young_again(before: datetime | None, after: datetime | None) -> bool:
    """Tell whether the last good look lies elsewhere in time than whoever follows changes would think (C-27, F-12)."""
    return after is not None and (before is None or abs(after - before) > YOUNG)
