"""Wishes to be called back: who sees them, who may take them away, and what the log says of it."""

import pytest

from kalenderkoppling.domain.call import CallId
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Role
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.calls.history.call_backs import all_call_backs, call_back_done, my_call_backs
from kktest.calls import call_back
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA, BERTIL

WISHES = (
    call_back("later", "12:00", to=ANNA, number="0701"),
    call_back("to-bertil", "11:55", to=BERTIL, number="0702"),
    call_back("earlier", "11:50", to=ANNA, by=BERTIL, number="4411"),
)


@pytest.fixture
def wished(house: House) -> House:
    """The house with three wishes, two to Anna and one to Bertil."""
    with house.store.write(ACME) as tx:
        for each in WISHES:
            tx.call_backs.add(each)
    return house


def left(house: House) -> list[str]:
    with house.store.read(ACME) as tx:
        return [each.id for each in tx.call_backs.all(limit=10)]


async def test_a_person_sees_who_wants_to_be_called_back_the_longest_waiting_first(wished: House) -> None:
    found = await my_call_backs(wished.core, herself(ANNA))
    assert [(each.request, each.person.id, each.colleague and each.colleague.id) for each in found] == [
        (WISHES[2], ANNA, BERTIL),
        (WISHES[0], ANNA, None),
    ]


async def test_an_attendant_sees_those_to_everybody(wished: House) -> None:
    found = await all_call_backs(wished.core, ATTENDANT)
    assert [each.request.id for each in found] == ["earlier", "to-bertil", "later"]


@pytest.mark.parametrize("actor", [herself(ANNA), COLLEAGUE, ADMINISTRATOR])
async def test_nobody_else_sees_those_to_everybody(wished: House, actor: Actor) -> None:
    with pytest.raises(NotFoundError):
        await all_call_backs(wished.core, actor)


@pytest.mark.parametrize("actor", [herself(ANNA), ATTENDANT])
async def test_the_person_or_an_attendant_takes_a_wish_away_that_was_dealt_with(wished: House, actor: Actor) -> None:
    place = wished.latest_change()
    await call_back_done(wished.core, actor, CallId("earlier"))
    assert left(wished) == ["to-bertil", "later"]
    assert wished.told_since(place) == [ANNA]


@pytest.mark.parametrize("actor", [COLLEAGUE, ADMINISTRATOR, herself(BERTIL, Role.OPERATOR)])
async def test_nobody_else_takes_a_wish_away(wished: House, actor: Actor) -> None:
    with pytest.raises(NotFoundError):
        await call_back_done(wished.core, actor, CallId("earlier"))
    assert len(left(wished)) == 3
    assert wished.entries() == []


async def test_a_wish_is_dealt_with_once(wished: House) -> None:
    await call_back_done(wished.core, herself(ANNA), CallId("earlier"))
    with pytest.raises(NotFoundError):
        await call_back_done(wished.core, ATTENDANT, CallId("earlier"))
    assert len(wished.entries()) == 1


async def test_the_log_says_who_dealt_with_it_and_names_neither_number_nor_caller(wished: House) -> None:
    await call_back_done(wished.core, ATTENDANT, CallId("earlier"))
    [entry] = wished.entries()
    assert (entry.act, entry.actor, entry.person) == (Act.CALL_BACK_DONE, ATTENDANT.person, ANNA)
    assert [named for named in ("4411", BERTIL) if named in repr(entry)] == []
