"""Calls are written down without waiting, whatever becomes of the store."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Literal

import pytest

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.calls.history import call_book
from kalenderkoppling.usecases.calls.history.call_book import QueuedCallBook
from kalenderkoppling.usecases.calls.history.record_call import Note, take_down
from kalenderkoppling.usecases.core import Unit
from kktest.house import House
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON
from kktest.waiting import settled, turns, until

CALL = CallRecord(id=CallId("c1"), person=ANNA, colleague=BERTIL, number="10877", at=NOON, result=CallResult.ANSWERED)
WISH = CallBackRequest(id=CallId("w1"), person=ANNA, number="+46701740605", at=NOON)


def kept(house: House) -> tuple[list[CallRecord], list[CallBackRequest]]:
    with house.store.read(ACME) as tx:
        return list(tx.calls.of(ANNA, limit=1_000)), list(tx.call_backs.of(ANNA))


async def test_what_was_noted_is_written_and_told_to_both_peoples_pages(house: House) -> None:
    book = QueuedCallBook(house.core, house.meter)
    before = house.latest_change()
    book.note(ACME, CALL)
    book.ask_call_back(ACME, WISH)
    assert await book.write()
    assert kept(house) == ([CALL], [WISH])
    assert set(house.told_since(before)) == {ANNA, BERTIL}


async def test_a_call_to_somebody_who_is_no_longer_there_is_not_kept(house: House) -> None:
    book = QueuedCallBook(house.core, house.meter)
    book.note(ACME, replace(CALL, person=PersonId("nobody")))
    book.note(ACME, CALL)
    assert await book.write()
    assert kept(house)[0] == [CALL]


async def test_F_22_while_the_store_is_out_notes_wait_and_none_is_lost_or_doubled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = QueuedCallBook(house.core, house.meter)
    with monkeypatch.context() as outage:
        outage.setattr(house.store, "write", _out)
        book.note(ACME, CALL)
        book.ask_call_back(ACME, WISH)
        assert not await book.write()
        assert len(book) == 2
    assert await book.write()
    assert kept(house) == ([CALL], [WISH])
    assert len(book) == 0


async def test_a_note_that_the_store_refuses_costs_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def picky(unit: Unit, *, notes: Sequence[Note]) -> None:
        if any(each.id == "bad" for each in notes):
            raise InvalidValueError
        take_down(unit, notes=notes)

    monkeypatch.setattr(call_book, "take_down", picky)
    book = QueuedCallBook(house.core, house.meter)
    for id_ in ("c1", "bad", "c2"):
        book.note(ACME, replace(CALL, id=CallId(id_)))
    assert await book.write()
    assert {each.id for each in kept(house)[0]} == {"c1", "c2"}
    assert house.meter.counts[Count.CALLS_NOT_WRITTEN, "refused"] == 1


def _out(_: object) -> None:
    raise StoreUnavailableError


async def test_S_14_when_too_many_wait_the_oldest_are_lost_and_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_book, "MOST_WAITING", 3)
    book = QueuedCallBook(house.core, house.meter)
    for number in range(5):
        book.note(ACME, replace(CALL, id=CallId(f"c{number}")))
    assert await book.write()
    assert sorted(each.id for each in kept(house)[0]) == ["c2", "c3", "c4"]
    assert house.meter.of(Count.CALLS_NOT_WRITTEN) == 2


async def test_it_writes_while_it_runs_and_once_more_when_it_stops(house: House) -> None:
    book, stopping = QueuedCallBook(house.core, house.meter), asyncio.Event()
    running = asyncio.create_task(book.run(stopping))
    book.note(ACME, CALL)
    await until(lambda: kept(house)[0])
    book.note(ACME, replace(CALL, id=CallId("last")))
    stopping.set()
    await running
    assert {each.id for each in kept(house)[0]} == {"c1", "last"}


class Watched(asyncio.Event):
    """An event that counts how often somebody waits for it."""

    waits = 0

    async def wait(self) -> Literal[True]:
        self.waits += 1
        return await super().wait()


async def test_S_14_a_note_that_comes_during_the_last_write_does_not_keep_it_turning(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, stopping = QueuedCallBook(house.core, house.meter), asyncio.Event()
    watched = book._came = Watched()
    write = house.store.write

    def write_while_another_comes(tenant: TenantId) -> AbstractContextManager[Transaction]:
        if len(kept(house)[0]) == 0:
            book.note(ACME, replace(CALL, id=CallId("c2")))
        return write(tenant)

    monkeypatch.setattr(house.store, "write", write_while_another_comes)
    book.note(ACME, CALL)
    running = asyncio.create_task(book.run(stopping))
    await until(lambda: len(kept(house)[0]) == 2)
    await settled()
    assert watched.waits < 8
    stopping.set()
    await running


async def test_calls_that_end_together_are_written_together(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    book, stopping, written = QueuedCallBook(house.core, house.meter), asyncio.Event(), list[int]()
    write = house.store.write

    def counted(tenant: TenantId) -> AbstractContextManager[Transaction]:
        written.append(1)
        return write(tenant)

    monkeypatch.setattr(house.store, "write", counted)
    running = asyncio.create_task(book.run(stopping))
    for number in range(20):
        book.note(ACME, replace(CALL, id=CallId(f"c{number}")))
        await turns(1)
    await until(lambda: len(kept(house)[0]) == 20)
    assert len(written) <= 3
    stopping.set()
    await running
