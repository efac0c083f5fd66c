"""The table of what a booking becomes: semantics 2 and 3, sentence by sentence."""

import pytest

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Diversion
from kalenderkoppling.domain.booking import Choice, ChoiceKind, ShowAs, Standing
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import STANDARD_TEMPLATE, LayerKind, OwnRule, OwnRules, Policy, Rule
from kktest.make import ADDIN_OFF, LUNCH, TRAVEL, booking, choice, layer, policy, private, rule

DIRECT_TRAVEL = rule(TRAVEL, Diversion.DIRECT)
OPEN_LUNCH = rule(LUNCH, Diversion.OPEN)
NO = choice(ChoiceKind.NO)
FOLLOW = choice(ChoiceKind.RULE)
SET = choice(reason=TRAVEL, diversion=Diversion.DIRECT)


# ── which bookings count ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", [None, NO, FOLLOW, SET])
def test_R7_without_the_calendar_coupling_nothing_gives_an_absence(made: Choice | None) -> None:
    assert decide(booking(), made, policy(coupled=False)) is None


@pytest.mark.parametrize("made", [None, NO, FOLLOW, SET])
def test_R10_C_07_a_private_booking_gives_no_absence_whatever_was_chosen(made: Choice | None) -> None:
    assert decide(private(), made, policy(own=dict.fromkeys(ShowAs, DIRECT_TRAVEL))) is None


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.HELD])
@pytest.mark.parametrize("made", [None, SET])
def test_C_08_a_cancelled_or_declined_booking_gives_no_absence(standing: Standing, made: Choice | None) -> None:
    assert decide(booking(standing=standing), made, policy()) is None


@pytest.mark.parametrize("made", [None, SET])
def test_C_19_a_booking_of_no_length_gives_no_absence(made: Choice | None) -> None:
    assert decide(booking(when=None), made, policy()) is None


# ── the standard template ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("show_as", "becomes"),
    [
        (ShowAs.BUSY, rule(MEETING)),
        (ShowAs.OUT_OF_OFFICE, rule(OUT_OF_OFFICE)),
        (ShowAs.FREE, None),
        (ShowAs.TENTATIVE, None),
        (ShowAs.WORKING_ELSEWHERE, None),
    ],
)
def test_R8_C_00_the_standard_template_holds_without_own_rules(show_as: ShowAs, becomes: Rule | None) -> None:
    assert decide(booking(show_as=show_as), None, policy()) == becomes


def test_R8_the_standard_template_says_something_of_each_show_as_and_never_diverts() -> None:
    assert set(STANDARD_TEMPLATE) == set(ShowAs)
    assert not any(each.diversion.diverts for each in STANDARD_TEMPLATE.values() if each)


def test_an_unknown_show_as_gives_no_absence() -> None:
    rules = dict.fromkeys(ShowAs, DIRECT_TRAVEL)
    assert decide(booking(show_as=None), None, policy(layer(rules), own=rules)) is None


def test_an_unknown_show_as_with_a_choice_gives_what_was_chosen() -> None:
    assert decide(booking(show_as=None), SET, policy()) == DIRECT_TRAVEL


# ── the effective rule, highest first ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", [None, FOLLOW, SET])
def test_R15_the_persons_own_switch_off_gives_no_absence_whatever_choices_say(made: Choice | None) -> None:
    of = policy(update=False, own={ShowAs.BUSY: DIRECT_TRAVEL})
    assert decide(booking(), made, of) is None


def test_R16_a_choice_no_gives_no_absence() -> None:
    assert decide(booking(), NO, policy(own={ShowAs.BUSY: DIRECT_TRAVEL})) is None


def test_R16_a_choice_set_beats_the_persons_own_rule() -> None:
    assert decide(booking(), SET, policy(own={ShowAs.BUSY: OPEN_LUNCH})) == DIRECT_TRAVEL


def test_R16_a_choice_set_gives_an_absence_where_the_rules_give_none() -> None:
    assert decide(booking(show_as=ShowAs.FREE), SET, policy()) == DIRECT_TRAVEL


def test_C_17_a_choice_rule_follows_the_persons_own_rule() -> None:
    assert decide(booking(), FOLLOW, policy(own={ShowAs.BUSY: OPEN_LUNCH})) == OPEN_LUNCH


@pytest.mark.parametrize(
    ("made", "becomes"),
    [
        (choice(reason=TRAVEL), rule(TRAVEL, Diversion.OPEN)),
        (choice(diversion=Diversion.DIRECT), rule(LUNCH, Diversion.DIRECT)),
        (choice(diversion=Diversion.NONE), rule(LUNCH, Diversion.NONE)),
        (choice(), OPEN_LUNCH),
    ],
    ids=["reason", "direct", "none", "neither"],
)
def test_a_choice_that_names_one_of_reason_and_diversion_follows_the_rules_for_the_other(
    made: Choice, becomes: Rule
) -> None:
    assert decide(booking(), made, policy(own={ShowAs.BUSY: OPEN_LUNCH})) == becomes


@pytest.mark.parametrize(
    ("made", "becomes"),
    [
        (choice(reason=TRAVEL), rule(TRAVEL, Diversion.NONE)),
        (choice(diversion=Diversion.DIRECT), rule(MEETING, Diversion.DIRECT)),
        (choice(), rule(MEETING, Diversion.NONE)),
    ],
    ids=["reason", "diversion", "neither"],
)
def test_a_choice_that_names_one_is_completed_by_meeting_and_none_where_the_rules_give_nothing(
    made: Choice, becomes: Rule
) -> None:
    assert decide(booking(show_as=ShowAs.FREE), made, policy()) == becomes


