"""The call history: whose calls it shows, which way they went, and how the other side is now."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.absences.status import Colour
from kalenderkoppling.domain.absence import OUT_OF_OFFICE, SICK
from kalenderkoppling.domain.call import CallId, CallRecord
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.calls.history.call_history import Direction, HistoryPage, call_history
from kalenderkoppling.usecases.calls.history.record_call import record_call
from kalenderkoppling.usecases.people.erase_person import erase_person
from kktest.calls import call
from kktest.house import ATTENDANT, CAROLINA, House, herself
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import at


async def note(house: House, *records: CallRecord) -> None:
    for record in records:
        await record_call(house.core, ACME, record)


async def everything(house: House, limit: int) -> list[CallId]:
    """Page through Anna's history to its end."""
    page = await call_history(house.core, herself(ANNA), limit=limit)
    found = [row.record.id for row in page.rows]
    while page.next_before is not None:
        page = await call_history(house.core, herself(ANNA), limit=limit, before=page.next_before)
        found += [row.record.id for row in page.rows]
    return found


async def test_calls_to_me_and_by_me_stand_with_the_colleague_on_the_other_side(house: House) -> None:
    to_me, by_me = call("to-me", "11:00", to=ANNA, by=BERTIL), call("by-me", "11:10", to=CAROLINA, by=ANNA)
    from_outside = call("outside", "11:20", to=ANNA)
    await note(house, to_me, by_me, from_outside)

    page = await call_history(house.core, herself(ANNA))

    assert [(row.record, row.direction, row.other and row.other.id) for row in page.rows] == [
        (from_outside, Direction.TO_ME, None),
        (by_me, Direction.BY_ME, CAROLINA),
        (to_me, Direction.TO_ME, BERTIL),
    ]
    assert [row.status is None for row in page.rows] == [True, False, False]


async def test_nobody_sees_anothers_calls_not_even_an_attendant(house: House) -> None:
    await note(house, call(to=ANNA, by=BERTIL))
    assert (await call_history(house.core, ATTENDANT)).rows == []


async def test_the_other_sides_status_is_the_one_that_holds_now(house: House) -> None:
    await note(house, call(to=ANNA, by=BERTIL))
    before = (await call_history(house.core, herself(ANNA))).rows[0].status
    new = NewAbsence(start=at("12:00"), end=at("13:00"), reason=SICK)
    await create_absence(house.core, herself(BERTIL), BERTIL, new)
    after = (await call_history(house.core, herself(ANNA))).rows[0].status

    assert before is not None
    assert after is not None
    assert (before.person, before.colour, before.reason) == (BERTIL, Colour.GREEN, None)
    assert (after.colour, after.reason, after.back_at) == (Colour.ORANGE, OUT_OF_OFFICE, at("13:00"))


async def test_whoever_called_the_own_number_is_on_the_other_side(house: House) -> None:
    await note(house, call(to=ANNA, by=ANNA))
    [row] = (await call_history(house.core, herself(ANNA))).rows
    assert (row.direction, row.other and row.other.id) == (Direction.TO_ME, ANNA)


async def test_a_colleague_who_was_erased_is_nobody_in_the_history(house: House) -> None:
    await note(house, call(to=ANNA, by=BERTIL))
    await erase_person(house.core, ACME, "admin", BERTIL)
    [row] = (await call_history(house.core, herself(ANNA))).rows
    assert (row.other, row.status, row.record.number, row.record.colleague) == (None, None, "", None)


async def test_a_page_says_where_the_next_begins(house: House) -> None:
    await note(house, *(call(f"c{minute}", f"11:{minute:02}", to=ANNA) for minute in range(5)))

    first = await call_history(house.core, herself(ANNA), limit=2)
    assert [row.record.id for row in first.rows] == ["c4", "c3"]
    assert first.next_before == at("11:03")
    last = await call_history(house.core, herself(ANNA), limit=3, before=first.next_before)
    assert [row.record.id for row in last.rows] == ["c2", "c1", "c0"]
    assert last.next_before is None


@pytest.mark.parametrize("limit", [-1, 0, 1])
async def test_a_page_holds_a_call_at_least(house: House, limit: int) -> None:
    await note(house, call("a", "11:00", to=ANNA), call("b", "11:01", to=ANNA))
    page = await call_history(house.core, herself(ANNA), limit=limit)
    assert [row.record.id for row in page.rows] == ["b"]


async def test_a_page_holds_two_hundred_calls_at_most(house: House) -> None:
    with house.store.write(ACME) as tx:
        tx.calls.add(call(f"c{n}", f"1{n // 60}:{n % 60:02}", to=ANNA) for n in range(203))
    page = await call_history(house.core, herself(ANNA), limit=100_000)
    assert (len(page.rows), page.next_before) == (200, page.rows[-1].record.at)


async def test_nobody_called_is_an_empty_page(house: House) -> None:
    assert await call_history(house.core, herself(ANNA)) == HistoryPage(rows=[])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 59), max_size=12), limit=st.integers(1, 5))
async def test_paging_shows_every_call_once_unless_more_than_a_page_came_at_one_instant(
    house: House, minutes: list[int], limit: int
) -> None:
    minutes = [minute for place, minute in enumerate(minutes) if minutes[:place].count(minute) < limit]
    with house.store.write(ACME) as tx:
        tx.calls.drop_before(at("23:00"))
        tx.calls.add(call(f"c{n}", f"11:{minute:02}", to=ANNA) for n, minute in enumerate(minutes))
    found = await everything(house, limit)
    assert sorted(found) == sorted(f"c{n}" for n in range(len(minutes)))


async def test_a_page_is_never_empty_while_there_are_calls_however_many_came_at_one_instant(house: House) -> None:
    await note(house, *(call(f"c{n}", "11:00", to=ANNA) for n in range(3)), call("before", "10:00", to=ANNA))
    first = await call_history(house.core, herself(ANNA), limit=2)
    assert [row.record.id for row in first.rows] == ["c2", "c1"]
    last = await call_history(house.core, herself(ANNA), limit=2, before=first.next_before)
    assert [row.record.id for row in last.rows] == ["before"]
