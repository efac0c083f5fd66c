"""Asking why an absence is there: the steps, for whom they are told, and that the asking is logged."""

import pytest

from kalenderkoppling.domain.absence import MEETING, AbsenceId, Edit
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Role
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.walk import Check, Finding
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.explain_absence import explain_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.actor import Actor
from kktest.house import ADMINISTRATOR, ATTENDANT, CAROLINA, COLLEAGUE, House, herself
from kktest.keeping import ANNA
from kktest.make import LUNCH, at


async def booked(house: House) -> AbsenceId:
    house.book("b", "13:00", "14:00")
    await house.look()
    return house.the_kept().id


@pytest.mark.parametrize("actor", [herself(), ATTENDANT, ADMINISTRATOR])
async def test_the_walk_of_the_rules_is_told(house: House, actor: Actor) -> None:
    told = await explain_absence(house.core, actor, await booked(house))
    assert (told.person, told.show_as, told.is_fresh) == (ANNA, ShowAs.BUSY, True)
    assert told.mailbox is not None
    assert told.mailbox.last_good_look == house.clock.now()
    assert (told.steps[-1].check, told.steps[-1].finding) == (Check.STANDARD_TEMPLATE, Finding.GIVES)
    assert told.absence == house.absences()[0]


async def test_R19_a_colleague_is_told_nothing(house: House) -> None:
    for id_ in (await booked(house), AbsenceId("no-such")):
        with pytest.raises(NotFoundError):
            await explain_absence(house.core, COLLEAGUE, id_)


async def test_what_people_laid_over_it_is_told(house: House) -> None:
    id_ = await booked(house)
    await edit_absence(house.core, herself(), id_, Fields(reason=LUNCH))
    assert (await explain_absence(house.core, herself(), id_)).edit == Edit(reason=LUNCH)
    await remove_absence(house.core, herself(), id_)
    told = await explain_absence(house.core, herself(), id_)
    assert (told.absence, told.edit) == (None, Edit(removed=True))


async def test_a_hand_made_one_has_no_steps(house: House) -> None:
    new = NewAbsence(start=at("13:00"), end=at("14:00"), reason=MEETING)
    made = await create_absence(house.core, herself(), ANNA, new)
    told = await explain_absence(house.core, herself(), made.id)
    assert (told.steps, told.absence) == ((), house.absences()[0])


async def test_S_12_an_administrators_asking_is_in_the_log_once_and_nobody_elses(house: House) -> None:
    id_ = await booked(house)
    for actor in (herself(), ATTENDANT, ADMINISTRATOR):
        await explain_absence(house.core, actor, id_)
    assert [(each.act, each.actor) for each in house.audit()] == [(Act.READ_ABSENCES, CAROLINA)]


async def test_administrators_who_look_at_their_own_are_not_logged(house: House) -> None:
    await explain_absence(house.core, herself(ANNA, Role.ADMINISTRATOR), await booked(house))
    assert house.audit() == []
