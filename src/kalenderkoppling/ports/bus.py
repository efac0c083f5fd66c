"""The bus: wake-ups for mailboxes and live changes; it may lose, double and reorder, and nothing goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from kalenderkoppling.domain.mailbox import Change, MailboxRef
from kalenderkoppling.domain.person import TenantId

Handler = Callable[[MailboxRef], Awaitable[None]]


class Bus(Protocol):
    """Four calls; what is true is in the store, a message only says where to look (design: a level, not an event)."""

    async def wake(self, mailbox: MailboxRef) -> None:
        """Ask for a look at a mailbox; several wake-ups before the look are one.

        A wake-up that arrives during a look at the same mailbox leads to another look after it.
        """
        ...

    async def consume(self, handler: Handler, *, at_once: int) -> None:
        """Hand wake-ups to `handler`, at most `at_once` together and one at a time per mailbox, until cancelled.

        An error of the handler ends neither the consuming nor other mailboxes' turns.
        """
        ...

    async def publish(self, change: Change) -> None:
        """Tell everybody who listens to the tenant; nobody listening is fine."""
        ...

    def subscribe(self, tenant: TenantId) -> AbstractAsyncContextManager[AsyncIterator[Change]]:
        """Listen to a tenant's changes from now on; bounded: a slow listener may miss some and must look anew."""
        ...
