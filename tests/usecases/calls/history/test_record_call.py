"""Calls and wishes as they are written down: who is told, and that nobody who was erased comes back."""

from dataclasses import replace
from functools import partial

import pytest

from kalenderkoppling.domain.call import CallBackRequest, CallRecord, CallResult
from kalenderkoppling.domain.mailbox import Change
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.calls.history.record_call import Note, ask_call_back, record_call, take_down
from kalenderkoppling.usecases.core import perform
from kalenderkoppling.usecases.people.erase_person import erase_person
from kktest.calls import call, call_back
from kktest.house import CAROLINA, House
from kktest.keeping import ACME, ANNA, BERTIL

GONE = PersonId("gone")


def calls_of(house: House, person: PersonId) -> list[CallRecord]:
    with house.store.read(ACME) as tx:
        return list(tx.calls.of(person, limit=10))


async def test_a_call_is_in_the_history_of_the_person_and_of_the_colleague_who_called(house: House) -> None:
    record = call(to=ANNA, by=BERTIL)
    await record_call(house.core, ACME, record)
    assert (calls_of(house, ANNA), calls_of(house, BERTIL), calls_of(house, CAROLINA)) == ([record], [record], [])


async def test_the_person_and_the_colleague_are_told_at_once_and_in_the_feed(house: House) -> None:
    place = house.latest_change()
    async with house.bus.subscribe(ACME) as changes:
        await record_call(house.core, ACME, call(to=ANNA, by=BERTIL))
        heard = {await anext(changes), await anext(changes)}
    assert heard == {Change(tenant=ACME, person=ANNA), Change(tenant=ACME, person=BERTIL)}
    assert sorted(house.told_since(place)) == [ANNA, BERTIL]


async def test_a_call_from_outside_is_told_to_the_person_alone(house: House) -> None:
    place = house.latest_change()
    await record_call(house.core, ACME, call(to=ANNA))
    assert house.told_since(place) == [ANNA]


async def test_a_call_that_is_told_again_is_there_once_as_told_last(house: House) -> None:
    record = call(to=ANNA, result=CallResult.MISSED)
    last = replace(record, result=CallResult.ANSWERED)
    await record_call(house.core, ACME, record)
    await record_call(house.core, ACME, last)
    assert calls_of(house, ANNA) == [last]


async def test_S_12_a_call_to_somebody_who_was_erased_meanwhile_is_not_written(house: House) -> None:
    place = house.latest_change()
    await record_call(house.core, ACME, call(to=GONE, by=BERTIL))
    assert (calls_of(house, GONE), calls_of(house, BERTIL), house.told_since(place)) == ([], [], [])


async def test_S_12_a_call_by_somebody_who_was_erased_meanwhile_names_nobody(house: House) -> None:
    await erase_person(house.core, ACME, "admin", BERTIL)
    place = house.latest_change()
    record = call(to=ANNA, by=BERTIL)
    await record_call(house.core, ACME, record)
    assert calls_of(house, ANNA) == [replace(record, colleague=None, number="")]
    assert house.told_since(place) == [ANNA]


async def test_a_wish_to_be_called_back_is_there_and_the_person_is_told(house: House) -> None:
    place = house.latest_change()
    request = call_back(to=ANNA, by=BERTIL)
    await ask_call_back(house.core, ACME, request)
    with house.store.read(ACME) as tx:
        assert tx.call_backs.of(ANNA) == [request]
    assert house.told_since(place) == [ANNA]


async def test_somebody_who_calls_the_own_number_may_wish_to_be_called_back(house: House) -> None:
    await ask_call_back(house.core, ACME, call_back(to=ANNA, by=ANNA))
    with house.store.read(ACME) as tx:
        assert len(tx.call_backs.of(ANNA)) == 1


@pytest.mark.parametrize("wish", [call_back(to=GONE), call_back(to=ANNA, by=GONE)])
async def test_S_12_a_wish_that_names_somebody_who_was_erased_is_not_written(
    house: House, wish: CallBackRequest
) -> None:
    place = house.latest_change()
    await ask_call_back(house.core, ACME, wish)
    with house.store.read(ACME) as tx:
        assert tx.call_backs.all(limit=10) == []
    assert house.told_since(place) == []


async def test_many_notes_are_taken_down_at_once_and_everybody_is_told_once(house: House) -> None:
    place = house.latest_change()
    first, second = call("first", "11:00", to=ANNA, by=BERTIL), call("second", "11:05", to=ANNA)
    wish, later = call_back("wish", "11:05", to=CAROLINA), call_back("later", "11:10", to=CAROLINA)
    notes: list[Note] = [first, wish, second, later, call("gone", to=GONE)]
    await perform(house.core, ACME, partial(take_down, notes=notes))

    assert calls_of(house, ANNA) == [second, first]
    with house.store.read(ACME) as tx:
        assert tx.call_backs.all(limit=10) == [later]
    assert sorted(house.told_since(place)) == [ANNA, BERTIL, CAROLINA]
