"""Changing an absence: what is laid over it, what goes on following the calendar, and who was faster."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import MEETING, Absence, Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import ConflictError, NotFoundError, RefusedError
from kalenderkoppling.domain.person import Entitlements
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.store.audit import SqlAudit
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA
from kktest.make import LUNCH, TRAVEL, at, layer, rule

Made = Callable[[House], Awaitable[Absence]]
"""Makes an absence, from a booking or by hand."""


async def booked(house: House, start: str = "13:00", end: str = "14:00") -> Absence:
    house.book("b", start, end, subject="Budget")
    await house.look()
    [absence] = house.absences()
    return absence


async def by_hand(house: House) -> Absence:
    await create_absence(house.core, herself(), ANNA, NewAbsence(start=at("13:00"), end=at("14:00"), reason=MEETING))
    return house.absences()[0]


@pytest.mark.parametrize("made", [booked, by_hand])
@pytest.mark.parametrize("actor", [herself(), ATTENDANT])
async def test_the_person_and_attendants_change_an_absence(house: House, made: Made, actor: Actor) -> None:
    absence = await made(house)
    fields = Fields(
        start=at("13:30"), end=at("15:00"), reason=LUNCH, diversion=Diversion.OPEN, note="at the usual place"
    )
    await edit_absence(house.core, actor, absence.id, fields)

    [changed] = house.absences()
    assert (changed.interval.start, changed.interval.end) == (at("13:30"), at("15:00"))
    assert (changed.reason, changed.diversion, changed.note) == (LUNCH, Diversion.OPEN, "at the usual place")


@pytest.mark.parametrize("made", [booked, by_hand])
@pytest.mark.parametrize("actor", [COLLEAGUE, ADMINISTRATOR])
async def test_nobody_else_can(house: House, made: Made, actor: Actor) -> None:
    absence = await made(house)
    with pytest.raises(NotFoundError):
        await edit_absence(house.core, actor, absence.id, Fields(reason=LUNCH))
    assert house.absences() == [absence]


async def test_fields_that_are_not_set_go_on_following_the_rules(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(note="phone off"))
    rules = {ShowAs.BUSY: rule(TRAVEL, Diversion.DIRECT)}
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(rules)))

    [changed] = house.absences()
    assert (changed.reason, changed.diversion, changed.note) == (TRAVEL, Diversion.DIRECT, "phone off")


async def test_a_second_edit_lies_over_the_first(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await edit_absence(house.core, ATTENDANT, absence.id, Fields(end=at("16:00")))

    [changed] = house.absences()
    assert (changed.reason, changed.interval.end) == (LUNCH, at("16:00"))


async def test_an_edit_stands_through_looks_restarts_and_another_subject(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(end=at("16:00")))
    house.book("b", "13:00", "14:00", subject="Budget, second round")
    await house.sweep()
    assert house.absences()[0].interval.end == at("16:00")


async def test_C_11_an_edit_is_dropped_when_the_booking_moves(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(end=at("16:00"), reason=LUNCH))
    house.book("b", "14:00", "15:00")
    await house.look()

    [moved] = house.absences()
    assert (moved.id, moved.interval.end, moved.reason) == (absence.id, at("15:00"), MEETING)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (Fields(end=at("12:30")), ("end", "end_not_after_start")),
        (Fields(start=at("14:00")), ("start", "end_not_after_start")),
        (Fields(start=at("09:00"), end=at("10:00")), ("end", "end_is_past")),
        (Fields(start=at("2026-11-01 12:00")), ("start", "too_far_back")),
        (Fields(end=at("2099-11-01 12:00")), ("end", "too_far_ahead")),
        (Fields(reason=ReasonKey("nonsense")), ("reason", "unknown_reason")),
        (Fields(note="x" * 501), ("note", "too_long")),
    ],
)
@pytest.mark.parametrize("made", [booked, by_hand])
async def test_a_field_that_makes_no_sense_is_refused_by_name(
    house: House, made: Made, fields: Fields, problem: tuple[str, str]
) -> None:
    absence = await made(house)
    with pytest.raises(RefusedError) as refused:
        await edit_absence(house.core, herself(), absence.id, fields)
    assert [(each.field, each.problem) for each in refused.value.problems] == [problem]
    assert house.absences() == [absence]


@pytest.mark.parametrize("made", [booked, by_hand])
async def test_a_diversion_needs_the_referral_service(house: House, made: Made) -> None:
    absence = await made(house)
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))
    with pytest.raises(RefusedError, match="no_referral_service"):
        await edit_absence(house.core, herself(), absence.id, Fields(diversion=Diversion.DIRECT))


@pytest.mark.parametrize("made", [booked, by_hand])
async def test_S_11_a_diversion_set_before_the_service_was_taken_away_is_information_only(
    house: House, made: Made
) -> None:
    absence = await made(house)
    await edit_absence(house.core, herself(), absence.id, Fields(diversion=Diversion.DIRECT))
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))
    assert [each.diversion for each in house.absences()] == [Diversion.NONE]


@pytest.mark.parametrize("made", [booked, by_hand])
async def test_somebody_who_saw_an_older_version_is_told_of_the_conflict(house: House, made: Made) -> None:
    absence = await made(house)
    seen = house.version(absence.id)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH), version=seen)
    with pytest.raises(ConflictError):
        await edit_absence(house.core, ATTENDANT, absence.id, Fields(reason=TRAVEL), version=seen)
    assert house.absences()[0].reason == LUNCH


async def test_a_booking_that_moved_meanwhile_is_a_conflict(house: House) -> None:
    absence = await booked(house)
    seen = house.version(absence.id)
    house.book("b", "14:00", "15:00")
    await house.look()
    with pytest.raises(ConflictError):
        await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH), version=seen)


async def test_an_absence_that_sleeps_is_not_there_to_edit(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer({ShowAs.BUSY: None})))

    assert house.absences() == []
    with pytest.raises(NotFoundError):
        await edit_absence(house.core, herself(), absence.id, Fields(reason=TRAVEL))


async def test_C_12_an_edit_that_slept_is_back_when_the_rules_give_something_again(house: House) -> None:
    absence = await booked(house)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer({ShowAs.BUSY: None})))
    await house.sweep()
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer()))
    assert [each.reason for each in house.absences()] == [LUNCH]


async def test_it_is_in_the_log_once_without_subject_and_note(house: House) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    absence = await booked(house)
    await edit_absence(house.core, ATTENDANT, absence.id, Fields(end=at("16:00"), note="to the doctor"))

    [entry] = house.audit()
    assert (entry.act, entry.actor, entry.person) == (Act.EDIT_ABSENCE, ATTENDANT.person, ANNA)
    assert (entry.before["end"], entry.after["end"]) == (at("14:00").isoformat(), at("16:00").isoformat())
    assert "Budget" not in str(entry)
    assert "doctor" not in str(entry)


async def test_S_12_change_and_entry_are_one_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    absence = await booked(house)
    monkeypatch.setattr(SqlAudit, "append", lambda *_: (_ for _ in ()).throw(ConflictError))
    with pytest.raises(ConflictError):
        await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    assert house.absences() == [absence]


async def test_the_calendar_is_asked_nothing_and_told_nothing(house: House) -> None:
    absence = await booked(house)
    await house.settle()
    looks = len(house.calendar.looks)
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    await house.settle()
    assert len(house.calendar.looks) == looks


async def test_S_4_an_edit_that_ended_a_long_booking_early_outlives_the_retention(house: House) -> None:
    absence = await booked(house, "08:00", "2026-12-20 17:00")
    await edit_absence(house.core, herself(), absence.id, Fields(end=at("13:00")))
    for _ in range(12):
        await house.sweep(timedelta(days=1))
    assert [each.interval.end for each in house.absences()] == [at("13:00")]
