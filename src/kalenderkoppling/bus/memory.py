"""In-process bus: an ordered set of mailboxes to look at, and a bounded queue per subscriber."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock

from kalenderkoppling.bus.listener import Listener, Signal
from kalenderkoppling.domain.mailbox import Change, MailboxRef
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.bus import Handler

_log = logging.getLogger(__name__)


class MemoryBus:
    """Any thread and any event loop may call it; handlers run in the loop of their `consume`.

    What is pending is lost with the process: at a start and every minute the store is asked what is due.
    """

    def __init__(self, *, listener_size: int = 1_000) -> None:
        self._listener_size = listener_size
        self._lock = Lock()
        self._pending: dict[MailboxRef, None] = {}
        self._running: set[MailboxRef] = set()
        self._again: set[MailboxRef] = set()
        self._consumers: set[Signal] = set()
        self._listeners: dict[TenantId, set[Listener]] = {}

    @property
    def pending(self) -> tuple[MailboxRef, ...]:
        """Mailboxes that wait for a look, in order, without those that are being looked at."""
        with self._lock:
            return tuple(self._pending)

    async def wake(self, mailbox: MailboxRef) -> None:
        """Request a look at a mailbox; requested during a look, another one follows it."""
        with self._lock:
            if mailbox in self._running:
                self._again.add(mailbox)
                return
            self._pending[mailbox] = None
        self._tell_consumers()

    async def consume(self, handler: Handler, *, at_once: int) -> None:
        """Pass wake-ups to `handler` until cancelled; interrupted looks become pending again."""
        signal = Signal()
        looks: set[asyncio.Task[None]] = set()

        def ended(look: asyncio.Task[None]) -> None:
            looks.discard(look)
            signal.give()

        self._consumers.add(signal)
        try:
            while True:
                signal.forget()
                while len(looks) < at_once and (mailbox := self._take()) is not None:
                    look = asyncio.create_task(self._look(handler, mailbox))
                    looks.add(look)
                    look.add_done_callback(ended)
                await signal.wait()
        finally:
            self._consumers.discard(signal)
            for look in looks:
                look.cancel()
            await asyncio.gather(*looks, return_exceptions=True)

    async def drain(self, handler: Handler) -> None:
        """Handle everything that is pending, and what is woken meanwhile, one by one; then return.

        For virtual time: a test or scenario decides when the worker has its turn.

        Raises:
            ExceptionGroup: of the handlers' errors, after everything was handled.
        """
        errors: list[Exception] = []
        while (mailbox := self._take()) is not None:
            try:
                await handler(mailbox)
            except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others have their turn
                errors.append(error)
            finally:
                self._give_back(mailbox)
        if errors:
            message = "looks failed"
            raise ExceptionGroup(message, errors)

    async def publish(self, change: Change) -> None:
        """Publish a change to all subscribers of its tenant."""
        with self._lock:
            listeners = tuple(self._listeners.get(change.tenant, ()))
        for listener in listeners:
            listener.put(change)

    @asynccontextmanager
    async def subscribe(self, tenant: TenantId) -> AsyncIterator[AsyncIterator[Change]]:
        """Subscribe to a tenant's changes from now on; a slow subscriber gets one change of everybody instead."""
        listener = Listener(tenant, self._listener_size)
        with self._lock:
            self._listeners.setdefault(tenant, set()).add(listener)
        try:
            yield listener.changes()
        finally:
            with self._lock:
                self._listeners[tenant].discard(listener)
                if not self._listeners[tenant]:
                    del self._listeners[tenant]

    def _take(self) -> MailboxRef | None:
        with self._lock:
            mailbox = next(iter(self._pending), None)
            if mailbox is not None:
                del self._pending[mailbox]
                self._running.add(mailbox)
            return mailbox

    async def _look(self, handler: Handler, mailbox: MailboxRef) -> None:
        try:
            await handler(mailbox)
        except asyncio.CancelledError:
            self._again.add(mailbox)
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others have their turn
            # Only the type: the message may hold personal data.
            _log.error("a look failed: %s", type(error).__name__)
        finally:
            self._give_back(mailbox)

    def _give_back(self, mailbox: MailboxRef) -> None:
        with self._lock:
            self._running.discard(mailbox)
            is_pending = mailbox in self._again
            if is_pending:
                self._again.discard(mailbox)
                self._pending[mailbox] = None
        if is_pending:
            self._tell_consumers()

    def _tell_consumers(self) -> None:
        for signal in tuple(self._consumers):
            signal.give()
