"""An exchange that tells of dialogs, behind the Protocol of subscriptions: no sockets, and no kinder than a real one.

It grants what it likes, may be dead, refuse, forget its subscriptions without a word, tell in parts, and tell before
it has answered.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from kalenderkoppling.telephony.linestate.subscriptions import (
    EndReason,
    Notification,
    Phase,
    SubscriptionFailedError,
    SubscriptionState,
    TakeNotification,
)

CONTENT_TYPE = "application/dialog-info+xml"
DEAD_AFTER_SECONDS = 32.0

Row = tuple[str, str, str]
"""A dialog: id, state, direction (empty where it is not told)."""


def dialog_info(dialogs: Iterable[Row], *, version: int, is_full: bool = True) -> bytes:
    """A dialog document as a notifier writes it."""
    rows = "".join(
        f'<dialog id="{name}"{direction and f" direction={direction!r}"}><state>{state}</state></dialog>'
        for name, state, direction in dialogs
    )
    kind = "full" if is_full else "partial"
    return (
        f'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" '
        f'state="{kind}" entity="sip:phone@example.org">{rows}</dialog-info>'
    ).encode()


@dataclass(slots=True)
class Taken:
    """A subscription that the exchange has taken."""

    exchange: "DialogExchange"
    target: str
    take: TakeNotification
    granted: timedelta
    until: float = 0.0
    version: int = 0
    is_known: bool = True
    told: dict[str, Row] = field(default_factory=dict)

    async def refresh(self, expires: timedelta) -> None:
        """See the Protocol."""
        self.exchange.asked.append(("refresh", self.target, self.exchange.now()))
        await self.exchange.answer()
        if not self.is_known or self.exchange.now() >= self.until:
            self.is_known = False
            raise SubscriptionFailedError(481)
        self.exchange.grant(self, expires)

    async def end(self) -> None:
        """See the Protocol."""
        if self.is_known:
            self.exchange.asked.append(("end", self.target, self.exchange.now()))
            with suppress(SubscriptionFailedError):
                await self.exchange.answer()
                self.is_known = False

    def notify(self, body: bytes, content_type: str = CONTENT_TYPE, phase: Phase = Phase.ACTIVE) -> None:
        """Send any notice."""
        left = timedelta(seconds=max(0.0, self.until - self.exchange.now()))
        state = SubscriptionState(phase=phase, expires=left if self.exchange.tells_expiry else None)
        self.take(Notification(state=state, content_type=content_type, body=body))

    def tell(self, *, is_full: bool = True) -> None:
        """Tell the dialogs of the phone: all, or those that changed since the last time."""
        now = {row[0]: row for row in self.exchange.phones.get(self.target, [])}
        gone = [(name, "terminated", "") for name in self.told if name not in now]
        changed = [row for name, row in now.items() if self.told.get(name) != row]
        rows = [*now.values()] if is_full else [*gone, *changed]
        if self.exchange.loses_notices:
            self.version += 1
        else:
            self.notify(dialog_info(rows, version=self.version, is_full=is_full))
            self.version += 1
        self.told = now


@dataclass(slots=True)
class DialogExchange:
    """The exchange; `asked` is each verb with its target and when."""

    longest: timedelta = timedelta(hours=1)
    in_parts: bool = False
    tells_expiry: bool = True
    tells_first: bool = False
    tells_at_first: bool = True
    loses_notices: bool = False
    is_dead: bool = False
    refuses_all: bool = False
    breaks: list[Exception] = field(default_factory=list)
    refusals: deque[SubscriptionFailedError] = field(default_factory=deque)
    phones: dict[str, list[Row]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    asked: list[tuple[str, str, float]] = field(default_factory=list)

    async def subscribe(
        self, target: str, *, event: str, accept: str, expires: timedelta, take: TakeNotification
    ) -> Taken:
        """See the Protocol."""
        assert (event, accept) == ("dialog", CONTENT_TYPE)
        self.asked.append(("subscribe", target, self.now()))
        await self.answer()
        taken = Taken(self, target, take, expires)
        self.taken = [each for each in self.taken if each.is_known] + [taken]
        self.grant(taken, expires)
        return taken

    def grant(self, taken: Taken, expires: timedelta) -> None:
        """Grant, and tell everything: at once, or a moment after the answer."""
        taken.granted = min(expires, self.longest)
        taken.until = self.now() + taken.granted.total_seconds()
        loop = asyncio.get_running_loop()
        loop.call_later(taken.granted.total_seconds(), self._run_out, taken)
        if self.tells_first:
            taken.tell()
        elif self.tells_at_first:
            loop.call_later(0.01, self._tell, taken)

    async def answer(self) -> None:
        """Take a moment; be dead, or refuse."""
        await asyncio.sleep(DEAD_AFTER_SECONDS if self.is_dead else 0.002)
        if self.is_dead:
            raise SubscriptionFailedError(408)
        if self.breaks:
            raise self.breaks.pop()
        if self.refuses_all:
            raise SubscriptionFailedError(503)
        if self.refusals:
            raise self.refusals.popleft()

    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    def of(self, target: str) -> Taken:
        """The one living subscription to a target."""
        [found] = [each for each in self.taken if each.target == target and each.is_known]
        return found

    def verbs(self, target: str) -> list[str]:
        """What was asked for a target, in order."""
        return [verb for verb, of, _ in self.asked if of == target]

    def set(self, target: str, *rows: Row) -> None:
        """Change a phone's dialogs and tell whoever has subscribed."""
        self.phones[target] = list(rows)
        for each in self.taken:
            if each.is_known and each.target == target and not self.is_dead:
                each.tell(is_full=not self.in_parts)

    def forget(self) -> None:
        """Start anew: no subscription is known, and nobody is told (F-19)."""
        for each in self.taken:
            each.is_known = False

    def end(self, target: str, reason: EndReason, retry_after: timedelta | None = None) -> None:
        """End a subscription, and say so."""
        taken = self.of(target)
        taken.is_known = False
        state = SubscriptionState(phase=Phase.TERMINATED, reason=reason, retry_after=retry_after)
        taken.take(Notification(state=state))

    def _tell(self, taken: Taken) -> None:
        if taken.is_known and not self.is_dead:
            taken.tell()

    def _run_out(self, taken: Taken) -> None:
        if taken.is_known and self.now() >= taken.until - 0.001 and not self.is_dead:
            self.end(taken.target, EndReason.TIMEOUT)
