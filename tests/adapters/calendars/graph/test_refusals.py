"""Graph's refusals in our words, without its sentences."""

from datetime import UTC, datetime, timedelta

import pytest

from kalenderkoppling.calendars.graph.refusal import refusal
from kalenderkoppling.calendars.retry_after import retry_after
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    ReadFailedError,
    ReadProblem,
)

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def refused(status: int, code: str = "", **headers: str) -> CalendarError:
    body = f'{{"error":{{"code":"{code}","message":"kim@exempel.example is secret"}}}}'.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(status, named, body, now=NOW, jitter=lambda: 0.0)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "ErrorAccessDenied", BlockedReason.FORBIDDEN),
        (403, "Authorization_RequestDenied", BlockedReason.FORBIDDEN),
        (403, "", BlockedReason.FORBIDDEN),
        (404, "ErrorInvalidUser", BlockedReason.NOT_FOUND),
        (404, "Request_ResourceNotFound", BlockedReason.NOT_FOUND),
        (404, "MailboxNotFound", BlockedReason.NOT_FOUND),
        (404, "MailboxNotEnabledForRESTAPI", BlockedReason.NOT_ENABLED),
        (400, "MailboxNotHostedInExchangeOnline", BlockedReason.NOT_ENABLED),
    ],
)
def test_F_14_a_refused_mailbox_is_blocked_with_its_reason(status: int, code: str, reason: BlockedReason) -> None:
    error = refused(status, code)
    assert isinstance(error, MailboxBlockedError)
    assert error.reason is reason


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, ReadProblem.MALFORMED),
        (401, ReadProblem.SIGN_IN_REFUSED),
        (410, ReadProblem.MALFORMED),
        (302, ReadProblem.MALFORMED),
        (429, ReadProblem.THROTTLED),
        (500, ReadProblem.SERVER_ERROR),
        (503, ReadProblem.SERVER_ERROR),
        (504, ReadProblem.SERVER_ERROR),
    ],
)
def test_every_other_refusal_is_a_failed_look(status: int, problem: ReadProblem) -> None:
    error = refused(status, "SomeCode")
    assert isinstance(error, ReadFailedError)
    assert (error.problem, error.detail) == (problem, f"{status} SomeCode")


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_from_a_proxy_blocks_no_mailbox(status: int) -> None:
    error = refusal(status, {"Content-Type": "text/html"}, b"<html>", now=NOW, jitter=lambda: 0.0)
    assert isinstance(error, ReadFailedError)


@pytest.mark.parametrize("status", [429, 503, 504])
def test_F_05_a_stated_wait_is_a_pause(status: int) -> None:
    error = refused(status, "ApplicationThrottled", Retry_After="17")
    assert isinstance(error, PausedError)
    assert error.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_stated_wait_on_another_refusal_is_no_pause(status: int) -> None:
    assert not isinstance(refused(status, "x", Retry_After="17"), PausedError)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 1.0),
        ("1.5", 1.5),
        ("Mon, 01 Mar 2027 08:02:00 GMT", 120.0),
        ("Mon, 01 Mar 2027 07:00:00 GMT", 1.0),
        ("999999999", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
    ],
)
def test_a_wait_is_seconds_or_a_date_and_within_reason(text: str, seconds: float) -> None:
    assert retry_after({"Retry-After": text}, now=NOW, jitter=lambda: 0.0) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf", "1e999", "Mon, 99 Mar 2027 08:02:00 GMT"])
def test_a_wait_that_makes_no_sense_is_none(text: str) -> None:
    assert retry_after({"Retry-After": text}, now=NOW, jitter=lambda: 0.0) is None


def test_jitter_only_ever_prolongs_a_wait() -> None:
    tenths = iter(range(10))
    waits = [retry_after({"Retry-After": "100"}, now=NOW, jitter=lambda: next(tenths) / 10) for _ in range(10)]
    assert waits == [timedelta(seconds=100 + tenth) for tenth in range(10)]


@pytest.mark.parametrize("code", ["kim@exempel.example", "<b>", "x" * 65, "a b"])
def test_a_code_that_is_no_word_is_not_passed_on(code: str) -> None:
    assert str(refused(500, code)) == "server_error: 500"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error":"x"}', b'{"error":{"code":7}}', b"[" * 100_000])
def test_an_error_without_graphs_form_is_told_by_its_status(body: bytes) -> None:
    assert str(refusal(500, {}, body, now=NOW, jitter=lambda: 0.0)) == "server_error: 500"


def test_no_sentence_of_graphs_is_passed_on() -> None:
    assert "kim" not in str(refused(500, "InternalServerError"))
