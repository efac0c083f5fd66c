"""Calls are written down without waiting, whatever becomes of the store."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.errors import InvalidValueError, StoreUnavailableError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.calls import call_book
from kalenderkoppling.usecases.calls.call_book import QueuedCallBook
from kalenderkoppling.usecases.calls.record_call import Note, take_down
from kalenderkoppling.usecases.core import Unit
from kktest.house import House
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON

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
    async with asyncio.timeout(5):
        while not kept(house)[0]:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
    book.note(ACME, replace(CALL, id=CallId("last")))
    stopping.set()
    await running
    assert {each.id for each in kept(house)[0]} == {"c1", "last"}