def test_R12_the_persons_rule_beats_the_administrators() -> None:
    of = policy(layer({ShowAs.BUSY: DIRECT_TRAVEL}), own={ShowAs.BUSY: OPEN_LUNCH})
    assert decide(booking(), None, of) == OPEN_LUNCH


def test_R12_the_persons_no_beats_the_administrators_yes() -> None:
    of = policy(layer({ShowAs.BUSY: DIRECT_TRAVEL}), own={ShowAs.BUSY: None})
    assert decide(booking(), None, of) is None


def test_C_14_a_show_as_that_the_person_has_not_set_follows_the_administrator() -> None:
    of = policy(layer({ShowAs.FREE: DIRECT_TRAVEL}), own={ShowAs.BUSY: OPEN_LUNCH})
    assert decide(booking(show_as=ShowAs.FREE), None, of) == DIRECT_TRAVEL


def test_C_16_asking_changes_nothing_until_there_is_an_answer() -> None:
    own = OwnRules(by_show_as={ShowAs.BUSY: OwnRule(rule=OPEN_LUNCH, ask=True)})
    assert decide(booking(), None, Policy(calendar_coupling=True, referral=True, own=own)) == OPEN_LUNCH


def test_R9_the_administrators_rule_beats_the_standard_template() -> None:
    assert decide(booking(), None, policy(layer({ShowAs.BUSY: OPEN_LUNCH}))) == OPEN_LUNCH


def test_R6_the_administrators_no_beats_the_standard_template() -> None:
    assert decide(booking(), None, policy(layer({ShowAs.BUSY: None}))) is None


def test_a_layer_that_does_not_set_a_show_as_leaves_it_to_the_layer_below() -> None:
    upper = layer({ShowAs.FREE: OPEN_LUNCH}, kind=LayerKind.PERSON)
    lower = layer({ShowAs.BUSY: DIRECT_TRAVEL})
    assert decide(booking(), None, policy(upper, lower)) == DIRECT_TRAVEL


def test_the_strongest_layer_that_sets_a_show_as_counts() -> None:
    upper = layer({ShowAs.BUSY: OPEN_LUNCH}, kind=LayerKind.PERSON)
    lower = layer({ShowAs.BUSY: DIRECT_TRAVEL})
    assert decide(booking(), None, policy(upper, lower)) == OPEN_LUNCH


# ── without the referral service ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("diversion", Diversion)
def test_C_05_without_the_referral_service_a_rule_with_diversion_gives_information_only(diversion: Diversion) -> None:
    of = policy(layer({ShowAs.BUSY: rule(TRAVEL, diversion)}), referral=False)
    assert decide(booking(), None, of) == rule(TRAVEL)


@pytest.mark.parametrize("made", [SET, choice(diversion=Diversion.OPEN, reason=TRAVEL)])
def test_C_05_without_the_referral_service_a_choice_with_diversion_gives_information_only(made: Choice) -> None:
    assert decide(booking(), made, policy(referral=False)) == rule(TRAVEL)


def test_C_05_without_the_referral_service_a_choice_completed_by_the_rules_gives_information_only() -> None:
    of = policy(own={ShowAs.BUSY: OPEN_LUNCH}, referral=False)
    assert decide(booking(), choice(reason=TRAVEL), of) == rule(TRAVEL)


def test_C_05_without_the_referral_service_an_own_rule_with_diversion_gives_information_only() -> None:
    assert decide(booking(), None, policy(own={ShowAs.BUSY: OPEN_LUNCH}, referral=False)) == rule(LUNCH)


# ── the add-in switched off by the administrator ────────────────────────────────────────────────


def test_R12_C_15_own_rules_sleep_while_the_addin_is_off() -> None:
    assert decide(booking(), None, policy(ADDIN_OFF, own={ShowAs.BUSY: DIRECT_TRAVEL})) == rule(MEETING)


def test_C_15_the_own_switch_sleeps_while_the_addin_is_off() -> None:
    assert decide(booking(), None, policy(ADDIN_OFF, update=False)) == rule(MEETING)


def test_C_15_a_choice_set_sleeps_while_the_addin_is_off() -> None:
    assert decide(booking(), SET, policy(ADDIN_OFF)) == rule(MEETING)


def test_C_15_a_choice_rule_sleeps_while_the_addin_is_off() -> None:
    assert decide(booking(), FOLLOW, policy(ADDIN_OFF, own={ShowAs.BUSY: None})) == rule(MEETING)


@pytest.mark.parametrize("update", [True, False])
def test_C_15_a_choice_no_stays_honoured_while_the_addin_is_off(update: bool) -> None:
    assert decide(booking(), NO, policy(ADDIN_OFF, update=update)) is None


def test_C_15_what_slept_is_in_force_again_when_the_addin_is_switched_on() -> None:
    asleep = policy(ADDIN_OFF, own={ShowAs.BUSY: DIRECT_TRAVEL})
    awake = policy(layer(addin_allowed=True), ADDIN_OFF, own={ShowAs.BUSY: DIRECT_TRAVEL})
    assert decide(booking(), None, asleep) == rule(MEETING)
    assert decide(booking(), None, awake) == DIRECT_TRAVEL


def test_R12_the_subject_in_no_way_changes_what_a_booking_becomes() -> None:
    assert decide(booking(subject="Sjuk"), None, policy()) == decide(booking(), None, policy())
