"""Recorded and documented answers of Graph pass through the source: understood, or refused in our words."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kalenderkoppling.calendars.graph.notices import GraphNotices
from kalenderkoppling.calendars.graph.refusal import refusal
from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.errors import CalendarError, InvalidValueError, ReadFailedError
from kktest.graph import NOW, page, view_of
from kktest.notices import posted, taken

PAYLOADS = Path(os.environ.get("KK_SHARED", "../shared")) / "reference" / "payloads"
GRAPH = sorted((PAYLOADS / "graph").glob("*.json"))
NOTIFICATIONS = sorted((PAYLOADS / "notifications").glob("*.json"))
ERRORS = sorted((PAYLOADS / "errors").glob("*.json"))


def name_of(path: Path) -> str:
    return path.name


def rows_in(answer: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401 - any JSON
    """Return the rows of an answer with events, a single event as one; None for any other answer."""
    rows = answer.get("value", [answer] if "id" in answer else None)
    if not isinstance(rows, list) or not all(isinstance(each, dict) and each.get("id") for each in rows):
        return None
    return rows


def told(view: View) -> int:
    return len(view.bookings) + len(view.private) + len(view.unreadable)


def test_there_is_something_to_hold_to() -> None:
    assert min(len(GRAPH), len(NOTIFICATIONS), len(ERRORS)) > 5


@pytest.mark.parametrize("path", GRAPH, ids=name_of)
def test_a_recorded_answer_is_understood_or_refused(path: Path) -> None:
    answer = json.loads(path.read_bytes())
    rows = rows_in(answer)
    if rows is None:
        with pytest.raises(ReadFailedError):
            view_of(path.read_bytes())
        return
    whole = path.read_bytes() if "value" in answer else page(*rows)
    assert told(view_of(whole)) <= len({each["id"] for each in rows})


@pytest.mark.parametrize("path", [path for path in GRAPH if rows_in(json.loads(path.read_bytes()))], ids=name_of)
def test_no_row_of_a_recorded_answer_is_lost_where_the_window_is_wide_enough(path: Path) -> None:
    rows = rows_in(json.loads(path.read_bytes())) or []
    for row in rows:
        moved = {**row, **in_the_window(row)}
        view = view_of(page(moved))
        assert told(view) == 1
        if row.get("sensitivity") != "normal":
            assert [each.key for each in view.private] == [row["id"]]
        elif "isAllDay" in row and "start" in row:
            assert [each.key for each in view.bookings] == [row["id"]]


def in_the_window(row: dict[str, Any]) -> dict[str, Any]:
    """Return start and end of a row on days inside the window, with the clock and label that were recorded."""
    if not isinstance(row.get("start"), dict) or not isinstance(row.get("end"), dict):
        return {}
    clock = {name: row[name]["dateTime"].partition("T")[2] for name in ("start", "end")}
    days = {"start": "2027-03-10", "end": "2027-03-11"}
    return {name: {**row[name], "dateTime": f"{days[name]}T{clock[name]}"} for name in days}


@pytest.mark.parametrize("path", NOTIFICATIONS, ids=name_of)
def test_a_recorded_notification_is_read_or_refused(path: Path) -> None:
    notices = GraphNotices.__new__(GraphNotices)
    answer = json.loads(path.read_bytes())
    if "value" not in answer:
        with pytest.raises(InvalidValueError):
            notices.read(posted(path.read_bytes()))
        return
    read = taken(notices.read(posted(path.read_bytes())))
    assert [each.subscription_id for each in read] == [each["subscriptionId"] for each in answer["value"]]
    assert [each.client_state for each in read] == [each["clientState"] or "" for each in answer["value"]]


@pytest.mark.parametrize("path", ERRORS, ids=name_of)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503])
def test_a_recorded_error_becomes_one_of_ours_whatever_status_it_came_with(path: Path, status: int) -> None:
    body = path.read_bytes()
    error = refusal(status, {}, body, now=NOW, jitter=lambda: 0.0)
    assert isinstance(error, CalendarError)
    message = json.loads(body).get("error", {}).get("message")
    assert not message or message not in str(error)


@pytest.mark.parametrize("path", ERRORS, ids=name_of)
def test_a_recorded_error_that_came_as_200_is_no_view(path: Path) -> None:
    with pytest.raises(ReadFailedError):
        view_of(path.read_bytes())
