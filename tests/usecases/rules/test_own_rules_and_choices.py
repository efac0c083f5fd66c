"""Own rules, the own switch and choices on bookings, as they are set."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import MEETING, Diversion, ReasonKey
from kalenderkoppling.domain.booking import BookingKey, Choice, ChoiceKind, ItemChoice, ShowAs
from kalenderkoppling.domain.errors import NotFoundError, RefusedError
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import OwnRule, OwnRules, Rule
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.house import House, mail_of
from kktest.keeping import ACME, ANNA
from kktest.make import ADDIN_OFF, LUNCH, TRAVEL, at, choice, layer, rule

NO = choice(ChoiceKind.NO)
KEY = BookingKey("b")


def own(rule_: Rule | None, show_as: ShowAs = ShowAs.BUSY, *, update: bool = True) -> OwnRules:
    return OwnRules(update=update, by_show_as={show_as: OwnRule(rule=rule_)})


async def choose(house: House, made: Choice, key: str = "b") -> None:
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=BookingKey(key), choice=made)


def choices(house: House) -> Choices:
    with house.store.read(ACME) as tx:
        return tx.choices.of([ANNA]).get(ANNA, Choices())


async def booked(house: House) -> None:
    house.book("b", "13:00", "14:00", subject="Canary-7f3a")
    await house.settle()


# ── own rules ───────────────────────────────────────────────────────────────────────────────────


async def test_an_own_rule_is_in_force_at_once(house: House) -> None:
    await booked(house)
    await set_own_rules(house.core, ACME, ANNA, ANNA, own(rule(TRAVEL, Diversion.OPEN)))
    assert [(each.reason, each.diversion) for each in house.absences()] == [(TRAVEL, Diversion.OPEN)]


async def test_the_own_switch_takes_everything_away_at_once_and_brings_it_back_with_a_look(house: House) -> None:
    await booked(house)
    await set_own_rules(house.core, ACME, ANNA, ANNA, OwnRules(update=False))
    assert house.kept() == []
    await house.settle()
    await set_own_rules(house.core, ACME, ANNA, ANNA, OwnRules())
    await house.settle()
    assert len(house.absences()) == 1


async def test_C_15_own_rules_sleep_while_the_addin_is_off_but_a_choice_no_is_honoured(house: House) -> None:
    await booked(house)
    house.book("c", "15:00", "16:00")
    await house.settle()
    await set_own_rules(house.core, ACME, ANNA, ANNA, own(rule(TRAVEL)))
    await choose(house, NO)
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=ADDIN_OFF))
    await house.settle()
    assert [(each.tie, each.reason) for each in house.absences()] == [("c", MEETING)]


async def test_wrong_own_rules_are_refused_at_their_fields_and_change_nothing(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))
    wrong = OwnRules(
        by_show_as={
            ShowAs.BUSY: OwnRule(rule=rule(LUNCH, Diversion.DIRECT)),
            ShowAs.FREE: OwnRule(rule=rule(ReasonKey("nonsense"))),
            ShowAs.TENTATIVE: OwnRule(rule=None),
        }
    )
    with pytest.raises(RefusedError) as refused:
        await set_own_rules(house.core, ACME, ANNA, ANNA, wrong)
    assert {(each.field, each.problem) for each in refused.value.problems} == {
        ("busy.diversion", "no_referral_service"),
        ("free.reason", "unknown_reason"),
    }
    with house.store.read(ACME) as tx:
        assert tx.rules.own([ANNA]) == {}


async def test_own_rules_of_nobody_are_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        await set_own_rules(house.core, ACME, ANNA, PersonId("nobody"), OwnRules())


async def test_own_rules_are_in_the_log_once(house: House) -> None:
    await set_own_rules(house.core, ACME, ANNA, ANNA, own(rule(TRAVEL)))
    [entry] = house.audit()
    assert (entry.act, entry.before["rules"], entry.after["rules"]) == (
        Act.SET_OWN_RULES,
        {},
        {"busy": "business_trip/none"},
    )


# ── choices ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_choice_no_takes_the_absence_away_at_once_with_its_bytes(house: House) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))
    await booked(house)
    await choose(house, NO)
    assert house.kept() == []
    assert b"Canary-7f3a" not in house.bytes()


async def test_a_choice_for_a_booking_that_gave_nothing_comes_with_a_look(house: House) -> None:
    house.book("b", "13:00", "14:00", show_as=ShowAs.FREE)
    await house.settle()
    await choose(house, choice(reason=TRAVEL))
    await house.settle()
    assert [each.reason for each in house.absences()] == [TRAVEL]


async def test_C_17_an_occurrences_choice_beats_its_series(house: House) -> None:
    house.book("daily", "13:00", "14:00", days_apart=1, count=3)
    await house.settle()
    await choose(house, NO, "daily")
    assert house.kept() == []
    await choose(house, choice(ChoiceKind.RULE), "daily@2026-11-24")
    await house.settle()
    assert [each.booking.key for each in house.kept()] == ["daily@2026-11-24"]


async def test_C_17_a_choice_survives_a_move_of_its_booking(house: House) -> None:
    await booked(house)
    await choose(house, choice(reason=TRAVEL))
    house.book("b", "15:00", "16:00")
    await house.settle()
    assert [each.reason for each in house.absences()] == [TRAVEL]


async def test_C_13_a_deleted_bookings_choice_goes_with_it(house: House) -> None:
    await booked(house)
    await choose(house, choice(reason=TRAVEL))
    await house.settle()
    house.calendar.take_away(mail_of(ANNA), "b")
    await house.sweep()
    assert choices(house) == Choices()


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (choice(diversion=Diversion.OPEN), ("diversion", "no_referral_service")),
        (choice(reason=ReasonKey("nonsense")), ("reason", "unknown_reason")),
    ],
)
async def test_a_wrong_choice_is_refused_at_its_field(house: House, made: Choice, problem: tuple[str, str]) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))
    with pytest.raises(RefusedError) as refused:
        await choose(house, made)
    assert [(each.field, each.problem) for each in refused.value.problems] == [problem]
    assert choices(house) == Choices()


async def test_without_the_calendar_coupling_there_is_nothing_to_choose_for(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(referral=True))
    with pytest.raises(NotFoundError):
        await choose(house, NO)


async def test_a_choice_is_in_the_log_once_under_the_bookings_key(house: House) -> None:
    await choose(house, NO)
    await choose(house, choice(reason=TRAVEL))
    first, second = house.audit()
    assert (first.act, first.about, first.before) == (Act.CHOOSE, KEY, {})
    assert (second.before["choice"], second.after["choice"], second.after["reason"]) == ("no", "set", "business_trip")


async def test_a_newer_choice_on_the_item_is_taken_over_and_written_once(house: House) -> None:
    await set_settings(house.core, ACME, "admin", TenantSettings(reads_item_choices=True))
    made = replace(NO, at=at("11:00"))
    house.book("b", "13:00", "14:00", choice=ItemChoice(choice=made, for_series=False))
    await house.settle()
    assert (house.kept(), choices(house).by_key) == ([], {KEY: made})
    place = house.latest_change()
    await house.sweep(timedelta(minutes=15))
    assert house.latest_change() == place


async def test_R18_the_choice_is_changed_later_from_the_booking_itself(house: House) -> None:
    await set_settings(house.core, ACME, "admin", TenantSettings(reads_item_choices=True))
    first = replace(choice(reason=TRAVEL), at=at("11:00"))
    second = replace(choice(reason=LUNCH, diversion=Diversion.OPEN), at=at("11:30"))
    heard = []
    for made in (first, second):
        house.book("b", "13:00", "14:00", choice=ItemChoice(choice=made, for_series=False))
        await house.sweep(timedelta(minutes=15))
        heard += [(each.reason, each.diversion) for each in house.absences()]
    assert heard == [(TRAVEL, Diversion.NONE), (LUNCH, Diversion.OPEN)]


async def test_R18_the_choice_is_changed_later_on_the_server(house: House) -> None:
    await booked(house)
    await choose(house, NO)
    await choose(house, choice(reason=LUNCH))
    await house.settle()
    assert [each.reason for each in house.absences()] == [LUNCH]
