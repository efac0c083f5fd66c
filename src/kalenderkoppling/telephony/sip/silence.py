"""Keeps the stack from printing: it writes whole messages, with names and numbers, to the standard output.

What it complained of is logged by kind alone.
"""

from __future__ import annotations

import importlib
import sys

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

_log = structlog.get_logger("sip")


class NoLog:
    """The stack's own log of messages: none."""

    def write(self, *_words: object, **_details: object) -> None:
        """Drop what is told."""


def silence_the_stack() -> None:
    """Let the stack print nothing; a second time changes nothing."""
    for name in _MODULES:
        module = importlib.import_module(name)
        vars(module)["print"] = _nothing
        if hasattr(module, "dump_exception"):
            vars(module)["dump_exception"] = _log_kind


def _nothing(*_words: object, **_details: object) -> None:
    return


def _log_kind(*_words: object, **_details: object) -> None:
    error = sys.exc_info()[0]
    _log.warning("stack_complained", error=error.__name__ if error else "unknown")
