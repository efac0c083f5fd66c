"""Taking over the directory: who is new, changed or gone, and a source that was cut short."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.errors import RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import Entitlements, Person
from kalenderkoppling.domain.time import local_midnight
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.people.import_people import Difference, import_people, preview_import
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.calendar import Item
from kktest.house import House, employee, herself, mail_of
from kktest.keeping import ACME, ANNA
from kktest.make import LUNCH, MONDAY, layer

THREE = (employee("anna"), employee("bertil"), employee("carolina"))
ANNA_EK, *OTHERS = THREE


async def take_over(house: House, *people: Person, may_empty: bool = False) -> Difference:
    return await import_people(house.core, ACME, "people file", people, may_empty=may_empty)


def ids(house: House) -> list[str]:
    with house.store.read(ACME) as tx:
        return list(tx.people.ids())


async def booked(house: House, **others: str) -> None:
    house.book("b", "13:00", "14:00", subject=others.get("subject", ""))
    await house.settle()


async def test_new_people_are_added_and_looked_at(house: House) -> None:
    done = await take_over(house, *THREE, employee("dag"))
    assert ([each.id for each in done.added], done.changed, done.gone) == (["dag"], (), ())
    await house.settle()
    assert mail_of("dag") in house.calendar.looks_by_mailbox


async def test_an_import_that_changes_nothing_writes_and_logs_nothing(house: House) -> None:
    place = house.latest_change()
    assert (await take_over(house, *THREE)).is_empty
    assert (house.entries(), house.latest_change()) == ([], place)


async def test_a_preview_tells_the_same_and_changes_nothing(house: House) -> None:
    wanted = (replace(ANNA_EK, name="Anna Al"), OTHERS[0], employee("dag"))
    told = await preview_import(house.core, ACME, wanted)
    assert ids(house) == ["anna", "bertil", "carolina"]
    assert await take_over(house, *wanted) == told


async def test_whoever_is_gone_goes_with_everything_and_leaves_no_bytes(house: House) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    await booked(house, subject="Canary-7f3a")
    await take_over(house, *OTHERS)
    assert (ids(house), house.kept(), house.is_looked_at()) == (["bertil", "carolina"], [], False)
    assert b"Canary-7f3a" not in house.bytes()


async def test_more_than_a_fifth_gone_is_refused_unless_allowed(house: House) -> None:
    crowd = [employee(f"p{number:02}") for number in range(37)]
    await take_over(house, *THREE, *crowd)
    with pytest.raises(RefusedError, match="too_many_gone"):
        await take_over(house, *THREE, *crowd[9:])
    assert len(ids(house)) == 40
    await take_over(house, *THREE, *crowd[8:])
    assert len(ids(house)) == 32
    await take_over(house, *THREE, may_empty=True)
    assert len(ids(house)) == 3


async def test_everybody_never_goes_unseen(house: House) -> None:
    await take_over(house, *THREE[:2])
    await take_over(house, ANNA_EK)
    with pytest.raises(RefusedError, match="too_many_gone"):
        await take_over(house)
    await take_over(house, may_empty=True)
    assert ids(house) == []


def crowd(size: int, *, coupled: int = 0, referral: int = 0) -> list[Person]:
    return [
        employee(
            f"p{number:02}",
            services=Entitlements(calendar_coupling=number < coupled, referral=number < referral),
        )
        for number in range(size)
    ]


@pytest.mark.parametrize(("size", "most"), [(2, 1), (3, 1), (5, 1), (9, 1), (10, 2), (14, 2), (24, 4), (30, 6)])
async def test_of_a_small_company_one_or_a_fifth_may_go_but_not_five(house: House, size: int, most: int) -> None:
    people = crowd(size)
    await take_over(house, *people, may_empty=True)
    with pytest.raises(RefusedError, match=f"too_many_gone: {most + 1} of {size}"):
        await take_over(house, *people[most + 1 :])
    await take_over(house, *people[most:])
    assert len(ids(house)) == size - most


async def test_people_who_lose_a_service_count_as_people_who_go_do(house: House) -> None:
    people = crowd(20, coupled=20, referral=20)
    await take_over(house, *people, may_empty=True)
    without = [replace(each, entitlements=Entitlements()) for each in people]
    for fewer in (
        [*without[:5], *people[5:]],
        [*(replace(each, mailbox="") for each in people[:5]), *people[5:]],
        [*(replace(each, entitlements=Entitlements(calendar_coupling=True)) for each in people[:5]), *people[5:]],
        [*without[:3], *people[5:]],
    ):
        with pytest.raises(RefusedError, match="too_many_gone"):
            await take_over(house, *fewer)
    done = await take_over(house, *without[:2], *people[4:])
    assert (done.gone, done.uncoupled, done.without_referral) == (("p02", "p03"), ("p00", "p01"), ("p00", "p01"))


@pytest.mark.parametrize("service", ["coupled", "referral"])
async def test_a_column_that_is_missing_never_takes_a_service_from_the_few_who_have_it(
    house: House, service: str
) -> None:
    """Ten of two hundred are a twentieth of the directory, and all who have the service."""
    await take_over(house, *crowd(200, **{service: 10}), may_empty=True)
    with pytest.raises(RefusedError, match="too_many_gone: 10 of 10"):
        await take_over(house, *crowd(200))
    await take_over(house, *crowd(200, **{service: 8}))
    await take_over(house, *crowd(200), may_empty=True)


async def test_people_who_get_a_service_or_come_never_count(house: House) -> None:
    await take_over(house, *crowd(4), may_empty=True)
    await take_over(house, *crowd(40, coupled=40, referral=40))
    assert len(ids(house)) == 40


async def test_a_refused_import_adds_nobody_either(house: House) -> None:
    await take_over(house, *THREE, *(employee(f"p{number:02}") for number in range(37)))
    with pytest.raises(RefusedError):
        await take_over(house, employee("new"))
    assert "new" not in ids(house)


async def test_F_13_a_renamed_mailbox_is_read_and_edits_stay(house: House) -> None:
    await booked(house)
    await edit_absence(house.core, herself(), house.the_kept().id, Fields(reason=LUNCH))
    house.calendar.mailboxes["anna.new@example.org"] = house.calendar.mailboxes.pop(mail_of(ANNA))
    await take_over(house, replace(ANNA_EK, mailbox="anna.new@example.org"), *OTHERS)
    await house.settle()
    assert ([each.reason for each in house.absences()], house.mailbox().blocked) == ([LUNCH], None)


async def test_F_14_a_person_without_a_mailbox_address_is_not_looked_at_and_keeps_nothing(house: House) -> None:
    await booked(house)
    await take_over(house, replace(ANNA_EK, mailbox=""), *OTHERS)
    assert (house.kept(), house.is_looked_at()) == ([], False)


@pytest.mark.parametrize("services", [Entitlements(), Entitlements(referral=True)])
async def test_C_06_a_service_the_file_no_longer_names_is_off_at_once(house: House, services: Entitlements) -> None:
    await booked(house)
    await take_over(house, replace(ANNA_EK, entitlements=services), *OTHERS)
    assert (house.kept(), house.is_looked_at()) == ([], False)


async def test_a_person_in_another_zone_has_all_day_absences_there_at_once(house: House) -> None:
    house.calendar.put(mail_of(ANNA), Item(key="day", start=MONDAY, end=MONDAY + timedelta(days=1)))
    await house.settle()
    await take_over(house, replace(ANNA_EK, zone=ZoneInfo("Europe/London")), *OTHERS)
    assert house.absences()[0].interval.start == local_midnight(MONDAY, ZoneInfo("Europe/London"))


async def test_S_2_F_30_who_leaves_a_group_that_shows_subjects_loses_them_at_once(house: House) -> None:
    shown = ScopedLayer(scope_id="sales", layer=layer(kind=LayerKind.GROUP, show_subject=True))
    await set_layer(house.core, ACME, "admin", shown)
    await take_over(house, employee("anna", groups=["sales"]), *OTHERS)
    await booked(house, subject="Canary-7f3a")
    assert house.the_kept().booking.subject == "Canary-7f3a"
    await take_over(house, *THREE)
    assert house.the_kept().booking.subject is None
    assert b"Canary-7f3a" not in house.bytes()


async def test_it_is_told_and_in_the_log_once_in_figures(house: House) -> None:
    place = house.latest_change()
    await take_over(house, replace(ANNA_EK, name="Anna Al"), OTHERS[0], employee("dag"))
    [entry] = house.entries()
    assert (entry.act, entry.actor, entry.after) == (
        Act.IMPORT_PEOPLE,
        "people file",
        {"added": 1, "changed": 1, "gone": 1},
    )
    assert EVERYBODY in house.told_since(place)
