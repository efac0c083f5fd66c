"""Setting an absence by hand: who may, what is refused at which field, and what the log tells."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import Diversion, Origin, ReasonKey
from kalenderkoppling.domain.errors import NotFoundError, RefusedError
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.absences.create_absence import NewAbsence, create_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.people.set_service import set_service
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, at


def new(
    start: str = "12:00", end: str = "13:00", *, diversion: Diversion = Diversion.NONE, note: str = ""
) -> NewAbsence:
    return NewAbsence(start=at(start), end=at(end), reason=LUNCH, diversion=diversion, note=note)


async def problems(house: House, wanted: NewAbsence) -> list[tuple[str, str]]:
    with pytest.raises(RefusedError) as refused:
        await create_absence(house.core, herself(), ANNA, wanted)
    return [(each.field, each.problem) for each in refused.value.problems]


async def test_a_person_sets_an_own_absence(house: House) -> None:
    made = await create_absence(house.core, herself(), ANNA, new(diversion=Diversion.DIRECT, note=" by train "))

    [absence] = house.absences()
    assert (absence.id, absence.interval.start, absence.interval.end) == (made.id, at("12:00"), at("13:00"))
    assert (absence.reason, absence.diversion, absence.origin) == (LUNCH, Diversion.DIRECT, Origin.BY_HAND)
    assert absence.note == "by train"


async def test_what_one_person_can_pile_up_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kalenderkoppling.usecases.absences.create_absence.MOST_BY_HAND", 3)
    for _ in range(3):
        await create_absence(house.core, herself(), ANNA, new())
    assert await problems(house, new()) == [("start", "too_many")]
    await create_absence(house.core, ATTENDANT, BERTIL, new())


async def test_an_attendant_sets_one_for_anybody(house: House) -> None:
    await create_absence(house.core, ATTENDANT, ANNA, new())
    assert len(house.absences()) == 1


@pytest.mark.parametrize("actor", [COLLEAGUE, ADMINISTRATOR])
async def test_nobody_else_can_and_learns_nothing_of_the_person(house: House, actor: Actor) -> None:
    for somebody in (ANNA, PersonId("nobody")):
        with pytest.raises(NotFoundError):
            await create_absence(house.core, actor, somebody, new())
    assert house.absences() == []


async def test_there_is_none_for_somebody_unknown(house: House) -> None:
    with pytest.raises(NotFoundError):
        await create_absence(house.core, ATTENDANT, PersonId("nobody"), new())


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (new("13:00", "12:30"), ("end", "end_not_after_start")),
        (new("13:00", "13:00"), ("end", "end_not_after_start")),
        (new("10:00", "11:59"), ("end", "end_is_past")),
        (new("10:00", "12:00"), ("end", "end_is_past")),
        (new("2026-11-16 11:59", "13:00"), ("start", "too_far_back")),
        (new("13:00", "2032-11-23 13:00"), ("end", "too_far_ahead")),
        (NewAbsence(start=at("13:00"), end=at("14:00"), reason=ReasonKey("nonsense")), ("reason", "unknown_reason")),
        (new(note="x" * 501), ("note", "too_long")),
        (new(note="a\x00b"), ("note", "not_text")),
        (new(note="a\u202eb"), ("note", "not_text")),
        (new(note="a\ud800b"), ("note", "not_text")),
    ],
)
async def test_F_33_a_field_that_makes_no_sense_is_refused_by_name(
    house: House, wanted: NewAbsence, problem: tuple[str, str]
) -> None:
    assert await problems(house, wanted) == [problem]
    assert (house.absences(), house.entries()) == ([], [])


async def test_all_wrong_fields_are_told_at_once(house: House) -> None:
    wanted = NewAbsence(start=at("13:00"), end=at("12:30"), reason=ReasonKey("nonsense"), note="x" * 10_000)
    assert {field for field, _ in await problems(house, wanted)} == {"end", "reason", "note"}


async def test_a_diversion_needs_the_referral_service(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))

    assert await problems(house, new(diversion=Diversion.OPEN)) == [("diversion", "no_referral_service")]


async def test_hostile_text_in_a_note_is_kept_as_it_is(house: House) -> None:
    await create_absence(house.core, herself(), ANNA, new(note="<b>åäö</b> 😀\n=1+1"))
    assert house.absences()[0].note == "<b>åäö</b> 😀\n=1+1"


async def test_it_is_in_the_log_once_without_the_note(house: House) -> None:
    made = await create_absence(house.core, herself(), ANNA, new(note="to the doctor"))

    [entry] = house.audit()
    assert (entry.act, entry.actor, entry.person, entry.about) == (Act.CREATE_ABSENCE, ANNA, ANNA, made.id)
    assert entry.after == {
        "start": at("12:00").isoformat(),
        "end": at("13:00").isoformat(),
        "reason": "lunch",
        "diversion": "none",
        "has_note": True,
    }


async def test_a_refused_one_leaves_neither_absence_nor_entry_nor_change(house: House) -> None:
    before = house.latest_change()
    await problems(house, new("13:00", "12:00"))
    assert (house.absences(), house.entries(), house.latest_change()) == ([], [], before)


async def test_the_change_is_told(house: House) -> None:
    before = house.latest_change()
    await create_absence(house.core, herself(), ANNA, new())
    assert house.told_since(before) == [ANNA]


async def test_wall_clocks_of_another_zone_are_kept_as_instants(house: House) -> None:
    local = at("12:00").astimezone().astimezone(tz=None)
    await create_absence(house.core, herself(), ANNA, NewAbsence(start=local, end=local + timedelta(1), reason=LUNCH))
    assert house.absences()[0].interval.start == at("12:00")
