"""Keeps the stack from printing: it writes whole messages, with names and numbers, to standard output.

Its complaints about malformed messages are counted, and logged by kind once a minute at most, so that nobody can fill
the log.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from time import monotonic

import structlog

_MODULES = (
    "sippy.Core.EventDispatcher",
    "sippy.MultipartMixBody",
    "sippy.Network_server",
    "sippy.SipMsg",
    "sippy.SipRequest",
    "sippy.SipTransactionManager",
    "sippy.SipURL",
    "sippy.UaStateConnected",
    "sippy.UacStateRinging",
    "sippy.UacStateTrying",
    "sippy.Udp_server",
)

LOGGED_EVERY_SECONDS = 60.0

_log = structlog.get_logger("sip")


class NoLog:
    """Replaces the stack's log of messages: logs nothing."""

    def write(self, *_words: object, **_details: object) -> None:
        """Drop what is told."""


def silence_the_stack() -> None:
    """Keep the stack from printing; idempotent."""
    for name in _MODULES:
        module = importlib.import_module(name)
        vars(module)["print"] = _nothing
        if hasattr(module, "dump_exception"):
            vars(module)["dump_exception"] = _log_kind


def _nothing(*_words: object, **_details: object) -> None:
    return


def _log_kind(*_words: object, **_details: object) -> None:
    error = sys.exc_info()[0]
    COMPLAINTS.note(error.__name__ if error else "unknown")


class Complaints:
    """Counts malformed messages since the start, by kind; each kind is logged once a minute at most."""

    def __init__(self) -> None:
        self.by_kind: Counter[str] = Counter()
        self._logged: dict[str, float] = {}

    def note(self, kind: str) -> None:
        """Count one."""
        self.by_kind[kind] += 1
        now = monotonic()
        if now - self._logged.get(kind, now - LOGGED_EVERY_SECONDS) >= LOGGED_EVERY_SECONDS:
            self._logged[kind] = now
            _log.warning("message_not_understood", error=kind)


COMPLAINTS = Complaints()
"""Of the whole process, as the stack's timers are."""
