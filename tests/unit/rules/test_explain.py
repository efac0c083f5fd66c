"""Why a booking became what it became, step by step."""

import pytest

from kalenderkoppling.domain.absence import MEETING, Diversion
from kalenderkoppling.domain.booking import Booking, Choice, ChoiceKind, Private, ShowAs, Standing
from kalenderkoppling.rules.explain import explain
from kalenderkoppling.rules.model import LayerKind, Policy
from kalenderkoppling.rules.walk import Check, Finding, Step
from kktest.make import ADDIN_OFF, TRAVEL, booking, choice, layer, policy, private, rule

PASSED = [
    (Check.SERVICE, Finding.PASSED),
    (Check.SENSITIVITY, Finding.PASSED),
    (Check.STANDING, Finding.PASSED),
    (Check.OWN_SWITCH, Finding.PASSED),
]
DIRECT_TRAVEL = rule(TRAVEL, Diversion.DIRECT)
TO_TEMPLATE = [
    (Check.OWN_RULE, Finding.NOT_SET),
    (Check.ADMINISTRATOR_RULE, Finding.NOT_SET),
    (Check.STANDARD_TEMPLATE, Finding.GIVES),
]


def told(sighting: Booking | Private, made: Choice | None, of: Policy) -> list[tuple[Check, Finding]]:
    return [(step.check, step.finding) for step in explain(sighting, made, of)]


@pytest.mark.parametrize(
    ("sighting", "made", "of", "ends_at"),
    [
        (booking(), None, policy(coupled=False), Check.SERVICE),
        (private(), None, policy(), Check.SENSITIVITY),
        (booking(standing=Standing.DECLINED), None, policy(), Check.STANDING),
        (booking(), None, policy(update=False), Check.OWN_SWITCH),
        (booking(), choice(ChoiceKind.NO), policy(), Check.CHOICE),
        (booking(), None, policy(own={ShowAs.BUSY: None}), Check.OWN_RULE),
        (booking(), None, policy(layer({ShowAs.BUSY: None})), Check.ADMINISTRATOR_RULE),
        (booking(show_as=ShowAs.FREE), None, policy(), Check.STANDARD_TEMPLATE),
    ],
    ids=["service", "private", "standing", "switch", "choice", "own rule", "administrator", "template"],
)
def test_the_first_that_fails_names_why(
    sighting: Booking | Private, made: Choice | None, of: Policy, ends_at: Check
) -> None:
    assert told(sighting, made, of)[-1] == (ends_at, Finding.ENDS)


def test_the_service_is_looked_at_before_the_sensitivity() -> None:
    """Who has no service is not read at all: that it is private is not known."""
    assert told(private(), None, policy(coupled=False)) == [(Check.SERVICE, Finding.ENDS)]


def test_the_walk_goes_from_the_service_to_the_standard_template() -> None:
    steps = explain(booking(), None, policy())
    assert [(step.check, step.finding) for step in steps] == [*PASSED, (Check.CHOICE, Finding.NOT_SET), *TO_TEMPLATE]
    assert [step.rule for step in steps[:-1]] == [None] * (len(steps) - 1)
    assert steps[-1].rule == rule(MEETING)


@pytest.mark.parametrize(
    ("sighting", "standing"),
    [
        (booking(standing=Standing.CANCELLED), Standing.CANCELLED),
        (booking(standing=Standing.DECLINED), Standing.DECLINED),
        (booking(when=None), Standing.NO_LENGTH),
        (booking(when=None, standing=Standing.CANCELLED), Standing.NO_LENGTH),
    ],
)
def test_a_booking_that_does_not_hold_says_in_what_way(sighting: Booking, standing: Standing) -> None:
    assert explain(sighting, None, policy())[-1] == Step(check=Check.STANDING, finding=Finding.ENDS, standing=standing)


@pytest.mark.parametrize("kind", LayerKind)
def test_the_administrators_rule_says_which_layer_gave_it(kind: LayerKind) -> None:
    last = explain(booking(), None, policy(layer({ShowAs.BUSY: DIRECT_TRAVEL}, kind=kind)))[-1]
    assert last == Step(check=Check.ADMINISTRATOR_RULE, finding=Finding.GIVES, rule=DIRECT_TRAVEL, layer=kind)


