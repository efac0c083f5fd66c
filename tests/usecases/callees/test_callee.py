"""Somebody who may be called: what holds at an instant, and until when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce, decide_call
from kalenderkoppling.domain.absence import Absence, Diversion, Origin
from kalenderkoppling.rules.model import WorkingHours
from kalenderkoppling.usecases.announcements.sentence import sentence_at
from kalenderkoppling.usecases.callees.callee import LONGEST_VALIDITY, Callee
from kktest.callees import callee
from kktest.draw import absences, instants
from kktest.make import NOON, absence, around, at

DIRECT, OPEN = Diversion.DIRECT, Diversion.OPEN
MEETING_NOW = absence("11:30", "13:00", DIRECT)
BY_HAND = absence("11:30", "13:00", DIRECT, origin=Origin.BY_HAND)
HOURS = WorkingHours(days=frozenset({0, 1}), start=time(10, 40), end=time(12, 20))


def until(of: Callee, now: datetime = NOON) -> datetime:
    """Until when the treatment at an instant holds."""
    return of.holds_until(now, of.treatment)


@pytest.mark.parametrize(("diversion", "kind"), [(DIRECT, Announce), (OPEN, RingThenAnnounce), (Diversion.NONE, Ring)])
def test_a_call_meets_what_is_in_force(diversion: Diversion, kind: type) -> None:
    person = callee(replace(MEETING_NOW, diversion=diversion))
    assert isinstance(person.treatment(NOON), kind)
    assert person.treatment(at("13:00")) == Ring()
    assert person.treatment(at("11:29")) == Ring()


def test_an_open_referral_rings_as_long_as_is_set_for_the_person() -> None:
    person = replace(callee(replace(MEETING_NOW, diversion=OPEN)), ring=timedelta(seconds=21))
    treatment = person.treatment(NOON)
    assert isinstance(treatment, RingThenAnnounce)
    assert treatment.after == timedelta(seconds=21)


def test_S_11_without_the_referral_service_every_call_rings() -> None:
    assert callee(MEETING_NOW, may_divert=False).treatment(NOON) == Ring()


def test_C_27_a_calendar_that_is_too_old_diverts_no_calls_and_what_was_set_by_hand_does() -> None:
    looked = NOON - timedelta(hours=24, microseconds=1)
    assert callee(MEETING_NOW, looked=looked).treatment(NOON) == Ring()
    assert callee(MEETING_NOW, looked=None).treatment(NOON) == Ring()
    assert isinstance(callee(BY_HAND, looked=looked).treatment(NOON), Announce)
    assert isinstance(callee(MEETING_NOW, looked=NOON - timedelta(hours=24)).treatment(NOON), Announce)


def test_it_holds_until_the_next_absence_begins_or_ends() -> None:
    later = absence("14:00", "15:00", OPEN, tie="b")
    person = callee(MEETING_NOW, later)
    assert [until(person, at(clock)) for clock in ("11:00", "11:30", "12:59", "13:00", "14:00")] == [
        at("11:30"), at("13:00"), at("13:00"), at("14:00"), at("15:00"),
    ]  # fmt: skip


def test_what_changes_nothing_of_what_calls_meet_is_no_end() -> None:
    unimportant = absence("12:10", "12:20", Diversion.NONE, tie="b")
    assert until(callee(MEETING_NOW, unimportant)) == at("13:00")


def test_it_holds_until_the_calendar_is_too_old() -> None:
    looked = at("2026-11-22 12:30")
    person = callee(MEETING_NOW, looked=looked)
    stale = looked + timedelta(hours=24, microseconds=1)
    assert until(person) == stale
    assert isinstance(person.treatment(stale - timedelta(microseconds=1)), Announce)
    assert person.treatment(stale) == Ring()


def test_a_limit_under_four_hours_counts_as_four() -> None:
    person = replace(callee(MEETING_NOW, looked=NOON - timedelta(hours=3, minutes=30)), freshness_limit=timedelta())
    assert until(person) == NOON + timedelta(minutes=30, microseconds=1)


def test_C_10_it_holds_until_midnight_where_the_return_is_said_in_another_way_then() -> None:
    person = callee(absence("08:00", "2026-11-24 09:00", DIRECT))
    assert until(person) == at("2026-11-24 00:00")


def test_nothing_holds_longer_than_a_day() -> None:
    person = callee()
    assert until(person) == NOON + LONGEST_VALIDITY


def test_C_09_a_day_of_23_hours_has_both_its_midnights_minded() -> None:
    # The clock is put forward on the 28th of March: from half past eleven on the 27th, two midnights are a day ahead.
    now = at("2027-03-27 23:30")
    person = callee(absence("2027-03-27 12:00", "2027-04-04 09:00", DIRECT), looked=now)
    heard = person.holds_until(now, lambda instant: sentence_at(person, instant))
    assert heard == at("2027-03-29 00:00")
    assert heard - now < timedelta(days=1)


@given(st.lists(absences(), max_size=4), instants, st.integers(0, 27), st.sampled_from((None, HOURS)))
def test_until_it_ends_the_decision_is_the_same_at_every_instant_and_then_another(
    drawn: Sequence[Absence], now: datetime, age_hours: int, hours: WorkingHours | None
) -> None:
    person = callee(*drawn, looked=now - timedelta(hours=age_hours), surroundings=around(hours))
    end = until(person, now)
    assert now < end <= now + LONGEST_VALIDITY
    step = max((end - now) / 40, timedelta(microseconds=1))
    instants_before = [now + number * step for number in range(40)]
    assert {person.treatment(each) for each in instants_before if each < end} == {person.treatment(now)}
    assert end == now + LONGEST_VALIDITY or person.treatment(end) != person.treatment(now)


@given(st.lists(absences(), max_size=4), instants, st.booleans(), st.integers(0, 30))
def test_a_decision_is_that_of_the_absences_under_the_persons_terms(
    drawn: Sequence[Absence], now: datetime, may_divert: bool, age_hours: int
) -> None:
    person = callee(*drawn, may_divert=may_divert, looked=now - timedelta(hours=age_hours))
    terms = person.terms(now)
    assert (terms.may_divert, terms.ring, terms.around) == (may_divert, person.ring, person.around)
    assert terms.calendar_is_fresh == (age_hours <= 24)
    assert person.treatment(now) == decide_call(drawn, now, terms)
