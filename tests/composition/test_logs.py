"""What is logged: JSON lines of named fields, and nothing that a library says of people."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog

from kalenderkoppling.composition.logs import MOST_COUNTED, write_logs_to


@dataclass(slots=True)
class Minutes:
    """A clock that is set, and what is to be done later."""

    now: float = 0.0
    waiting: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.waiting.append((self.now + seconds, do))

    def forward(self, seconds: float) -> None:
        self.now += seconds
        due = [each for each in self.waiting if each[0] <= self.now]
        self.waiting = [each for each in self.waiting if each[0] > self.now]
        for _, do in due:
            do()


@pytest.fixture
def minutes() -> Minutes:
    return Minutes()


@pytest.fixture
def stream(minutes: Minutes) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    write_logs_to(stream, clock=lambda: minutes.now, later=minutes.later)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_level_and_time(stream: io.StringIO) -> None:
    structlog.get_logger("worker").warning("look_failed", error="KeyError")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["error"]) == ("look_failed", "warning", "KeyError")
    assert line["timestamp"].endswith("Z")


def test_a_field_that_is_not_named_never_passes(stream: io.StringIO) -> None:
    structlog.get_logger("worker").warning("look_failed", mailbox="anna@exempel.example", subject="Läkare")
    assert "anna" not in stream.getvalue()
    assert "Läkare" not in stream.getvalue()


def test_what_a_library_says_is_counted_and_not_quoted(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").warning("no answer for anna@exempel.example")
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("a library complained", "aiohttp.client")
    assert "anna" not in stream.getvalue()


def test_our_own_lines_keep_their_words(stream: io.StringIO) -> None:
    logging.getLogger("kalenderkoppling.bus").error("a handler failed")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("a handler failed", "error")


@pytest.mark.parametrize("logger", ["uvicorn.error", "kalenderkoppling.surfaces", None])
def test_an_event_that_is_repeated_is_counted_and_not_written_again(
    stream: io.StringIO, minutes: Minutes, logger: str | None
) -> None:
    def complain() -> None:
        if logger is None:
            structlog.get_logger("voice").warning("a part broke down", error="KeyError")
        else:
            logging.getLogger(logger).warning("a part broke down")

    for _ in range(10_000):
        complain()
    assert len(lines(stream)) == 1
    minutes.forward(61)
    first, told = lines(stream)
    assert "repeated" not in first
    assert told["repeated"] == 9_999
    assert {**told, "timestamp": "", "repeated": 0} == {**first, "timestamp": "", "repeated": 0}
    complain()
    assert len(lines(stream)) == 3


def test_events_that_differ_are_each_written(stream: io.StringIO) -> None:
    for error in ("KeyError", "ValueError"):
        for reason in ("follow", "render"):
            structlog.get_logger("voice").error("part_broke_down", reason=reason, error=error)
    assert len(lines(stream)) == 4


def test_ever_new_events_cost_no_memory_without_end(stream: io.StringIO, minutes: Minutes) -> None:
    for number in range(MOST_COUNTED * 2):
        structlog.get_logger("voice").error("part_broke_down", reason=str(number))
    assert len(lines(stream)) == MOST_COUNTED * 2
    minutes.forward(61)
    for _ in range(5):
        structlog.get_logger("voice").error("part_broke_down", reason="new")
    assert len(lines(stream)) == MOST_COUNTED * 2 + 1
