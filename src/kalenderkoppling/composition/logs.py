"""Logs: one JSON object a line, without personal data: only allowed fields, and no messages of libraries.

Repetitions of an event within a minute are counted instead of written, and the count is written when the minute ends:
events that a remote client can cause a thousand times a second must not fill a disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

OURS = "kalenderkoppling"

ALLOWED = frozenset(
    {"event", "level", "timestamp", "logger", "error", "reason", "added", "changed", "gone", "repeated", "provider"}
)
"""The fields that may be logged; all others are dropped."""

COUNTED_SECONDS = 60.0
MOST_COUNTED = 1_000
"""How many different events are counted at once; further ones are written each time."""

Later = Callable[[float, Callable[[], None]], object]
"""Calls a function after some seconds."""


def write_logs_to(stream: TextIO, *, clock: Callable[[], float] = time.monotonic, later: Later | None = None) -> None:
    """Write all logs of this process to a stream; records of libraries without their message.

    A library's message may contain an address or a name; only the library's name and the level are written.
    """
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    common: list[Processor] = [structlog.processors.add_log_level, stamp]
    to_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    repetitions = _Repetitions(
        write=lambda event: stream.write(f"{to_json(None, '', stamp(None, '', event))!s}\n"),
        clock=clock,
        later=later or _after,
    )
    render: list[Processor] = [_only_allowed, repetitions, to_json]
    structlog.configure(
        processors=[*common, *render],
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = _Handler(stream)
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


class _Handler(logging.StreamHandler[TextIO]):
    """Writes records, except those that are only counted."""

    def emit(self, record: logging.LogRecord) -> None:
        """See logging."""
        try:
            line = self.format(record)
        except structlog.DropEvent:
            return
        except Exception:  # noqa: BLE001 - as logging has it: a line that cannot be made breaks nothing
            self.handleError(record)
            return
        self.stream.write(line + self.terminator)
        self.flush()


@dataclass(slots=True)
class _Window:
    """The minute after an event was written."""

    began: float
    repeated: int = 0


class _Repetitions:
    """Passes an event once a minute and counts repetitions meanwhile; thread-safe."""

    def __init__(self, write: Callable[[EventDict], object], clock: Callable[[], float], later: Later) -> None:
        self._write = write
        self._clock = clock
        self._later = later
        self._lock = threading.Lock()
        self._windows: dict[Hashable, _Window] = {}

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Return the event.

        Raises:
            DropEvent: it was written within the last minute.
        """
        key = tuple((name, str(value)) for name, value in sorted(event.items()) if name != "timestamp")
        now = self._clock()
        with self._lock:
            window = self._windows.get(key)
            if window is None or now >= window.began + COUNTED_SECONDS:
                self._begin(key, now)
                return event
            window.repeated += 1
            if window.repeated > 1:
                raise structlog.DropEvent
        self._later(window.began + COUNTED_SECONDS - now, partial(self._tell, window, dict(event)))
        raise structlog.DropEvent

    def _begin(self, key: Hashable, now: float) -> None:
        if len(self._windows) >= MOST_COUNTED:
            self._windows = {
                each: window for each, window in self._windows.items() if now < window.began + COUNTED_SECONDS
            }
        if len(self._windows) < MOST_COUNTED:
            self._windows[key] = _Window(began=now)

    def _tell(self, window: _Window, event: EventDict) -> None:
        with self._lock:
            event["repeated"] = window.repeated
        self._write(event)


def _after(seconds: float, do: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


def _only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> MutableMapping[str, object]:
    return {name: value for name, value in event.items() if name in ALLOWED}


def _without_foreign_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    name = str(event.get("logger", ""))
    if name != OURS and not name.startswith(f"{OURS}."):
        event["event"] = "a library complained"
        event.pop("exc_info", None)
    return event
