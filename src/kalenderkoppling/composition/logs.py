"""Logs: one JSON object a line, without personal data: only named fields pass, and no text of other libraries."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

OURS = "kalenderkoppling"

ALLOWED = frozenset({"event", "level", "timestamp", "logger", "error", "reason", "added", "changed", "gone"})
"""The fields that may be logged; anything else is left out, whoever added it."""


def write_logs_to(stream: TextIO) -> None:
    """Write all logs of this process to a stream, ours with their words and those of libraries without.

    A library may log an address or a name that it was asked for; that it complained, and which, is what is kept.
    """
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    common: list[Processor] = [structlog.processors.add_log_level, stamp]
    render: list[Processor] = [_only_allowed, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[*common, *render],
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    foreign: list[Processor] = [*common, structlog.stdlib.add_logger_name, _without_foreign_words]
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, *render],
            foreign_pre_chain=foreign,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> MutableMapping[str, object]:
    return {name: value for name, value in event.items() if name in ALLOWED}


def _without_foreign_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    name = str(event.get("logger", ""))
    if name != OURS and not name.startswith(f"{OURS}."):
        event["event"] = "a library complained"
        event.pop("exc_info", None)
    return event
