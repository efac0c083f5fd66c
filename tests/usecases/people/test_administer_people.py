"""What an administrator sees of people and sets: filters, pages, the mailbox in words, rules in force, two at once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs
from kalenderkoppling.domain.errors import BlockedReason, ConflictError, NotFoundError, ReadProblem
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Entitlements, GroupId, PersonId
from kalenderkoppling.domain.service import Scope, Service, ServiceSetting
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRule, OwnRules, Policy
from kalenderkoppling.rules.walk import Check
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.people import administer_people as module
from kalenderkoppling.usecases.people.administer_people import (
    PAGE_SIZE,
    Filters,
    PeopleList,
    edit_services,
    list_people,
    order_for_many,
    read_orders,
    read_person,
    rules_in_force,
)
from kalenderkoppling.usecases.people.mailbox_condition import MailboxCondition, mailbox_condition
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, employee, move_in
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, NOON, TRAVEL, at, layer, rule

COUPLING, REFERRAL = Service.CALENDAR_COUPLING, Service.REFERRAL
ON, OFF, SOURCE = ServiceSetting.ON, ServiceSetting.OFF, ServiceSetting.SOURCE
SEEN = {COUPLING: SOURCE, REFERRAL: SOURCE}


async def listed(house: House, after: int = 0, **filters: object) -> PeopleList:
    return await list_people(house.core, ADMINISTRATOR, Filters(**filters), after)  # type: ignore[arg-type] # named by tests


async def ids(house: House, **filters: object) -> list[str]:
    return [each.person.id for each in (await listed(house, 0, **filters)).rows]


async def test_each_filter_lets_those_pass_whom_it_names_and_all_together_fewer(house: House) -> None:
    move_in(
        house,
        [
            replace(employee("dag", services=Entitlements(referral=True)), department="Plan"),
            replace(employee("eva", mailbox="", groups=["g"]), department="Plan"),
            replace(employee("frida", services=Entitlements(), groups=["g", "h"]), department="Bygglov"),
        ],
    )
    await house.settle()
    assert await ids(house, text="dag") == ["dag"]
    assert await ids(house, department="Plan") == ["dag", "eva"]
    assert await ids(house, group="g") == ["eva", "frida"]
    assert await ids(house, service=COUPLING) == ["anna", "bertil", "carolina", "eva"]
    assert await ids(house, service=REFERRAL, department="Plan") == ["dag", "eva"]
    assert await ids(house, in_trouble=True) == ["eva"]
    assert await ids(house, group="g", department="Plan", service=REFERRAL, in_trouble=True, text="ek") == ["eva"]
    found = await listed(house)
    assert (found.departments, found.groups) == (["Bygglov", "Plan"], ["g", "h"])


async def test_the_pages_show_everybody_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(house, [employee(f"p{number:03}") for number in range(2 * PAGE_SIZE + 7)])
    monkeypatch.setattr(module, "_BLOCK", 30)
    seen: list[str] = []
    place: int | None = 0
    while place is not None:
        found = await listed(house, place, text="ek")
        seen += [each.person.id for each in found.rows]
        place = found.next
    assert (
        sorted(seen) == sorted({*seen}) == sorted([*("anna", "bertil", "carolina"), *(f"p{n:03}" for n in range(107))])
    )


async def test_a_filter_that_few_pass_looks_through_so_many_per_page_and_goes_on_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_in(
        house, [replace(employee(f"z{number:03}"), department="Sist" if number == 99 else "") for number in range(100)]
    )
    monkeypatch.setattr(module, "_BLOCK", 10)
    monkeypatch.setattr(module, "MOST_LOOKED_THROUGH", 60)
    first = await listed(house, department="Sist")
    assert ([each.person.id for each in first.rows], first.next) == ([], 60)
    second = await listed(house, 60, department="Sist")
    assert ([each.person.id for each in second.rows], second.next) == (["z099"], None)


@pytest.mark.parametrize("who", [COLLEAGUE, ATTENDANT])
async def test_nobody_but_an_administrator_sees_or_sets_any_of_it(house: House, who: Actor) -> None:
    for ask in (
        list_people(house.core, who, Filters()),
        read_orders(house.core, who),
        read_person(house.core, who, ANNA),
        edit_services(house.core, who, ANNA, {COUPLING: OFF}, seen=SEEN),
        order_for_many(house.core, who, service=COUPLING, setting=ON, scope=Scope.GROUP, of="g"),
    ):
        with pytest.raises(NotFoundError):
            await ask
    assert house.entries() == []


async def test_nobody_unknown_has_a_page(house: House) -> None:
    with pytest.raises(NotFoundError):
        await read_person(house.core, ADMINISTRATOR, PersonId("nobody"))
    with pytest.raises(NotFoundError):
        await edit_services(house.core, ADMINISTRATOR, PersonId("nobody"), {COUPLING: OFF}, seen=SEEN)


async def test_only_what_differs_from_what_was_seen_is_set_and_the_log_has_who_did_it(house: House) -> None:
    await edit_services(house.core, ADMINISTRATOR, ANNA, {COUPLING: OFF, REFERRAL: SOURCE}, seen=SEEN)
    found = await read_person(house.core, ADMINISTRATOR, ANNA)
    assert (found.services.pinned, found.condition) == ({COUPLING: True}, MailboxCondition.OFF)
    [entry] = house.audit()
    assert entry.actor == ADMINISTRATOR.person


async def test_the_second_of_two_administrators_sees_the_firsts_change_and_nothing_is_written(house: House) -> None:
    await edit_services(house.core, ADMINISTRATOR, ANNA, {COUPLING: OFF}, seen=SEEN)
    with pytest.raises(ConflictError):
        await edit_services(house.core, ADMINISTRATOR, ANNA, {COUPLING: ON, REFERRAL: OFF}, seen=SEEN)
    found = await read_person(house.core, ADMINISTRATOR, ANNA)
    assert found.services.given == Entitlements(referral=True)
    await edit_services(house.core, ADMINISTRATOR, ANNA, {COUPLING: SOURCE, REFERRAL: OFF}, seen=SEEN)
    found = await read_person(house.core, ADMINISTRATOR, ANNA)
    assert (found.services.given, found.services.pinned) == (Entitlements(), {COUPLING: True, REFERRAL: True})


async def test_a_persons_page_reads_no_absence_and_is_not_in_the_log(house: House) -> None:
    house.book("canary-7f3a", subject="canary-7f3a")
    await house.settle()
    found = await read_person(house.core, ADMINISTRATOR, ANNA)
    assert "canary-7f3a" not in str(found)
    assert house.entries() == []
    assert found.mailbox is not None
    assert found.mailbox.last_good_look == NOON


@pytest.mark.parametrize("problem", ReadProblem)
def test_every_problem_has_a_condition_and_is_trouble(problem: ReadProblem) -> None:
    state = MailboxState(person=ANNA, due=NOON, last_good_look=NOON, problem=problem)
    found = mailbox_condition(employee("anna"), state)
    assert (found, found.is_trouble) == (f"problem_{problem}", True)


@pytest.mark.parametrize("blocked", BlockedReason)
def test_every_block_has_a_condition_and_is_trouble(blocked: BlockedReason) -> None:
    state = MailboxState(person=ANNA, due=NOON, problem=ReadProblem.THROTTLED, blocked=blocked)
    found = mailbox_condition(employee("anna"), state)
    assert (found, found.is_trouble) == (f"blocked_{blocked}", True)


def test_a_mailbox_that_is_well_or_not_read_is_no_trouble() -> None:
    state = MailboxState(person=ANNA, due=NOON)
    fine = replace(state, last_good_look=NOON)
    anna = employee("anna")
    assert mailbox_condition(anna, None) is mailbox_condition(anna, state) is MailboxCondition.WAITING
    assert mailbox_condition(anna, fine) is MailboxCondition.FINE
    assert mailbox_condition(employee("anna", services=Entitlements()), fine) is MailboxCondition.OFF
    for partly in (replace(fine, unreadable=True), replace(fine, left_out=(BookingKey("b"),))):
        assert mailbox_condition(anna, partly) is MailboxCondition.PARTLY
        assert mailbox_condition(anna, partly).is_trouble


RULES = st.one_of(st.none(), st.builds(rule, st.sampled_from([LUNCH, TRAVEL])))
BY_SHOW_AS = st.dictionaries(st.sampled_from(ShowAs), RULES)
POLICIES = st.builds(
    Policy,
    calendar_coupling=st.just(True),
    referral=st.booleans(),
    own=st.builds(
        OwnRules,
        update=st.booleans(),
        by_show_as=st.dictionaries(st.sampled_from(ShowAs), st.builds(OwnRule, rule=RULES)),
    ),
    layers=st.lists(
        st.builds(
            layer, BY_SHOW_AS, kind=st.sampled_from(LayerKind), addin_allowed=st.sampled_from([None, True, False])
        ),
        max_size=3,
    ).map(tuple),
)


@given(POLICIES)
def test_the_rules_in_force_are_those_by_which_bookings_are_decided(policy: Policy) -> None:
    when = Interval(start=NOON, end=at("13:00"))
    for each in rules_in_force(replace(policy, calendar_coupling=False)):
        assert each.rule == decide(Booking(key=BookingKey("b"), when=when, show_as=each.show_as), None, policy)


async def test_whose_rule_it_is(house: House) -> None:
    move_in(house, [employee("bertil", groups=["g"])])
    with house.store.write(ACME) as tx:
        tx.rules.put_layer(ScopedLayer(layer=layer({ShowAs.BUSY: rule(LUNCH), ShowAs.FREE: rule(LUNCH)})))
        of_group = layer({ShowAs.BUSY: None}, kind=LayerKind.GROUP)
        tx.rules.put_layer(ScopedLayer(scope_id=GroupId("g"), layer=of_group))
        tx.rules.put_own(BERTIL, OwnRules(by_show_as={ShowAs.TENTATIVE: OwnRule(rule=rule(TRAVEL))}))
    found = await read_person(house.core, ADMINISTRATOR, BERTIL)
    whose = {each.show_as: (each.giver, each.layer) for each in found.rules}
    assert whose[ShowAs.BUSY] == (Check.ADMINISTRATOR_RULE, LayerKind.GROUP)
    assert whose[ShowAs.FREE] == (Check.ADMINISTRATOR_RULE, LayerKind.TENANT)
    assert whose[ShowAs.TENTATIVE][0] in {Check.OWN_RULE, Check.STANDARD_TEMPLATE}
    assert whose[ShowAs.OUT_OF_OFFICE] == (Check.STANDARD_TEMPLATE, None)
