"""What synchronisation leaves alone: absences that a person or an attendant set by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kktest.house import House, herself, mail_of
from kktest.keeping import ANNA
from kktest.make import LUNCH, at

SWEEP = timedelta(minutes=15)


def booked_over(house: House) -> None:
    house.book("b", "12:30", "14:30")


def moved(house: House) -> None:
    house.book("b", "13:00", "14:00")


def made_private(house: House) -> None:
    house.book("b", "13:00", "14:00", sensitivity="private")


def cancelled(house: House) -> None:
    house.book("b", "13:00", "14:00", cancelled=True)


def deleted(house: House) -> None:
    house.calendar.take_away(mail_of(ANNA), "b")


@pytest.mark.parametrize("happening", [booked_over, moved, made_private, cancelled, deleted])
async def test_C_23_synchronisation_never_touches_what_was_set_by_hand(
    house: House, happening: Callable[[House], None]
) -> None:
    booked_over(house)
    await house.settle()
    new = NewAbsence(start=at("13:00"), end=at("14:00"), reason=LUNCH, diversion=Diversion.OPEN, note="by train")
    made = await create_absence(house.core, herself(), ANNA, new)
    before, version = house.by_hand(), house.version(made.id)
    assert len(before) == 1

    happening(house)
    await house.sweep(SWEEP)

    assert (house.by_hand(), house.version(made.id)) == (before, version)


async def test_C_23_an_empty_calendar_takes_nothing_that_was_set_by_hand(house: House) -> None:
    for number in range(6):
        house.book(f"b{number}", "13:00", "14:00")
    await house.settle()
    await create_absence(house.core, herself(), ANNA, NewAbsence(start=at("13:00"), end=at("14:00"), reason=LUNCH))
    for number in range(6):
        house.calendar.take_away(mail_of(ANNA), f"b{number}")
    await house.sweep(SWEEP)
    assert (house.kept(), len(house.by_hand())) == ([], 1)
