"""What is logged: JSON lines of named fields, and nothing that a library says of people."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from kalenderkoppling.composition.logs import write_logs_to


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    write_logs_to(stream)
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
