"""The administrator's rules and settings: in force at once, and what they take away."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import local_midnight
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.calendar import Item
from kktest.house import House, employee, herself, mail_of
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, MONDAY, TRAVEL, at, layer, rule

NO_BUSY = layer({ShowAs.BUSY: None})
SHOWN = layer(show_subject=True)


async def put(house: House, what: object = NO_BUSY, scope: str = "") -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=what, scope_id=scope))  # type: ignore[arg-type] # one is a layer


async def settings(house: House, **changed: object) -> None:
    await set_settings(house.core, ACME, "admin", TenantSettings(**changed))  # type: ignore[arg-type] # its own fields


async def booked(house: House) -> None:
    for who in (ANNA, BERTIL):
        house.book("b", "13:00", "14:00", of=who, subject=f"Canary-{who}")
    await house.settle()


async def test_F_30_what_the_rules_no_longer_give_is_gone_at_once_with_its_bytes(house: House) -> None:
    await put(house, SHOWN)
    await booked(house)
    assert b"Canary-anna" in house.bytes()
    looks = len(house.calendar.looks)
    await put(house, layer({ShowAs.BUSY: None}, show_subject=True))

    assert (house.kept(), len(house.calendar.looks)) == ([], looks)
    assert b"Canary-anna" not in house.bytes()


async def test_what_the_rules_give_more_comes_with_the_look_that_follows(house: House) -> None:
    house.book("b", "13:00", "14:00", show_as=ShowAs.TENTATIVE)
    await house.settle()
    assert house.kept() == []
    await put(house, layer({ShowAs.TENTATIVE: rule(TRAVEL)}))
    await house.settle()
    assert [each.reason for each in house.absences()] == [TRAVEL]


async def test_another_reason_is_in_force_at_once_and_needs_no_look(house: House) -> None:
    await booked(house)
    looks = len(house.calendar.looks)
    await put(house, layer({ShowAs.BUSY: rule(TRAVEL, Diversion.DIRECT)}))
    assert [(each.reason, each.diversion) for each in house.absences()] == [(TRAVEL, Diversion.DIRECT)]
    assert len(house.calendar.looks) == looks


async def test_C_18_F_30_hidden_subjects_are_purged_at_once_with_their_bytes(house: House) -> None:
    await put(house, SHOWN)
    await booked(house)
    await put(house, layer(show_subject=False))
    assert house.the_kept().booking.subject is None
    assert b"Canary-" not in house.bytes()


async def test_subjects_that_are_shown_again_are_fetched(house: House) -> None:
    await booked(house)
    await put(house, SHOWN)
    await house.settle()
    assert house.the_kept().booking.subject == "Canary-anna"


async def test_edited_absences_sleep_without_their_subject(house: House) -> None:
    await put(house, SHOWN)
    await booked(house)
    await edit_absence(house.core, herself(), house.the_kept().id, Fields(reason=LUNCH))
    await put(house, layer({ShowAs.BUSY: None}, show_subject=True))
    assert (house.absences(), house.the_kept().booking.subject) == ([], None)
    assert b"Canary-anna" not in house.bytes()


async def test_a_removal_sleeps_too_and_holds_when_the_rule_is_back(house: House) -> None:
    await booked(house)
    await remove_absence(house.core, herself(), house.the_kept().id)
    await put(house)
    await house.settle()
    await put(house, layer())
    await house.settle()
    assert house.absences() == []


async def test_a_persons_layer_concerns_that_person_alone(house: House) -> None:
    await booked(house)
    await put(house, layer({ShowAs.BUSY: None}, kind=LayerKind.PERSON), "anna")
    assert (len(house.kept()), len(house.kept(BERTIL))) == (0, 1)


async def test_a_groups_layer_concerns_its_members(house: House) -> None:
    people = [employee("anna", groups=["sales"]), employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)
    await booked(house)
    await put(house, layer({ShowAs.BUSY: None}, kind=LayerKind.GROUP), "sales")
    assert (len(house.kept()), len(house.kept(BERTIL))) == (0, 1)


async def test_everybody_is_told_and_their_mailboxes_are_due(house: House) -> None:
    await booked(house)
    place = house.latest_change()
    house.clock.forward(timedelta(minutes=1))
    await put(house)
    assert house.told_since(place) == [EVERYBODY]
    assert house.mailbox().due == house.clock.now()


async def test_a_change_is_in_the_log_once_with_what_was_before(house: House) -> None:
    await put(house, layer({ShowAs.BUSY: rule(TRAVEL)}))
    await put(house, NO_BUSY)
    first, second = house.entries()
    assert (first.act, first.before, first.after["rules"]) == (Act.SET_RULES, {}, {"busy": "business_trip/none"})
    assert (second.before["rules"], second.after["rules"]) == ({"busy": "business_trip/none"}, {"busy": "no update"})


async def test_the_log_says_for_whom_a_persons_layer_was_set_and_for_which_group(house: House) -> None:
    await put(house, layer(kind=LayerKind.PERSON), "anna")
    await put(house, layer(kind=LayerKind.GROUP), "sales")
    person, group = house.entries()
    assert (person.person, person.after["scope"]) == (ANNA, "person")
    assert (group.after["scope"], group.after["group"]) == ("group", "sales")


# ── what holds for the whole company ────────────────────────────────────────────────────────────


async def test_C_09_F_11_another_zone_moves_all_day_absences_at_once(house: House) -> None:
    house.calendar.put(mail_of(ANNA), Item(key="day", start=MONDAY, end=MONDAY + timedelta(days=1)))
    await house.settle()
    stockholm, helsinki = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")
    assert house.absences()[0].interval.start == local_midnight(MONDAY, stockholm)
    await settings(house, zone=helsinki)
    assert house.absences()[0].interval.start == local_midnight(MONDAY, helsinki)
    with house.store.read(ACME) as tx:
        assert tx.absences.next_boundary(at("2026-11-22 12:00")) == local_midnight(MONDAY, helsinki)
    await house.settle()
    assert house.absences()[0].interval.start == local_midnight(MONDAY, helsinki)


async def test_another_zone_moves_no_booking_that_has_a_time_of_day(house: House) -> None:
    await booked(house)
    await settings(house, zone=ZoneInfo("Europe/Helsinki"))
    await house.settle()
    assert house.absences()[0].interval.start == at("13:00")


async def test_a_person_with_an_own_zone_stays_in_it(house: House) -> None:
    people = [replace(employee("anna"), zone=ZoneInfo("Europe/London")), employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)
    house.calendar.put(mail_of(ANNA), Item(key="day", start=MONDAY, end=MONDAY + timedelta(days=1)))
    await house.settle()
    await settings(house, zone=ZoneInfo("Europe/Helsinki"))
    assert house.absences()[0].interval.start == local_midnight(MONDAY, ZoneInfo("Europe/London"))


async def test_settings_that_are_the_same_change_and_log_nothing(house: House) -> None:
    place = house.latest_change()
    await settings(house)
    assert (house.entries(), house.latest_change()) == ([], place)


@pytest.mark.parametrize("read", [True, False])
async def test_choices_on_items_are_asked_for_where_the_tenant_has_the_addin(house: House, *, read: bool) -> None:
    await settings(house, reads_item_choices=read)
    await house.look()
    assert house.calendar.looks[-1][2].item_choices is read
