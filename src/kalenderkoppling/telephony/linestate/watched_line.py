"""One line that is watched by a subscription to its dialogs: subscribed, refreshed, lost, subscribed again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.lines import Line, LineReport
from kalenderkoppling.telephony.linestate.dialog_document import CONTENT_TYPE, Dialogs, read_dialog_document
from kalenderkoppling.telephony.linestate.rate_limit import RateLimit
from kalenderkoppling.telephony.linestate.subscriptions import (
    EndReason,
    EventSubscriptions,
    Notification,
    Phase,
    Subscription,
    SubscriptionFailedError,
)

_HARDLY_AGAIN = frozenset({EndReason.REJECTED, EndReason.NORESOURCE, EndReason.INVARIANT})
_REFUSALS = frozenset({403, 404, 405, 410, 416, 485, 489, 501, 603, 604})
"""Statuses that a quick retry cannot change: the number does not exist, or the exchange has no dialog events."""

_NEVER = float("inf")
_TIMED_OUT = 408
_SAME_INSTANT = 2.0

_log = structlog.get_logger("lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How an exchange is asked.

    `expires` is wanted: an exchange that forgot us shows its old states no longer than that. `grace` is how long
    after it a state is still believed. `notice_within` is the wait for the notice that follows each subscription
    (RFC 6665, section 4.1.2.4). A line that fails is tried again after `shortest_retry`, each time after twice as
    long, up to `longest_retry`; one that is refused after `refused_retry`. `steady` is how long a subscription must
    last to count as one that works. No line is refreshed more often than each `shortest_round`, and at most
    `per_second` are subscribed to.
    """

    expires: timedelta = timedelta(minutes=10)
    grace: timedelta = timedelta(seconds=5)
    notice_within: timedelta = timedelta(seconds=32)
    shortest_retry: timedelta = timedelta(seconds=2)
    longest_retry: timedelta = timedelta(minutes=5)
    refused_retry: timedelta = timedelta(hours=1)
    steady: timedelta = timedelta(minutes=1)
    shortest_round: timedelta = timedelta(seconds=5)
    per_second: float = 50.0

    def retry_after(self, failures: int) -> timedelta:
        """Return the wait after so many failures in a row."""
        doublings = min(max(failures - 1, 0), 20)
        return min(self.shortest_retry * (1 << doublings), self.longest_retry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lines of one exchange share."""

    subscriptions: EventSubscriptions
    manners: Manners
    pace: RateLimit
    clock: Clock
    chance: Callable[[], float]
    tell: Callable[[LineReport], None]
    let_end: Callable[[Subscription], None]


@dataclass(slots=True, kw_only=True)
class _Standing:
    """The state of one subscription; instants are the loop's, in seconds.

    `ask_at` is when everything is asked for anew because a notice did not fit, for the `asked`th time in a row.
    """

    expires_at: float = 0.0
    refresh_at: float = _NEVER
    notice_by: float = _NEVER
    ask_at: float = _NEVER
    asked: int = 0
    dialogs: Dialogs = field(default_factory=Dialogs)
    ended: Notification | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class WatchedLine:
    """Watches one line for as long as `keep` runs."""

    def __init__(self, line: Line, target: str, around: Surroundings) -> None:
        self._line = line
        self._target = target
        self._around = around
        self._loop = asyncio.get_running_loop()
        self._standing: _Standing | None = None
        self._failures = 0

    async def keep(self) -> None:
        """Subscribe, and again whenever that is lost; until it is cancelled."""
        while True:
            await self._around.pace.turn()
            begun = self._loop.time()
            try:
                wait = await self._subscribed()
            except SubscriptionFailedError as error:
                wait = self._wait_after(error)
            except Exception as error:  # noqa: BLE001 - whatever an exchange brings about, the line is tried again
                _log.error("line_failed", error=type(error).__name__)
                wait = timedelta()
            finally:
                self._standing = None
                self._tell_unknown()
            lasted = self._loop.time() - begun >= self._around.manners.steady.total_seconds()
            self._failures = 0 if lasted else self._failures + 1
            await asyncio.sleep(self._pause(wait))

    async def _subscribed(self) -> timedelta:
        """Subscribe and stay subscribed; return, once that is over, how long the exchange wants to be left alone."""
        wanted = self._around.manners.expires
        standing = self._standing = _Standing()
        self._lasts(standing, wanted)
        self._expect_notice(standing)
        subscription = await self._around.subscriptions.subscribe(
            self._target, event="dialog", accept=CONTENT_TYPE, expires=wanted, take=partial(self._take, standing)
        )
        try:
            self._granted(standing, subscription.granted)
            await self._stay(standing, subscription)
        finally:
            if standing.ended is None:
                self._around.let_end(subscription)
        return self._wait_after_end(standing.ended)

    async def _stay(self, standing: _Standing, subscription: Subscription) -> None:
        """Return when the subscription has ended, has run out, or when nothing was told after it was (re)made."""
        grace = self._around.manners.grace.total_seconds()
        while standing.ended is None:
            now = self._loop.time()
            lost_at = min(standing.expires_at + grace, standing.notice_by)
            refresh_at = min(standing.refresh_at, standing.ask_at)
            if now >= lost_at:
                return
            if now >= refresh_at:
                await self._refresh(standing, subscription, standing.expires_at + grace)
                continue
            standing.changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(refresh_at, lost_at)):
                    await standing.changed.wait()

    async def _refresh(self, standing: _Standing, subscription: Subscription, until: float) -> None:
        """Prolong the subscription, or raise; what is told meanwhile is taken.

        A refresh that fails for whatever reason is a lost line. RFC 6665 (4.1.2.2) would believe the old state until
        it runs out, but nobody knows then whether the exchange still does.
        """
        standing.refresh_at = standing.ask_at = _NEVER
        self._expect_notice(standing)
        try:
            async with asyncio.timeout_at(until):
                await subscription.refresh(self._around.manners.expires)
        except TimeoutError:
            raise SubscriptionFailedError(_TIMED_OUT) from None
        self._granted(standing, subscription.granted)

    def _take(self, standing: _Standing, notice: Notification) -> None:
        """Handle a notification; those of an abandoned subscription are ignored."""
        if standing is not self._standing or standing.ended is not None:
            return
        standing.changed.set()
        if notice.state.phase is Phase.TERMINATED:
            standing.ended = notice
            self._tell_unknown()
            return
        standing.notice_by = _NEVER
        if notice.state.expires is not None:
            self._lasts(standing, notice.state.expires)
        following = None if notice.state.phase is Phase.PENDING else self._read(standing, notice)
        if following is None:
            standing.dialogs = Dialogs()
            self._tell_unknown()
        else:
            standing.dialogs = following
            self._tell(standing)

    def _read(self, standing: _Standing, notice: Notification) -> Dialogs | None:
        """Return the dialogs after a notice, None where it does not tell; a partial one that does not fit is asked on.

        An unreadable one triggers no refresh: the answer would hardly differ.
        """
        try:
            if notice.content_type != CONTENT_TYPE:
                raise InvalidValueError("a notice of another kind")  # noqa: TRY301 - handled alike
            document = read_dialog_document(notice.body)
        except InvalidValueError:
            return None
        following = standing.dialogs.after(document)
        if following is None:
            self._ask_for_full(standing)
        elif document.is_full:
            standing.ask_at, standing.asked = _NEVER, 0
        return following

    def _ask_for_full(self, standing: _Standing) -> None:
        """Have the subscription refreshed soon, since each refresh brings everything (RFC 4235, section 4.3)."""
        if standing.ask_at == _NEVER:
            wait = self._around.manners.retry_after(standing.asked) if standing.asked else timedelta()
            standing.asked += 1
            standing.ask_at = self._loop.time() + wait.total_seconds()

    def _granted(self, standing: _Standing, granted: timedelta) -> None:
        """Note how long the exchange granted; what it has told already lasts that long too."""
        if standing.ended is None:
            self._lasts(standing, granted)
            if standing.dialogs.version is not None:
                self._tell(standing)

    def _expect_notice(self, standing: _Standing) -> None:
        standing.notice_by = self._loop.time() + self._around.manners.notice_within.total_seconds()

    def _lasts(self, standing: _Standing, expires: timedelta) -> None:
        """Note when the subscription runs out; it is refreshed well before, each line at a chance time of its own."""
        now, left = self._loop.time(), expires.total_seconds()
        is_news = abs(now + left - standing.expires_at) > _SAME_INSTANT
        standing.expires_at = now + left
        if is_news or standing.refresh_at == _NEVER:
            share = 0.6 + 0.2 * self._around.chance()
            standing.refresh_at = now + max(left * share, self._around.manners.shortest_round.total_seconds())

    def _tell(self, standing: _Standing) -> None:
        left = timedelta(seconds=standing.expires_at - self._loop.time()) + self._around.manners.grace
        until = self._around.clock.now() + left
        self._around.tell(LineReport(line=self._line, state=standing.dialogs.line, valid_until=until))

    def _tell_unknown(self) -> None:
        self._around.tell(LineReport.unknown(self._line, self._around.clock.now()))

    def _wait_after(self, error: SubscriptionFailedError) -> timedelta:
        least = self._around.manners.refused_retry if error.code in _REFUSALS else timedelta()
        return max(least, error.retry_after or timedelta())

    def _wait_after_end(self, ended: Notification | None) -> timedelta:
        if ended is None:
            return timedelta()
        least = self._around.manners.refused_retry if ended.state.reason in _HARDLY_AGAIN else timedelta()
        return max(least, ended.state.retry_after or timedelta())

    def _pause(self, wait: timedelta) -> float:
        """Return the seconds until the next try: what was asked for, or longer after failures in a row."""
        ours = self._around.manners.retry_after(self._failures) if self._failures else timedelta()
        return max(wait, ours).total_seconds() * (1.0 + 0.5 * self._around.chance())
