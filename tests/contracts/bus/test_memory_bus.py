"""The bus inside one process keeps the contract, and drains for virtual time."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from kalenderkoppling.bus import MemoryBus
from kalenderkoppling.domain.mailbox import EVERYBODY, Change, MailboxRef
from kalenderkoppling.ports.bus import Bus
from kktest.bus_contract import ACME, BusContract, Looks, change, consuming, mailbox
from kktest.waiting import DEADLINE_SECONDS, turns, until


class TestMemoryBus(BusContract):
    @pytest.fixture
    def bus(self) -> Bus:
        return MemoryBus()


async def test_draining_handles_what_is_pending_and_what_that_wakes() -> None:
    bus = MemoryBus()
    seen: list[str] = []

    async def look(of: MailboxRef) -> None:
        seen.append(of.person)
        if of.person == "a" and len(seen) < 4:
            await bus.wake(mailbox("c"))
            await bus.wake(mailbox("a"))

    for name in "ab":
        await bus.wake(mailbox(name))
    assert bus.pending == (mailbox("a"), mailbox("b"))

    await bus.drain(look)

    assert seen == ["a", "b", "c", "a"]
    assert not bus.pending


async def test_draining_tells_of_errors_after_everybody_had_a_turn() -> None:
    bus = MemoryBus()
    seen: list[str] = []

    async def look(of: MailboxRef) -> None:
        seen.append(of.person)
        if of.person == "a":
            raise ValueError

    for name in "ab":
        await bus.wake(mailbox(name))
    with pytest.raises(ExceptionGroup):
        await bus.drain(look)

    assert seen == ["a", "b"]


async def test_draining_nothing_returns_at_once() -> None:
    await MemoryBus().drain(Looks())


async def test_a_listener_that_is_far_behind_is_told_that_everybody_changed() -> None:
    bus = MemoryBus(listener_size=3)
    async with bus.subscribe(ACME) as listening:
        for number in range(10):
            await bus.publish(change(f"p{number}"))
        assert await anext(listening) == Change(tenant=ACME, person=EVERYBODY)
        await bus.publish(change("later"))
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await anext(listening) == change("later")


async def test_changes_of_one_person_that_wait_are_one() -> None:
    bus = MemoryBus()
    async with bus.subscribe(ACME) as listening:
        for name in ("anna", "bertil", "anna"):
            await bus.publish(change(name))
        assert [await anext(listening), await anext(listening)] == [change("anna"), change("bertil")]
        await bus.publish(change("anna"))
        assert await anext(listening) == change("anna")


async def test_who_stopped_listening_is_forgotten() -> None:
    bus = MemoryBus()
    async with bus.subscribe(ACME):
        pass
    assert bus._listeners == {}


async def test_other_threads_may_wake_and_publish() -> None:
    bus = MemoryBus()
    looks = Looks()
    with ThreadPoolExecutor(4) as pool:
        async with consuming(bus, looks), bus.subscribe(ACME) as listening:
            await turns()
            for number in range(100):
                pool.submit(asyncio.run, bus.wake(mailbox(f"p{number}")))
            await until(lambda: len(looks.ended) == 100)
            pool.submit(asyncio.run, bus.publish(change()))
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert await anext(listening) == change()


async def test_the_log_tells_the_kind_of_an_error_and_not_its_text(caplog: pytest.LogCaptureFixture) -> None:
    bus = MemoryBus()
    looked = asyncio.Event()

    async def look(_: MailboxRef) -> None:
        looked.set()
        message = "the secret subject"
        raise ValueError(message)

    with caplog.at_level(logging.DEBUG):
        async with consuming(bus, look):
            await bus.wake(mailbox())
            await looked.wait()
            await until(lambda: bool(caplog.records))

    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
