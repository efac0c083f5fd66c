"""Removing an absence and taking the removal back."""

from dataclasses import replace

import pytest

from kalenderkoppling.domain.absence import MEETING, Absence
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.absences.restore_absence import restore_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.people.erase_person import erase_person
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, at, layer


async def booked(house: House) -> Absence:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    house.book("b", "13:00", "14:00", subject="Canary-7f3a")
    await house.look()
    [absence] = house.absences()
    return absence


async def by_hand(house: House) -> Changed:
    new = NewAbsence(start=at("13:00"), end=at("14:00"), reason=MEETING, note="by train")
    return await create_absence(house.core, herself(), ANNA, new)


# ── removing ────────────────────────────────────────────────────────────────────────────────────


async def test_C_11_a_removed_absence_stays_away_through_looks_and_rule_changes(house: House) -> None:
    absence = await booked(house)
    await remove_absence(house.core, herself(), absence.id)
    await house.sweep()
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer()))
    await house.sweep()
    assert (house.absences(), house.the_kept().is_removed) == ([], True)


async def test_C_11_a_removed_absence_is_back_when_its_booking_moves(house: House) -> None:
    absence = await booked(house)
    await remove_absence(house.core, herself(), absence.id)
    house.book("b", "15:00", "16:00")
    await house.look()
    assert [each.interval.start for each in house.absences()] == [at("15:00")]


async def test_the_booking_in_the_calendar_is_not_touched(house: House) -> None:
    absence = await booked(house)
    before = dict(house.calendar.mailboxes["anna@example.org"])
    await remove_absence(house.core, herself(), absence.id)
    assert house.calendar.mailboxes["anna@example.org"] == before


async def test_S_15_of_a_removal_the_subject_is_not_kept_and_leaves_no_bytes(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await remove_absence(house.core, herself(), absence.id)
    row = house.the_kept()
    assert (row.booking.subject, row.edit.reason if row.edit else LUNCH) == (None, None)
    assert b"Canary-7f3a" not in house.bytes()


async def test_removing_twice_finds_nothing(house: House) -> None:
    absence = await booked(house)
    await remove_absence(house.core, herself(), absence.id)
    with pytest.raises(NotFoundError):
        await remove_absence(house.core, herself(), absence.id)


async def test_a_hand_made_one_is_gone(house: House) -> None:
    made = await by_hand(house)
    await remove_absence(house.core, ATTENDANT, made.id)
    assert house.absences() == []


@pytest.mark.parametrize("actor", [COLLEAGUE, ADMINISTRATOR])
async def test_nobody_else_can_remove_or_restore(house: House, actor: Actor) -> None:
    absence = await booked(house)
    with pytest.raises(NotFoundError):
        await remove_absence(house.core, actor, absence.id)
    removed = await remove_absence(house.core, herself(), absence.id)
    with pytest.raises(NotFoundError):
        await restore_absence(house.core, actor, removed)


async def test_removing_an_older_version_is_a_conflict(house: House) -> None:
    absence = await booked(house)
    seen = house.version(absence.id)
    await edit_absence(house.core, ATTENDANT, absence.id, Fields(reason=LUNCH))
    with pytest.raises(ConflictError):
        await remove_absence(house.core, herself(), absence.id, version=seen)


# ── undoing ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_removal_is_undone_and_the_look_that_follows_brings_the_subject(house: House) -> None:
    absence = await booked(house)
    removed = await remove_absence(house.core, herself(), absence.id)
    await restore_absence(house.core, herself(), removed)
    assert house.absences() == [absence]
    await house.settle()
    assert house.the_kept().booking.subject == "Canary-7f3a"


async def test_an_undone_removal_brings_the_edit_before_it_back(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await restore_absence(house.core, herself(), await remove_absence(house.core, herself(), absence.id))
    assert house.absences()[0].reason == LUNCH


async def test_an_undone_edit_is_gone(house: House) -> None:
    absence = await booked(house)
    changed = await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await restore_absence(house.core, herself(), changed)
    assert (house.absences(), house.the_kept().edit) == ([absence], None)


async def test_a_hand_made_one_that_was_set_changed_or_removed_is_as_before(house: House) -> None:
    made = await by_hand(house)
    [absence] = house.absences()
    await restore_absence(
        house.core, herself(), await edit_absence(house.core, herself(), made.id, Fields(reason=LUNCH))
    )
    assert house.absences() == [absence]
    await restore_absence(house.core, herself(), await remove_absence(house.core, herself(), made.id))
    assert house.absences() == [absence]
    await restore_absence(house.core, herself(), replace(made, version=None))
    assert house.absences() == []


async def test_what_came_after_the_change_stands(house: House) -> None:
    absence = await booked(house)
    changed = await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await edit_absence(house.core, ATTENDANT, absence.id, Fields(end=at("16:00")))
    with pytest.raises(ConflictError):
        await restore_absence(house.core, herself(), changed)
    assert house.absences()[0].interval.end == at("16:00")


async def test_a_booking_that_moved_or_went_meanwhile_is_a_conflict(house: House) -> None:
    absence = await booked(house)
    removed = await remove_absence(house.core, herself(), absence.id)
    house.book("b", "15:00", "16:00")
    await house.look()
    with pytest.raises(ConflictError):
        await restore_absence(house.core, herself(), removed)
    house.calendar.take_away("anna@example.org", "b")
    await house.look()
    with pytest.raises(ConflictError):
        await restore_absence(house.core, herself(), removed)


async def test_an_undo_cannot_be_turned_on_somebody_elses_absence(house: House) -> None:
    absence = await booked(house)
    removed = await remove_absence(house.core, herself(), absence.id)
    with pytest.raises((NotFoundError, ConflictError)):
        await restore_absence(house.core, herself(BERTIL), replace(removed, person=BERTIL))
    made = await by_hand(house)
    gone = await remove_absence(house.core, herself(), made.id)
    await restore_absence(house.core, herself(), gone)
    with pytest.raises(NotFoundError):
        await restore_absence(house.core, herself(BERTIL), replace(gone, person=BERTIL))


async def test_an_undo_brings_nothing_of_an_erased_person_back(house: House) -> None:
    made = await by_hand(house)
    removed = await remove_absence(house.core, herself(), made.id)
    await erase_person(house.core, ACME, "admin", ANNA)
    with pytest.raises(NotFoundError):
        await restore_absence(house.core, herself(), removed)
    with house.store.read(ACME) as tx:
        assert tx.absences.owned(made.id) is None


async def test_each_is_in_the_log_once(house: House) -> None:
    made = await by_hand(house)
    removed = await remove_absence(house.core, ATTENDANT, made.id)
    await restore_absence(house.core, herself(), removed)
    acts = [(each.act, each.actor) for each in house.audit()]
    assert acts == [
        (Act.CREATE_ABSENCE, ANNA),
        (Act.REMOVE_ABSENCE, ATTENDANT.person),
        (Act.RESTORE_ABSENCE, ANNA),
    ]
    assert "by train" not in str(house.audit())
