"""Which of the administrator's layers and settings hold for a person."""

from datetime import time, timedelta

import pytest

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId
from kalenderkoppling.rules.layers import ScopedLayer, layers_for, policy_for
from kalenderkoppling.rules.model import DEFAULT_RING, LayerKind, OwnRule, OwnRules, Policy, WorkingHours
from kktest.make import OFFICE_HOURS, layer, policy

KIM = PersonId("kim")
SALES, NIGHT = GroupId("sales"), GroupId("night")


def scoped(kind: LayerKind, scope: str = "", rank: int = 0, seconds: int = 0) -> ScopedLayer:
    return ScopedLayer(scope_id=scope, rank=rank, layer=layer(kind=kind, ring=timedelta(seconds=seconds)))


TENANT = scoped(LayerKind.TENANT, seconds=1)
OF_SALES = scoped(LayerKind.GROUP, "sales", rank=2, seconds=2)
OF_NIGHT = scoped(LayerKind.GROUP, "night", rank=10, seconds=3)
OF_KIM = scoped(LayerKind.PERSON, "kim", seconds=4)


def test_the_person_comes_before_groups_in_the_administrators_order_and_the_tenant_last() -> None:
    found = layers_for(KIM, [SALES, NIGHT], [TENANT, OF_SALES, OF_NIGHT, OF_KIM])
    assert found == (OF_KIM.layer, OF_SALES.layer, OF_NIGHT.layer, TENANT.layer)


def test_groups_of_the_same_rank_come_in_the_order_of_their_ids() -> None:
    alike = [scoped(LayerKind.GROUP, "sales", seconds=2), scoped(LayerKind.GROUP, "night", seconds=3)]
    assert layers_for(KIM, [SALES, NIGHT], alike) == (alike[1].layer, alike[0].layer)


def test_a_group_without_a_rank_comes_before_those_that_have_one() -> None:
    unranked = ScopedLayer(scope_id="sales", layer=layer(kind=LayerKind.GROUP, ring=timedelta(seconds=2)))
    ranked = scoped(LayerKind.GROUP, "night", rank=1, seconds=3)
    assert layers_for(KIM, [SALES, NIGHT], [ranked, unranked]) == (unranked.layer, ranked.layer)


def test_what_was_set_for_others_does_not_hold() -> None:
    others = [scoped(LayerKind.PERSON, "robin"), scoped(LayerKind.GROUP, "kitchen")]
    assert layers_for(KIM, [SALES], [*others, TENANT]) == (TENANT.layer,)


def test_R7_a_policy_bears_the_persons_services_and_own_rules() -> None:
    own = OwnRules(update=False)
    for coupled, referral in [(True, False), (False, True)]:
        given = Entitlements(calendar_coupling=coupled, referral=referral)
        kim = Person(id=KIM, name="Kim", groups=[SALES], entitlements=given)
        of = policy_for(kim, own, [TENANT, OF_SALES, OF_NIGHT])
        assert (of.calendar_coupling, of.referral, of.own) == (coupled, referral, own)
        assert of.layers == (OF_SALES.layer, TENANT.layer)


def test_R7_a_policy_gives_no_referral_service_that_was_not_given() -> None:
    assert Policy(calendar_coupling=True).referral is False


def test_R15_nobody_is_asked_before_an_update_unless_set_so() -> None:
    assert OwnRule(rule=None).ask is False


def test_R11_the_subject_is_not_shown_unless_the_administrator_shows_it() -> None:
    assert policy().show_subject is False
    assert policy(layer(show_subject=True)).show_subject is True


@pytest.mark.parametrize("strongest", [True, False])
def test_C_18_settings_go_the_same_way_as_rules(strongest: bool) -> None:
    of = policy(
        layer(kind=LayerKind.PERSON),
        layer(kind=LayerKind.GROUP, show_subject=strongest, addin_allowed=strongest),
        layer(show_subject=not strongest, addin_allowed=not strongest),
    )
    assert (of.show_subject, of.addin_allowed) == (strongest, strongest)


def test_R12_the_addin_is_allowed_unless_the_administrator_switches_it_off() -> None:
    assert policy().addin_allowed is True
    assert policy(layer(addin_allowed=False)).addin_allowed is False


def test_the_phone_rings_fifteen_seconds_unless_set_otherwise() -> None:
    assert policy().ring == DEFAULT_RING == timedelta(seconds=15)
    strongest = layer(kind=LayerKind.PERSON, ring=timedelta(0))
    assert policy(layer(kind=LayerKind.PERSON), strongest, layer(ring=timedelta(seconds=40))).ring == timedelta(0)


def test_C_24_working_hours_are_the_strongest_that_are_set_or_none() -> None:
    nights = WorkingHours(days=frozenset({5, 6}), start=time(20), end=time(23))
    assert policy().working_hours is None
    assert policy(layer(), layer(working_hours=nights), layer(working_hours=OFFICE_HOURS)).working_hours == nights


@pytest.mark.parametrize("days", [frozenset[int](), frozenset({7}), frozenset({-1, 0})], ids=["none", "7", "-1"])
def test_working_hours_without_real_weekdays_are_refused(days: frozenset[int]) -> None:
    with pytest.raises(InvalidValueError, match="weekdays"):
        WorkingHours(days=days, start=time(8), end=time(17))


@pytest.mark.parametrize("end", [time(8), time(7, 59)])
def test_working_hours_that_do_not_end_after_they_start_are_refused(end: time) -> None:
    with pytest.raises(InvalidValueError, match="end after"):
        WorkingHours(days=frozenset(range(7)), start=time(8), end=end)


def test_a_layer_in_which_nothing_is_set_is_empty() -> None:
    assert layer(kind=LayerKind.GROUP).is_empty
    assert not layer(kind=LayerKind.GROUP, show_subject=False).is_empty
