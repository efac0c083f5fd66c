"""What errors say, and what they carry."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import (
    BlockedReason,
    FieldProblem,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
    RefusedError,
)


def test_a_refusal_names_each_field_with_its_problem() -> None:
    problems = (FieldProblem(field="end", problem="end_not_after_start"), FieldProblem(field="note", problem="long"))
    refused = RefusedError(*problems)
    assert refused.problems == problems
    assert str(refused) == "end: end_not_after_start, note: long"


@pytest.mark.parametrize(
    ("detail", "said"), [("", "malformed"), ("row 3", "malformed: row 3")], ids=["without detail", "with detail"]
)
def test_a_failed_look_says_why(detail: str, said: str) -> None:
    failed = ReadFailedError(ReadProblem.MALFORMED, detail)
    assert (str(failed), failed.problem, failed.detail) == (said, ReadProblem.MALFORMED, detail)


def test_a_blocked_mailbox_says_why() -> None:
    blocked = MailboxBlockedError(BlockedReason.FORBIDDEN)
    assert (str(blocked), blocked.reason) == ("forbidden", BlockedReason.FORBIDDEN)


@pytest.mark.parametrize(("stated", "waits"), [(-5, 1), (0, 1), (1, 1), (30, 30)])
def test_a_pause_lasts_as_stated_and_at_least_a_second(stated: int, waits: int) -> None:
    paused = PausedError(PauseScope.TENANT, timedelta(seconds=stated))
    assert (paused.retry_after, paused.scope) == (timedelta(seconds=waits), PauseScope.TENANT)
    assert str(paused).startswith("tenant: ")
