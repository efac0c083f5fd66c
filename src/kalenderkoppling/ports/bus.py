"""The bus: wake-ups for mailboxes and live changes. Messages may be lost, doubled or reordered without harm."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from kalenderkoppling.domain.mailbox import Change, MailboxRef
from kalenderkoppling.domain.person import TenantId

Handler = Callable[[MailboxRef], Awaitable[None]]


class Bus(Protocol):
    """Wake-ups and changes. The store holds the state; a message only says whose state to read again."""

    async def wake(self, mailbox: MailboxRef) -> None:
        """Request a look at a mailbox; several wake-ups before the look are coalesced.

        A wake-up that arrives during a look at the same mailbox leads to another look after it.
        """
        ...

    async def consume(self, handler: Handler, *, at_once: int) -> None:
        """Hand wake-ups to `handler` until cancelled: at most `at_once` at a time, and one at a time per mailbox.

        An error of the handler is logged; it stops neither the loop nor other mailboxes.
        """
        ...

    async def publish(self, change: Change) -> None:
        """Send a change to all subscribers of the tenant; a no-op without subscribers."""
        ...

    def subscribe(self, tenant: TenantId) -> AbstractAsyncContextManager[AsyncIterator[Change]]:
        """Subscribe to a tenant's changes from now on.

        The queue is bounded: a slow subscriber may miss changes and has to read the state again.
        """
        ...
