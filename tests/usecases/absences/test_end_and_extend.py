"""Ending an absence now, and making it longer: by hand and from the calendar."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import MEETING, AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.end_absence import end_absence
from kalenderkoppling.usecases.absences.extend_absence import extend_absence
from kktest.house import COLLEAGUE, House, herself
from kktest.keeping import ANNA
from kktest.make import at

QUARTER = timedelta(minutes=15)


async def absence(house: House, start: str, end: str) -> AbsenceId:
    house.book("b", start, end)
    await house.look()
    return house.the_kept().id


async def test_an_absence_in_force_ends_now(house: House) -> None:
    await end_absence(house.core, herself(), await absence(house, "11:00", "14:00"))
    assert house.absences()[0].interval.end == at("12:00")


async def test_one_that_has_hardly_begun_is_removed(house: House) -> None:
    house.clock.forward(timedelta(seconds=40))
    await end_absence(house.core, herself(), await absence(house, "12:00", "14:00"))
    assert (house.absences(), house.the_kept().is_removed) == ([], True)


async def test_one_that_lies_ahead_is_removed(house: House) -> None:
    await end_absence(house.core, herself(), await absence(house, "13:00", "14:00"))
    assert house.absences() == []


async def test_one_that_has_ended_is_a_conflict(house: House) -> None:
    ended = await absence(house, "10:00", "11:00")
    with pytest.raises(ConflictError):
        await end_absence(house.core, herself(), ended)
    with pytest.raises(ConflictError):
        await extend_absence(house.core, herself(), ended, QUARTER)


async def test_ending_what_was_ended_a_moment_ago_is_a_conflict(house: House) -> None:
    id_ = await absence(house, "11:00", "14:00")
    await end_absence(house.core, herself(), id_)
    with pytest.raises(ConflictError):
        await end_absence(house.core, herself(), id_)


async def test_it_is_prolonged_by_a_quarter(house: House) -> None:
    id_ = await absence(house, "11:00", "14:00")
    await extend_absence(house.core, herself(), id_, QUARTER)
    await extend_absence(house.core, herself(), id_, QUARTER)
    assert house.absences()[0].interval.end == at("14:30")


async def test_a_hand_made_one_too(house: House) -> None:
    made = await create_absence(
        house.core, herself(), ANNA, NewAbsence(start=at("11:00"), end=at("13:00"), reason=MEETING)
    )
    await extend_absence(house.core, herself(), made.id, QUARTER)
    assert house.absences()[0].interval.end == at("13:15")
    await end_absence(house.core, herself(), made.id)
    assert house.absences()[0].interval.end == at("12:00")


async def test_a_colleague_can_do_neither(house: House) -> None:
    id_ = await absence(house, "11:00", "14:00")
    with pytest.raises(NotFoundError):
        await end_absence(house.core, COLLEAGUE, id_)
    with pytest.raises(NotFoundError):
        await extend_absence(house.core, COLLEAGUE, id_, QUARTER)


async def test_an_older_version_is_a_conflict(house: House) -> None:
    id_ = await absence(house, "11:00", "14:00")
    seen = house.version(id_)
    await extend_absence(house.core, herself(), id_, QUARTER, version=seen)
    with pytest.raises(ConflictError):
        await end_absence(house.core, herself(), id_, version=seen)


async def test_each_is_in_the_log_once(house: House) -> None:
    id_ = await absence(house, "11:00", "14:00")
    await extend_absence(house.core, herself(), id_, QUARTER)
    await end_absence(house.core, herself(), id_)
    assert [each.act for each in house.audit()] == [Act.EDIT_ABSENCE, Act.EDIT_ABSENCE]
