"""A queue of line reports that keeps only the last one of each line, so that a slow reader costs no memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from kalenderkoppling.domain.person import LineState
from kalenderkoppling.ports.lines import Line, LineReport


class ToldLines:
    """Takes reports at once and gives them to one reader; see `ports.lines.LineStates.reports`.

    It remembers the last report of each line until it is told to forget the line.
    """

    def __init__(self) -> None:
        self._last: dict[Line, LineReport] = {}
        self._waiting: dict[Line, LineReport] = {}
        self._came = asyncio.Event()
        self._is_over = False

    def open(self) -> None:
        """Open, or open again after `close`."""
        self._is_over = False

    def tell(self, report: LineReport) -> None:
        """Queue a report; an unknown line that is still unknown is skipped."""
        last = self._last.get(report.line)
        if last is not None and last.state is LineState.UNKNOWN and report.state is LineState.UNKNOWN:
            return
        self._last[report.line] = report
        self._put(report)

    def forget(self, line: Line, now: datetime) -> None:
        """Report a line as unknown and forget it; a no-op for a line that is not known."""
        if self._last.pop(line, None) is not None:
            self._put(LineReport.unknown(line, now))

    def lose(self, now: datetime) -> None:
        """Report all lines as unknown."""
        for line in list(self._last):
            self.tell(LineReport.unknown(line, now))

    def close(self, now: datetime) -> None:
        """Report all lines as unknown and end the reader."""
        self.lose(now)
        self._last.clear()
        self._is_over = True
        self._came.set()

    async def reports(self) -> AsyncIterator[LineReport]:
        """Yield what is known, then what is told, in the order of the first that waits of each line."""
        self._waiting = {**self._waiting, **self._last}
        while True:
            while self._waiting:
                yield self._waiting.pop(next(iter(self._waiting)))
            if self._is_over:
                return
            self._came.clear()
            await self._came.wait()

    def _put(self, report: LineReport) -> None:
        self._waiting[report.line] = report
        self._came.set()
