"""Line states by SIP dialog events (RFC 4235), as the lamps of desk phones have them: one subscription a line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from urllib.parse import quote

import structlog

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import LineReport, NumberLine
from kalenderkoppling.telephony.linestate.rate_limit import RateLimit
from kalenderkoppling.telephony.linestate.subscriptions import EventSubscriptions, Subscription
from kalenderkoppling.telephony.linestate.watched_line import Manners, Surroundings, WatchedLine
from kalenderkoppling.usecases.calls.lines.told_lines import ToldLines

ENDS_WITHIN_SECONDS = 2.0
"""How long a stop waits to unsubscribe; subscriptions that remain expire by themselves."""

_ALLOWED_IN_USER = "+-_.!~*'()&=$,;/"

_log = structlog.get_logger("lines")


def address_at(host: str) -> Callable[[str], str]:
    """Return what makes a SIP address at a host of a number; other characters are escaped (RFC 3261, 25.1)."""
    return lambda number: f"sip:{quote(number, safe=_ALLOWED_IN_USER)}@{host}"


class DialogEvents:
    """Watches the lines of one tenant's exchange; see `ports.lines.WatchedLines`.

    Args:
        subscriptions: How the exchange is subscribed to.
        tenant: Whose exchange it is.
        address_of: The SIP address that is watched for a number, such as `address_at("pbx.example.org")`.
        clock: What `valid_until` is reckoned with.
        chance: Gives numbers from 0 to 1, so that lines are not refreshed all at once.
        most_lines: Beyond these no line is watched; how many those are is logged.
        manners: How the exchange is asked.
    """

    def __init__(
        self,
        subscriptions: EventSubscriptions,
        tenant: TenantId,
        address_of: Callable[[str], str],
        clock: Clock,
        chance: Callable[[], float],
        *,
        most_lines: int = 5_000,
        manners: Manners | None = None,
    ) -> None:
        manners = manners or Manners()
        self._tenant = tenant
        self._address_of = address_of
        self._clock = clock
        self._most_lines = most_lines
        self._told = ToldLines()
        self._around = Surroundings(
            subscriptions=subscriptions,
            manners=manners,
            pace=RateLimit(manners.per_second),
            clock=clock,
            chance=chance,
            tell=self._tell,
            let_end=self._let_end,
        )
        self._wanted: dict[NumberLine, None] = {}
        self._kept: dict[NumberLine, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._is_running = False

    def watch(self, numbers: Iterable[str]) -> None:
        """See the port."""
        wanted = [NumberLine(tenant=self._tenant, number=each) for each in dict.fromkeys(numbers)]
        if len(wanted) > self._most_lines:
            _log.warning("lines_not_watched", reason=f"{len(wanted) - self._most_lines} beyond the most")
        self._wanted = dict.fromkeys(wanted[: self._most_lines])
        if self._is_running:
            self._match()

    def reports(self) -> AsyncIterator[LineReport]:
        """See the port."""
        return self._told.reports()

    async def run(self, stopping: asyncio.Event) -> None:
        """See the port."""
        self._told.open()
        self._is_running = True
        try:
            self._match()
            await stopping.wait()
        finally:
            self._is_running = False
            for task in self._kept.values():
                task.cancel()
            await asyncio.gather(*self._kept.values(), return_exceptions=True)
            self._kept.clear()
            self._told.close(self._clock.now())
            await self._end_all()

    def _match(self) -> None:
        """Start watching the wanted lines, and stop watching the others."""
        for line in [each for each in self._kept if each not in self._wanted]:
            self._kept.pop(line).cancel()
            self._told.forget(line, self._clock.now())
        for line in self._wanted:
            if line not in self._kept:
                watched = WatchedLine(line, self._address_of(line.number), self._around)
                self._kept[line] = asyncio.ensure_future(watched.keep())

    def _tell(self, report: LineReport) -> None:
        """Publish the state of a line; a last notification of a line no longer watched is dropped."""
        if report.line in self._kept:
            self._told.tell(report)

    def _let_end(self, subscription: Subscription) -> None:
        """End a subscription while others go on."""
        task = asyncio.ensure_future(_end(subscription))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end_all(self) -> None:
        ending = list(self._ending)
        if ending:
            await asyncio.wait(ending, timeout=ENDS_WITHIN_SECONDS)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)


async def _end(subscription: Subscription) -> None:
    try:
        await subscription.end()
    except Exception as error:  # noqa: BLE001 - it ends by itself
        _log.error("line_not_ended", error=type(error).__name__)
