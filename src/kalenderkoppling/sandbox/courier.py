"""Delivers notifications to subscribers, as reliably or unreliably as it is configured."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from kalenderkoppling.sandbox.letters import (
    Delivery,
    Letter,
    Lifecycle,
    forgery,
    lifecycle_notice,
    notification,
)
from kalenderkoppling.sandbox.row import Json
from kalenderkoppling.sandbox.subscriptions import SubscriptionBook
from kalenderkoppling.sandbox.world import Change

_FEWEST_TO_JUDGE = 10


@dataclass(slots=True)
class Courier:
    """Posts notifications and counts them.

    `counts` has: told (changes that concerned a subscription), delivered, copies, lost, dropped (slow address), failed
    (attempts), given_up, lifecycle. In virtual time call `settle` after the clock was moved.
    """

    clock: Callable[[], datetime]
    tenant_id: str
    book: SubscriptionBook
    delivery: Delivery = field(default_factory=Delivery)
    counts: Counter[str] = field(default_factory=Counter)
    waiting: list[Letter] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _answers: dict[str, deque[tuple[datetime, bool]]] = field(default_factory=lambda: defaultdict(deque))
    _on_hold: dict[str, datetime] = field(default_factory=dict)

    async def start(self) -> None:
        """Open the HTTP client."""
        self._session = aiohttp.ClientSession(trust_env=False)

    async def stop(self) -> None:
        """Drop notifications in flight, and close."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # Events of the world

    def tell(self, change: Change) -> None:
        """Write a notification for each subscription that a change concerns."""
        for subscription in self.book.live(change.user_id):
            if change.type not in subscription.change_types:
                continue
            self.counts["told"] += 1
            if self.delivery.lose > 0:
                self.delivery.lose -= 1
                self.counts["lost"] += 1
                continue
            item = notification(change, subscription, self.tenant_id)
            for _ in range(self.delivery.copies):
                self._put(subscription.notification_url, item)
        self.flush()

    def tell_lifecycle(self, event: Lifecycle, user_id: str | None = None) -> int:
        """Send a lifecycle event to the subscriptions of a mailbox (or all) that gave an address for it."""
        told = [one for one in self.book.live(user_id) if one.lifecycle_url]
        for one in told:
            self._put(str(one.lifecycle_url), lifecycle_notice(event, one, self.tenant_id))
        self.counts["lifecycle"] += len(told)
        self.flush()
        return len(told)

    def end_subscription(self, user_id: str | None = None, *, silently: bool = False) -> int:
        """Remove subscriptions: with `subscriptionRemoved`, or silently (F-19)."""
        if not silently:
            self.tell_lifecycle(Lifecycle.SUBSCRIPTION_REMOVED, user_id)
        ended = self.book.live(user_id)
        for one in ended:
            self.book.remove(one.id)
        return len(ended)

    # Holding back

    def hold(self) -> None:
        """Hold notifications until `release`."""
        self.delivery.held = True

    def release(self, *, backwards: bool = False) -> None:
        """Send held notifications; `backwards` sends the newest first (F-02)."""
        self.delivery.held = False
        if backwards:
            self.waiting.reverse()
        self.flush()

    def forget(self) -> int:
        """Drop everything that is waiting; return the number."""
        lost = len(self.waiting)
        self.waiting.clear()
        self.counts["lost"] += lost
        return lost

    def flush(self) -> None:
        """Start sending what is due by the clock (call it from the event loop's thread)."""
        if self.delivery.held or self._session is None:
            return
        now = self.clock()
        due = [letter for letter in self.waiting if letter.due <= now]
        self.waiting = [letter for letter in self.waiting if letter.due > now]
        if self.delivery.reversed:
            due.reverse()
        for group in self._grouped(due):
            task = asyncio.get_running_loop().create_task(self._carry(group))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Wait until everything due by the clock has been delivered, dropped or rescheduled."""
        self.flush()
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
            self.flush()

    async def validate(self, url: str) -> bool:
        """Validate an address with a token, as Graph does before it subscribes.

        It must answer 200, text/plain, the token and nothing else, within ten seconds.
        """
        token = f"Validation: Testing client application reachability för {uuid.uuid4()} + %20&="
        session = self._opened()
        timeout = aiohttp.ClientTimeout(total=self.delivery.give_up_after.total_seconds())
        address = URL(url).update_query({"validationToken": token})
        try:
            async with session.post(
                address, timeout=timeout, allow_redirects=False, headers={"Content-Type": "text/plain; charset=utf-8"}
            ) as answer:
                return (
                    answer.status == HTTPStatus.OK
                    and answer.content_type == "text/plain"
                    and await answer.text() == token
                )
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
            return False

    async def forge(self, url: str, count: int, client_state: str | None = "guessed") -> Counter[int]:
        """Post forged notifications (F-17); return how often each status was answered."""
        session, answers = self._opened(), Counter[int]()
        for number in range(count):
            item = forgery(number, self.tenant_id, client_state, self.clock())
            async with session.post(url, json={"value": [item]}) as answer:
                answers[answer.status] += 1
        return answers

    # Inside

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the courier has not been started")
        return self._session

    def _put(self, url: str, item: Json) -> None:
        now = self.clock()
        held_until = self._on_hold.get(_origin(url))
        if held_until is not None and now < held_until:
            self.counts["dropped"] += 1
            return
        due = now + self.delivery.late_by
        self.waiting.append(Letter(url=url, item=item, due=due, first_due=due))

    def _grouped(self, due: Sequence[Letter]) -> list[list[Letter]]:
        if not self.delivery.batched:
            return [[letter] for letter in due]
        groups: dict[str, list[Letter]] = {}
        for letter in due:
            groups.setdefault(letter.url, []).append(letter)
        return list(groups.values())

    async def _carry(self, group: list[Letter]) -> None:
        started = time.monotonic()
        well = await self._post(group[0].url, [letter.item for letter in group])
        took = timedelta(seconds=time.monotonic() - started)
        self._judge(group[0].url, slow=took > self.delivery.slow_after)
        if well:
            self.counts["delivered"] += len(group)
            return
        self.counts["failed"] += 1
        self._try_again(group)

    async def _post(self, url: str, items: list[Json]) -> bool:
        timeout = aiohttp.ClientTimeout(total=self.delivery.give_up_after.total_seconds())
        try:
            async with self._opened().post(
                url, json={"value": items}, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _try_again(self, group: list[Letter]) -> None:
        now = self.clock()
        for letter in group:
            if now - letter.first_due >= self.delivery.retry_for:
                self.counts["given_up"] += 1
                continue
            wait = self.delivery.first_retry * 2**letter.tries
            self.waiting.append(replace(letter, due=now + wait, tries=letter.tries + 1))

    def _judge(self, url: str, *, slow: bool) -> None:
        origin, now = _origin(url), self.clock()
        answers = self._answers[origin]
        answers.append((now, slow))
        while now - answers[0][0] > timedelta(minutes=10):
            answers.popleft()
        share = sum(was_slow for _, was_slow in answers) / len(answers)
        if len(answers) >= _FEWEST_TO_JUDGE and share > self.delivery.slow_share:
            self._on_hold[origin] = now + self.delivery.hold_for
            answers.clear()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
