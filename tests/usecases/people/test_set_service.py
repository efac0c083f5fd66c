"""Giving and taking services: what goes at once, what sleeps, what stays."""

import pytest

from kalenderkoppling.domain.absence import MEETING
from kalenderkoppling.domain.booking import BookingKey, ChoiceKind
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.house import BOTH, House, employee, herself, mail_of, move_in
from kktest.keeping import ACME, ANNA
from kktest.make import LUNCH, at, choice, layer

REFERRAL = Entitlements(referral=True)


async def give(house: House, services: Entitlements, person: PersonId = ANNA) -> None:
    await set_service(house.core, ACME, "admin", person, services)


async def booked(house: House) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    house.book("b", "13:00", "14:00", subject="Canary-7f3a")
    house.book("c", "15:00", "16:00")
    await house.settle()


async def test_C_06_F_30_switched_off_what_was_synchronised_goes_at_once_with_its_bytes(house: House) -> None:
    await booked(house)
    row = house.kept()[0]
    await edit_absence(house.core, herself(), row.id, Fields(reason=LUNCH, note="Note-Canary-7f3a"))
    await give(house, REFERRAL)
    assert (house.kept(), house.is_looked_at()) == ([], False)
    assert b"Canary-7f3a" not in house.bytes()


async def test_C_06_what_was_set_by_hand_stays(house: House) -> None:
    new = NewAbsence(start=at("13:00"), end=at("14:00"), reason=MEETING)
    made = await create_absence(house.core, herself(), ANNA, new)
    await give(house, Entitlements())
    assert [each.id for each in house.absences()] == [made.id]


async def test_C_06_choices_sleep_and_are_in_force_after_the_fresh_full_look(house: House) -> None:
    await booked(house)
    no = choice(ChoiceKind.NO)
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=BookingKey("b"), choice=no)
    await give(house, REFERRAL)
    await give(house, BOTH)
    await house.settle()
    assert [each.booking.key for each in house.kept()] == ["c"]


async def test_S_6_switched_off_the_mailbox_is_never_read(house: House) -> None:
    await house.settle()
    await give(house, REFERRAL)
    looks = house.calendar.looks_by_mailbox[mail_of(ANNA)]
    for _ in range(5):
        await house.sweep()
    await house.look()
    assert house.calendar.looks_by_mailbox[mail_of(ANNA)] == looks


async def test_switched_on_again_edits_made_before_are_gone(house: House) -> None:
    await booked(house)
    await edit_absence(house.core, herself(), house.kept()[0].id, Fields(reason=LUNCH))
    await give(house, REFERRAL)
    await give(house, BOTH)
    await house.settle()
    assert {each.reason for each in house.absences()} == {MEETING}


async def test_somebody_without_a_mailbox_address_is_not_looked_at(house: House) -> None:
    move_in(house, [employee("dag", services=REFERRAL, mailbox="")])
    await give(house, BOTH, PersonId("dag"))
    assert not house.is_looked_at(PersonId("dag"))


async def test_the_same_services_change_and_log_nothing(house: House) -> None:
    place = house.latest_change()
    await give(house, BOTH)
    assert (house.entries(), house.latest_change()) == ([], place)


async def test_nobody_unknown_gets_a_service(house: House) -> None:
    with pytest.raises(NotFoundError):
        await give(house, BOTH, PersonId("nobody"))


async def test_it_is_in_the_log_once(house: House) -> None:
    await give(house, REFERRAL)
    [entry] = house.audit()
    assert (entry.act, entry.actor) == (Act.SET_SERVICE, "admin")
    assert (entry.before["calendar_coupling"], entry.after["calendar_coupling"]) == (True, False)
