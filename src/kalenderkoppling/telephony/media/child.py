"""The process that plays: `python -m kalenderkoppling.telephony.media.child`, whose input is the line to the player.

One thread, no garbage collection, nothing but sound: whatever the player's process is busy with, frames go out in time.
It ends when the player's process does.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from kalenderkoppling.telephony.media.pacing import FrameSchedule
from kalenderkoppling.telephony.media.ports import Ports
from kalenderkoppling.telephony.media.studio import Studio
from kalenderkoppling.telephony.media.wire import ORDERS, Alive, Begin, Order, Pressed, Reading, Report, packed

ALIVE_STEPS = 50
"""It reports that it is alive four times a second."""

PIECE_BYTES = 256 * 1024
"""At most this many bytes are read between two looks at the clock: a large clip must not delay sending."""

MOST_UNSENT_BYTES = 1024 * 1024
"""When the player does not read, further keys are dropped."""

_PRIORITY = -10


class PlayerGoneError(Exception):
    """The player's end of the line is closed."""


class Line:
    """The connection to the player, which never blocks."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._line.settimeout(0)
        self._reading: Reading[Order] = Reading(ORDERS)
        self._unsent = bytearray()

    def wait(self, seconds: float) -> None:
        """Wait until the socket is readable or writable as needed, or until the timeout."""
        select.select([self._line], [self._line] if self._unsent else [], [], seconds)

    def orders(self) -> Iterator[Order]:
        """Yield a chunk of what the player has sent.

        Raises:
            PlayerGoneError: nothing more will come.
        """
        try:
            piece = self._line.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            raise PlayerGoneError from None
        if not piece:
            raise PlayerGoneError
        yield from self._reading.take(piece)

    def say(self, reports: list[Report]) -> None:
        """Send these messages after those still queued, as far as the socket accepts them without blocking."""
        for report in reports:
            if len(self._unsent) < MOST_UNSENT_BYTES or not isinstance(report, Pressed):
                self._unsent += packed(report)
        if self._unsent:
            with suppress(OSError):
                del self._unsent[: self._line.send(self._unsent)]


def play(line: Line) -> None:
    """Play until the player is gone."""
    studio: Studio | None = None
    said_alive = 0
    pace = FrameSchedule(time.monotonic_ns())
    while True:
        line.wait(pace.left(time.monotonic_ns()) / 1e9)
        for order in line.orders():
            if isinstance(order, Begin):
                studio = Studio(Ports(order.host, order.first_port, order.last_port, order.next_port))
                studio.reports.append(Alive())
            elif studio is not None:
                studio.do(order)
        steps = pace.due(time.monotonic_ns())
        if studio is None:
            continue
        for step in steps:
            studio.step(step)
            if step - said_alive >= ALIVE_STEPS:
                said_alive = step
                studio.reports.append(Alive())
        if steps:
            studio.hear()
        line.say(studio.reports)
        studio.reports.clear()


def main() -> int:
    """Play for the process at the other end of the input."""
    # A stop of the service signals the child too: it ignores that, so that callers hear the announcement to its end.
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, signal.SIG_IGN)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    gc.disable()
    # The lowest free number: `select` knows only small ones.
    with suppress(PlayerGoneError), socket.socket(fileno=os.dup(sys.stdin.fileno())) as line:
        play(Line(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
