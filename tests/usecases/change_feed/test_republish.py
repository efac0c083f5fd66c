"""What another process changes is published on this one's bus, whatever happens to the store meanwhile."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Store
from kalenderkoppling.usecases.calls.history.record_call import record_call
from kalenderkoppling.usecases.change_feed.republish import republish_changes
from kalenderkoppling.usecases.core import Core
from kktest.calls import call
from kktest.house import CAROLINA, House, restarted
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.waiting import settled

QUICKLY = timedelta(milliseconds=10)


@asynccontextmanager
async def hearing(core: Core) -> AsyncIterator["asyncio.Queue[PersonId]"]:
    """Hear others, and give what is told on the bus from then on."""
    told: asyncio.Queue[PersonId] = asyncio.Queue()
    stopping = asyncio.Event()

    async def listen() -> None:
        async with core.bus.subscribe(ACME) as changes:
            listening.set()
            async for change in changes:
                told.put_nowait(change.person)

    listening = asyncio.Event()
    tasks = [asyncio.create_task(listen()), asyncio.create_task(republish_changes(core, ACME, stopping, QUICKLY))]
    await listening.wait()
    await settled()
    try:
        yield told
    finally:
        stopping.set()
        await asyncio.wait_for(tasks[1], 60)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def next_of(told: "asyncio.Queue[PersonId]") -> PersonId:
    return await asyncio.wait_for(told.get(), 60)


async def test_a_call_that_another_process_writes_is_told_here(house: House) -> None:
    with restarted(house) as voice:
        async with hearing(house.core) as told:
            await record_call(voice.core, ACME, call(to=ANNA, by=BERTIL))
            assert {await next_of(told), await next_of(told)} == {ANNA, BERTIL}
            await record_call(voice.core, ACME, call("again", to=BERTIL))
            assert await next_of(told) == BERTIL
            assert told.empty()


async def test_what_was_there_before_is_not_told(house: House) -> None:
    await record_call(house.core, ACME, call(to=ANNA))
    async with hearing(house.core) as told:
        await settled()
        assert told.empty()


async def test_S_7_changes_of_another_tenant_are_not_told(house: House) -> None:
    house.store.add_tenant(OTHER)
    async with hearing(house.core) as told:
        with house.store.write(OTHER) as tx:
            tx.changes.add([ANNA], house.clock.now())
        await settled()
        assert told.empty()


async def test_where_the_feed_has_a_gap_everybody_may_have_changed(house: House) -> None:
    async with hearing(house.core) as told:
        with house.store.write(ACME) as tx:
            tx.changes.add([ANNA, BERTIL], house.clock.now())
            tx.changes.drop_before(house.clock.now() + timedelta(days=1))
            tx.changes.add([ANNA], house.clock.now())
        assert await next_of(told) == EVERYBODY


@pytest.mark.parametrize("further", [0, 1, 5])
async def test_F_31_after_a_backup_was_restored_everybody_is_told(house: House, further: int) -> None:
    change(house, ANNA)
    with closing(sqlite3.connect(":memory:")) as backup, closing(sqlite3.connect(house.file)) as database:
        database.backup(backup)
        change(house, BERTIL)
        async with hearing(house.core) as told:
            backup.backup(database)
            for _ in range(further):
                change(house, CAROLINA)
            assert await next_of(told) == EVERYBODY


def change(house: House, person: PersonId) -> None:
    """Change somebody, an instant after the last change, as another process does."""
    house.clock.forward(timedelta(milliseconds=1))
    with house.store.write(ACME) as tx:
        tx.changes.add([person], house.clock.now())


async def test_F_22_while_the_store_is_away_nothing_is_told_and_afterwards_what_was_missed(
    house: House,
) -> None:
    store = Away(house.store)
    core = replace(house.core, store=store)  # type: ignore[arg-type] # only reading is asked of it
    async with hearing(core) as told:
        store.is_away = True
        await record_call(house.core, ACME, call(to=ANNA))
        assert await next_of(told) == ANNA  # By this process itself.
        await settled()
        assert told.empty()
        store.is_away = False
        assert await next_of(told) == ANNA


class Away:
    """A store that is away at times."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = False

    def read(self, tenant: str) -> object:
        if self.is_away:
            raise StoreUnavailableError
        return self._store.read(tenant)  # type: ignore[arg-type] # it is the id of a tenant
