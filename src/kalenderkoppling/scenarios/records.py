"""Records of what leaves the core in a scenario, to be searched for traces: messages and log lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager

import structlog

from kalenderkoppling.bus import MemoryBus
from kalenderkoppling.domain.mailbox import Change, MailboxRef


class RecordedBus(MemoryBus):
    """A memory bus that records its messages."""

    def __init__(self, said: set[str]) -> None:
        super().__init__()
        self._said = said

    async def wake(self, mailbox: MailboxRef) -> None:
        """Ask for a look at a mailbox."""
        self._said.add(repr(mailbox))
        await super().wake(mailbox)

    async def publish(self, change: Change) -> None:
        """Publish a change."""
        self._said.add(repr(change))
        await super().publish(change)


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def log_lines() -> Iterator[list[str]]:
    """Collect everything that is logged in the block, instead of printing it."""
    lines: list[str] = []
    handler, root = _Lines(lines), logging.getLogger()
    before = structlog.get_config()
    handlers, level = root.handlers[:], root.level

    def keep(_: object, __: str, event: MutableMapping[str, object]) -> Mapping[str, object]:
        lines.append(repr(event))
        raise structlog.DropEvent

    structlog.configure(processors=[keep], cache_logger_on_first_use=False)
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        structlog.configure(**before)
        root.handlers = handlers
        root.setLevel(level)
