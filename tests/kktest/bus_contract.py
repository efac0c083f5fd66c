"""What every bus keeps to: each kind's tests inherit this suite and give a fixture `bus`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from kalenderkoppling.domain.mailbox import Change, MailboxRef
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.bus import Bus, Handler
from kktest.waiting import DEADLINE_SECONDS, settled, turns, until

ACME, OTHER = TenantId("acme"), TenantId("other")


def mailbox(name: str = "anna", tenant: TenantId = ACME) -> MailboxRef:
    return MailboxRef(tenant=tenant, person=PersonId(name))


def change(name: str = "anna", tenant: TenantId = ACME) -> Change:
    return Change(tenant=tenant, person=PersonId(name))


@asynccontextmanager
async def consuming(bus: Bus, handler: Handler, *, at_once: int = 4) -> AsyncIterator[None]:
    """Consume for a while."""
    task = asyncio.create_task(bus.consume(handler, at_once=at_once))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Looks:
    """A handler that notes what it is given and waits until it is let through."""

    def __init__(self, *, open_: bool = True) -> None:
        self.begun: list[MailboxRef] = []
        self.ended: list[MailboxRef] = []
        self.running = 0
        self.most_running = 0
        self.gate = asyncio.Event()
        if open_:
            self.gate.set()

    async def __call__(self, of: MailboxRef) -> None:
        self.begun.append(of)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        self.ended.append(of)


class BusContract:
    """A bus may lose and double; what it must never do stands here."""

    async def test_a_mailbox_that_is_woken_is_looked_at(self, bus: Bus) -> None:
        looks = Looks()
        async with consuming(bus, looks):
            await bus.wake(mailbox())
            await until(lambda: looks.ended == [mailbox()])

    async def test_wake_ups_from_before_the_consuming_count(self, bus: Bus) -> None:
        looks = Looks()
        await bus.wake(mailbox())
        async with consuming(bus, looks):
            await until(lambda: looks.ended == [mailbox()])

    async def test_F_01_several_wake_ups_before_the_look_are_one(self, bus: Bus) -> None:
        looks = Looks()
        for _ in range(50):
            await bus.wake(mailbox())
        async with consuming(bus, looks):
            await until(lambda: bool(looks.ended))
            await settled()
        assert looks.ended == [mailbox()]

    async def test_a_wake_up_during_the_look_leads_to_one_more_look_after_it(self, bus: Bus) -> None:
        looks = Looks(open_=False)
        async with consuming(bus, looks):
            await bus.wake(mailbox())
            await until(lambda: looks.running == 1)
            for _ in range(3):
                await bus.wake(mailbox())
            await settled()
            assert looks.begun == [mailbox()]
            looks.gate.set()
            await until(lambda: len(looks.ended) == 2)
            await settled()
        assert looks.begun == [mailbox(), mailbox()]

    async def test_F_24_a_mailbox_is_looked_at_by_one_at_a_time(self, bus: Bus) -> None:
        looks = Looks()
        running: set[MailboxRef] = set()

        async def look(of: MailboxRef) -> None:
            assert of not in running
            running.add(of)
            await turns()
            running.discard(of)
            await looks(of)

        async with consuming(bus, look), consuming(bus, look):
            for number in range(60):
                await bus.wake(mailbox(f"p{number % 3}"))
                await turns(1)
            await until(lambda: {each.person for each in looks.ended} == {"p0", "p1", "p2"})

    async def test_no_more_looks_than_asked_for_run_at_once(self, bus: Bus) -> None:
        looks = Looks(open_=False)
        async with consuming(bus, looks, at_once=2):
            for number in range(5):
                await bus.wake(mailbox(f"p{number}"))
            await until(lambda: looks.running == 2)
            await settled()
            looks.gate.set()
            await until(lambda: len(looks.ended) == 5)
        assert looks.most_running == 2

    async def test_one_slow_mailbox_holds_up_no_other(self, bus: Bus) -> None:
        slow = asyncio.Event()
        looks = Looks()

        async def look(of: MailboxRef) -> None:
            if of == mailbox("slow"):
                await slow.wait()
            await looks(of)

        async with consuming(bus, look, at_once=2):
            await bus.wake(mailbox("slow"))
            for number in range(5):
                await bus.wake(mailbox(f"p{number}"))
            await until(lambda: len(looks.ended) == 5)
            slow.set()
            await until(lambda: mailbox("slow") in looks.ended)

    @pytest.mark.parametrize("error", [ValueError("secret"), TimeoutError(), KeyError("x")], ids=repr)
    async def test_an_error_of_the_handler_ends_nothing(self, bus: Bus, error: Exception) -> None:
        looks = Looks()

        async def look(of: MailboxRef) -> None:
            if of == mailbox("bad"):
                raise error
            await looks(of)

        async with consuming(bus, look, at_once=1):
            await bus.wake(mailbox("bad"))
            await bus.wake(mailbox("good"))
            await until(lambda: looks.ended == [mailbox("good")])
            await bus.wake(mailbox("good"))
            await until(lambda: len(looks.ended) == 2)

    async def test_a_look_that_was_cut_off_is_made_again(self, bus: Bus) -> None:
        looks = Looks(open_=False)
        async with consuming(bus, looks):
            await bus.wake(mailbox())
            await until(lambda: looks.running == 1)
        assert looks.running == 0
        looks.gate.set()
        async with consuming(bus, looks):
            await until(lambda: looks.ended == [mailbox()])

    async def test_everybody_who_listens_is_told(self, bus: Bus) -> None:
        async with bus.subscribe(ACME) as one, bus.subscribe(ACME) as other:
            await bus.publish(change())
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert [await anext(one), await anext(other)] == [change(), change()]

    async def test_nobody_listening_is_fine(self, bus: Bus) -> None:
        await bus.publish(change())
        async with bus.subscribe(ACME) as listening:
            await bus.publish(change("bertil"))
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert await anext(listening) == change("bertil")

    async def test_a_tenant_hears_nothing_of_another(self, bus: Bus) -> None:
        async with bus.subscribe(ACME) as listening:
            await bus.publish(change("olle", OTHER))
            await bus.publish(change("anna"))
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert await anext(listening) == change("anna")

    async def test_a_listener_that_never_reads_holds_up_nobody(self, bus: Bus) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), bus.subscribe(ACME), bus.subscribe(ACME) as reading:
            for number in range(5_000):
                await bus.publish(change(f"p{number}"))
            assert (await anext(reading)).tenant == ACME
