"""What a call meets: semantics 7 and 9."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.back import caller_return, return_form
from kalenderkoppling.absences.call import (
    Announce,
    Announced,
    CallTerms,
    Ring,
    RingThenAnnounce,
    decide_call,
    diverting,
)
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Absence, AbsenceId, Diversion, Origin, ReturnForm
from kktest.draw import absences, instants
from kktest.make import LUNCH, OFFICE_HOURS, STOCKHOLM, TRAVEL, absence, around, at, call_terms

NONE, OPEN, DIRECT = Diversion.NONE, Diversion.OPEN, Diversion.DIRECT
STALE = call_terms(fresh=False)
UNENTITLED = call_terms(may_divert=False)

UNTIL_ELEVEN = Announced(absence=AbsenceId("id-a"), reason=MEETING, back_at=at("11:00"), form=ReturnForm.TIME)


def test_a_call_to_somebody_who_is_not_away_rings() -> None:
    assert decide_call([], at("10:30"), call_terms()) == Ring()


@pytest.mark.parametrize("now", ["09:59", "11:00"])
def test_C_01_a_call_outside_the_referral_rings(now: str) -> None:
    assert decide_call([absence("10:00", "11:00", DIRECT)], at(now), call_terms()) == Ring()


def test_R17_a_referral_is_announced_at_once() -> None:
    assert decide_call([absence("10:00", "11:00", DIRECT)], at("10:30"), call_terms()) == Announce(
        announced=UNTIL_ELEVEN
    )


@pytest.mark.parametrize("seconds", [0, 15, 40])
def test_R17_an_open_referral_rings_first_and_is_then_announced(seconds: int) -> None:
    ring = timedelta(seconds=seconds)
    met = decide_call([absence("10:00", "11:00", OPEN)], at("10:30"), call_terms(ring=ring))
    assert met == RingThenAnnounce(after=ring, announced=UNTIL_ELEVEN)


def test_R17_no_diversion_is_information_only_and_the_phone_rings() -> None:
    assert decide_call([absence("10:00", "11:00")], at("10:30"), call_terms()) == Ring()


@pytest.mark.parametrize("diversion", [OPEN, DIRECT])
def test_C_05_without_the_referral_service_every_call_rings(diversion: Diversion) -> None:
    away = [absence("10:00", "11:00", diversion), absence("10:00", "11:00", diversion, origin=Origin.BY_HAND)]
    assert decide_call(away, at("10:30"), UNENTITLED) == Ring()


def test_C_02_the_strongest_is_announced_with_the_return_of_all_referrals() -> None:
    away = [
        absence("10:00", "12:00", OPEN, reason=LUNCH, tie="open"),
        absence("10:00", "11:00", DIRECT, reason=TRAVEL, tie="direct"),
        absence("10:00", "15:00", NONE, reason=OUT_OF_OFFICE, tie="none"),
    ]
    met = decide_call(away, at("10:30"), call_terms())
    assert met == Announce(
        announced=Announced(absence=AbsenceId("id-direct"), reason=TRAVEL, back_at=at("12:00"), form=ReturnForm.TIME)
    )


def test_C_26_an_open_referral_that_has_ended_when_the_announcement_would_start_goes_on_ringing() -> None:
    away = [absence("10:00", "11:00", OPEN)]
    ring = timedelta(seconds=15)
    called = at("11:00") - timedelta(seconds=10)
    assert decide_call(away, called, call_terms(ring=ring)) == RingThenAnnounce(after=ring, announced=UNTIL_ELEVEN)
    assert decide_call(away, called + ring, call_terms(ring=ring)) == Ring()


def test_C_10_a_return_at_midnight_is_a_date() -> None:
    met = decide_call([absence("10:00", "2026-11-24 00:00", DIRECT)], at("10:30"), call_terms())
    assert isinstance(met, Announce)
    assert met.announced.form is ReturnForm.DATE


def test_C_24_the_announced_return_minds_working_hours() -> None:
    terms = call_terms(surroundings=around(OFFICE_HOURS))
    met = decide_call([absence("16:00", "17:00", DIRECT)], at("16:30"), terms)
    assert isinstance(met, Announce)
    assert (met.announced.back_at, met.announced.form) == (at("2026-11-24 08:00"), ReturnForm.TOMORROW)


# ── stale data ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("diversion", [OPEN, DIRECT])
def test_C_27_stale_calendar_absences_divert_no_calls(diversion: Diversion) -> None:
    assert decide_call([absence("10:00", "11:00", diversion)], at("10:30"), STALE) == Ring()


def test_C_27_referrals_set_by_hand_go_on_diverting_while_the_calendar_is_stale() -> None:
    away = [
        absence("10:00", "11:00", DIRECT, origin=Origin.BY_HAND),
        absence("10:00", "13:00", DIRECT, tie="calendar"),
    ]
    assert decide_call(away, at("10:30"), STALE) == Announce(announced=UNTIL_ELEVEN)


def test_C_27_terms_are_those_of_fresh_data_unless_it_is_said() -> None:
    plain = CallTerms(may_divert=True, ring=timedelta(seconds=15), around=around())
    assert decide_call([absence("10:00", "11:00", DIRECT)], at("10:30"), plain) == Announce(announced=UNTIL_ELEVEN)


def test_C_27_stale_data_that_would_promise_nothing_to_callers_is_left_as_it_is() -> None:
    away = [absence("10:00", "11:00"), absence("10:00", "11:00", OPEN, origin=Origin.BY_HAND)]
    assert diverting(away, STALE) == away


# ── always ──────────────────────────────────────────────────────────────────────────────────────

AWAY = st.lists(absences(), max_size=6)
TERMS = st.builds(
    CallTerms,
    may_divert=st.booleans(),
    ring=st.just(timedelta(seconds=15)),
    around=st.sampled_from((around(), around(OFFICE_HOURS))),
    calendar_is_fresh=st.booleans(),
)


@given(AWAY, instants, TERMS)
def test_S_3_what_is_announced_is_always_the_pure_function_at_that_instant(
    away: list[Absence], now: datetime, terms: CallTerms
) -> None:
    met = decide_call(away, now, terms)
    counted = diverting(away, terms)
    leader = governing(in_force(counted, now))
    if isinstance(met, Ring):
        assert leader is None or not leader.diversion.diverts
        return
    assert leader is not None
    back_at = caller_return(counted, now, terms.around)
    assert back_at is not None
    assert back_at > now
    assert met.announced == Announced(
        absence=leader.id, reason=leader.reason, back_at=back_at, form=return_form(back_at, now, STOCKHOLM)
    )
    assert isinstance(met, Announce) is (leader.diversion is DIRECT)


@given(AWAY, instants, TERMS)
def test_S_11_no_call_is_ever_diverted_without_the_referral_service(
    away: list[Absence], now: datetime, terms: CallTerms
) -> None:
    assert decide_call(away, now, replace(terms, may_divert=False)) == Ring()


@given(AWAY, instants, TERMS)
def test_C_27_what_a_stale_calendar_says_never_changes_what_a_call_meets_beside_what_was_set_by_hand(
    away: list[Absence], now: datetime, terms: CallTerms
) -> None:
    stale = replace(terms, calendar_is_fresh=False)
    by_hand = [each for each in away if not each.is_from_calendar]
    assert decide_call(away, now, stale) == decide_call(by_hand, now, stale)


@given(AWAY, instants, TERMS)
def test_nothing_but_the_diversion_is_ever_taken_from_an_absence(
    away: list[Absence], now: datetime, terms: CallTerms
) -> None:
    assert [replace(each, diversion=NONE) for each in diverting(away, terms)] == [
        replace(each, diversion=NONE) for each in away
    ]