def test_the_administrators_no_says_which_layer_said_it() -> None:
    last = explain(booking(), None, policy(layer({ShowAs.BUSY: None}, kind=LayerKind.GROUP)))[-1]
    assert last == Step(check=Check.ADMINISTRATOR_RULE, finding=Finding.ENDS, layer=LayerKind.GROUP)


def test_an_own_rule_is_told_as_what_gives() -> None:
    last = explain(booking(), None, policy(own={ShowAs.BUSY: DIRECT_TRAVEL}))[-1]
    assert last == Step(check=Check.OWN_RULE, finding=Finding.GIVES, rule=DIRECT_TRAVEL)


def test_C_05_a_diversion_without_the_service_is_told_as_information_only() -> None:
    last = explain(booking(), None, policy(own={ShowAs.BUSY: DIRECT_TRAVEL}, referral=False))[-1]
    assert last == Step(check=Check.REFERRAL_SERVICE, finding=Finding.INFORMATION_ONLY, rule=rule(TRAVEL))


def test_C_05_where_nothing_diverts_the_missing_service_is_not_told() -> None:
    last = explain(booking(), None, policy(referral=False))[-1]
    assert (last.check, last.finding) == (Check.STANDARD_TEMPLATE, Finding.GIVES)


def test_a_choice_with_both_is_told_as_what_gives() -> None:
    last = explain(booking(), choice(reason=TRAVEL, diversion=Diversion.DIRECT), policy())[-1]
    assert last == Step(check=Check.CHOICE, finding=Finding.GIVES, rule=DIRECT_TRAVEL)


def test_a_choice_completed_by_the_rules_tells_the_rules_first() -> None:
    steps = explain(booking(), choice(diversion=Diversion.DIRECT), policy())
    assert [(step.check, step.finding) for step in steps[4:]] == [
        *TO_TEMPLATE,
        (Check.CHOICE, Finding.COMPLETED_BY_RULES),
    ]
    assert [step.rule for step in steps[:-1]] == [None] * (len(steps) - 1)
    assert steps[-1].rule == rule(MEETING, Diversion.DIRECT)


def test_a_choice_completed_by_a_rule_with_diversion_tells_the_missing_service_once() -> None:
    of = policy(own={ShowAs.BUSY: DIRECT_TRAVEL}, referral=False)
    checks = [step.check for step in explain(booking(), choice(reason=MEETING), of)]
    assert checks[4:] == [Check.OWN_RULE, Check.CHOICE, Check.REFERRAL_SERVICE]


def test_a_rule_of_no_update_under_a_choice_does_not_say_that_it_ended_there() -> None:
    steps = explain(booking(), choice(reason=TRAVEL), policy(own={ShowAs.BUSY: None}))
    assert [(step.check, step.finding) for step in steps[4:]] == [
        (Check.OWN_RULE, Finding.PASSED),
        (Check.CHOICE, Finding.COMPLETED_BY_RULES),
    ]


@pytest.mark.parametrize(
    ("made", "sleeping"),
    [
        (None, {Check.OWN_SWITCH, Check.OWN_RULE}),
        (choice(ChoiceKind.RULE), {Check.OWN_SWITCH, Check.CHOICE, Check.OWN_RULE}),
        (choice(reason=TRAVEL), {Check.OWN_SWITCH, Check.CHOICE, Check.OWN_RULE}),
        (choice(ChoiceKind.NO), {Check.OWN_SWITCH}),
    ],
    ids=["no choice", "rule", "set", "no"],
)
def test_C_15_what_sleeps_while_the_addin_is_off_is_told(made: Choice | None, sleeping: set[Check]) -> None:
    of = policy(ADDIN_OFF, update=False, own={ShowAs.BUSY: DIRECT_TRAVEL})
    assert {check for check, finding in told(booking(), made, of) if finding is Finding.SLEEPS} == sleeping


def test_C_17_a_choice_rule_is_told_and_then_the_rules() -> None:
    steps = told(booking(), choice(ChoiceKind.RULE), policy())
    assert steps == [*PASSED, (Check.CHOICE, Finding.PASSED), *TO_TEMPLATE]
