"""What holds of the walk for every booking, choice and policy."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.booking import Booking, Choice, ChoiceKind
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.explain import explain
from kalenderkoppling.rules.model import OwnRules, Policy
from kalenderkoppling.rules.walk import Finding
from kktest.draw import FEWER, KEYS, bookings, policies, privates, single_choices
from kktest.make import choice

chosen = st.none() | single_choices


@given(bookings() | st.sampled_from(KEYS).map(privates), chosen, policies)
def test_the_last_step_of_explain_always_agrees_with_decide(sighting: Booking, made: Choice | None, of: Policy) -> None:
    steps = explain(sighting, made, of)
    assert steps[-1].rule == decide(sighting, made, of)
    assert (steps[-1].finding is Finding.ENDS) is (steps[-1].rule is None)


@FEWER
@given(bookings(), chosen, policies)
def test_only_the_last_step_ever_says_that_it_ends(sighting: Booking, made: Choice | None, of: Policy) -> None:
    assert all(step.finding is not Finding.ENDS for step in explain(sighting, made, of)[:-1])


@FEWER
@given(st.sampled_from(KEYS), chosen, policies)
def test_R10_private_never_gives_a_rule(key: str, made: Choice | None, of: Policy) -> None:
    assert decide(privates(next(each for each in KEYS if each == key)), made, of) is None


@FEWER
@given(bookings(), chosen, policies)
def test_R7_without_the_service_there_is_never_an_absence(sighting: Booking, made: Choice | None, of: Policy) -> None:
    assert decide(sighting, made, replace(of, calendar_coupling=False)) is None


@FEWER
@given(bookings(), chosen, policies)
def test_C_05_without_the_referral_service_nothing_ever_diverts_and_nothing_else_changes(
    sighting: Booking, made: Choice | None, of: Policy
) -> None:
    entitled = decide(sighting, made, replace(of, referral=True))
    plain = decide(sighting, made, replace(of, referral=False))
    assert (plain is None) is (entitled is None)
    assert plain is None or (plain.reason == entitled.reason and not plain.diversion.diverts)  # type: ignore[union-attr] # None together, as said above


@FEWER
@given(bookings(), policies)
def test_a_choice_no_always_means_no(sighting: Booking, of: Policy) -> None:
    assert decide(sighting, choice(ChoiceKind.NO), of) is None


@FEWER
@given(bookings(), chosen, policies)
def test_R15_the_own_switch_off_always_means_no_while_the_addin_is_on(
    sighting: Booking, made: Choice | None, of: Policy
) -> None:
    off = replace(of, own=replace(of.own, update=False))
    assert not off.addin_allowed or decide(sighting, made, off) is None


@FEWER
@given(bookings(), st.none() | st.just(choice(ChoiceKind.RULE)) | st.just(choice(ChoiceKind.SET)), policies)
def test_C_15_while_the_addin_is_off_nothing_that_a_person_set_ever_counts(
    sighting: Booking, made: Choice | None, of: Policy
) -> None:
    if of.addin_allowed:
        return
    assert decide(sighting, made, of) == decide(sighting, None, replace(of, own=OwnRules()))


@FEWER
@given(bookings(), chosen, policies)
def test_R11_nothing_that_a_person_sets_ever_shows_a_subject(
    sighting: Booking, made: Choice | None, of: Policy
) -> None:
    assert replace(of, own=OwnRules()).show_subject is of.show_subject
    assert decide(replace(sighting, subject="Budget"), made, of) == decide(replace(sighting, subject=None), made, of)
