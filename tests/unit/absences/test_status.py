"""What colleagues see at a glance: semantics 8 and 9."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import CallTerms
from kalenderkoppling.absences.status import Colour, Status, status, without_absence
from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Absence, Diversion, Origin
from kalenderkoppling.domain.person import LineState
from kktest.draw import absences, instants
from kktest.make import LUNCH, OFFICE_HOURS, TRAVEL, absence, around, at, call_terms

NONE, OPEN, DIRECT = Diversion.NONE, Diversion.OPEN, Diversion.DIRECT
FRESH, STALE = call_terms(), call_terms(fresh=False)
BY_HAND = Origin.BY_HAND
MEET = absence("10:00", "11:00")


def back(*away: Absence, now: str = "10:30", fresh: bool = True) -> datetime | None:
    return status(away, LineState.FREE, at(now), call_terms(fresh=fresh)).back_at


@pytest.mark.parametrize(
    ("line", "away", "colour"),
    [
        (LineState.IN_CALL, True, Colour.RED),
        (LineState.IN_CALL, False, Colour.RED),
        (LineState.FREE, True, Colour.ORANGE),
        (LineState.RINGING, True, Colour.ORANGE),
        (LineState.UNKNOWN, True, Colour.ORANGE),
        (LineState.FREE, False, Colour.GREEN),
        (LineState.RINGING, False, Colour.GREEN),
        (LineState.UNKNOWN, False, Colour.GREEN),
    ],
)
def test_R20_C_21_red_in_a_call_before_orange_absent_before_green_free(
    line: LineState, away: bool, colour: Colour
) -> None:
    assert status([MEET] if away else [], line, at("10:30"), FRESH).colour is colour


@pytest.mark.parametrize("diversion", Diversion)
def test_C_21_any_absence_in_force_is_orange(diversion: Diversion) -> None:
    assert status([absence("10:00", "11:00", diversion)], LineState.FREE, at("10:30"), FRESH).colour is Colour.ORANGE


@pytest.mark.parametrize("now", ["09:59", "11:00"])
def test_C_01_an_absence_that_is_not_in_force_is_green(now: str) -> None:
    assert status([MEET], LineState.FREE, at(now), FRESH) == Status(colour=Colour.GREEN, line_known=True)


@pytest.mark.parametrize("line", LineState)
def test_C_21_an_unknown_line_is_marked(line: LineState) -> None:
    assert status([], line, at("10:30"), FRESH).line_known is (line is not LineState.UNKNOWN)


def test_the_reason_and_the_shown_return_are_told_during_a_call_too() -> None:
    assert status([MEET], LineState.IN_CALL, at("10:30"), FRESH) == Status(
        colour=Colour.RED, line_known=True, reason=MEETING, back_at=at("11:00")
    )


def test_C_02_the_reason_is_the_governing_absences() -> None:
    away = [absence("10:00", "12:00", OPEN, reason=LUNCH), absence("10:00", "11:00", DIRECT, reason=TRAVEL)]
    found = status(away, LineState.FREE, at("10:30"), FRESH)
    assert (found.reason, found.back_at) == (TRAVEL, at("12:00"))


def test_C_05_without_the_referral_service_no_referral_governs() -> None:
    away = [
        absence("10:00", "11:00", DIRECT, reason=TRAVEL),
        absence("10:00", "12:00", origin=Origin.OUT_OF_OFFICE, reason=OUT_OF_OFFICE),
    ]
    found = status(away, LineState.FREE, at("10:30"), call_terms(may_divert=False))
    assert (found.reason, found.back_at) == (OUT_OF_OFFICE, at("12:00"))


def test_C_24_the_shown_return_minds_working_hours() -> None:
    found = status(
        [absence("16:00", "17:00")], LineState.FREE, at("16:30"), call_terms(surroundings=around(OFFICE_HOURS))
    )
    assert found.back_at == at("2026-11-24 08:00")


# ── stale data ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("diversion", Diversion)
def test_C_27_a_stale_calendar_absence_stays_visible_and_promises_no_time(diversion: Diversion) -> None:
    away = [absence("10:00", "11:00", diversion)]
    assert status(away, LineState.FREE, at("10:30"), STALE) == Status(
        colour=Colour.ORANGE, line_known=True, reason=MEETING
    )


@pytest.mark.parametrize(
    ("away", "promised"),
    [
        ([absence("10:00", "11:00", origin=BY_HAND)], "11:00"),
        ([absence("10:00", "11:00", OPEN, origin=BY_HAND), MEET], "11:00"),
        ([absence("10:00", "11:00", OPEN, origin=BY_HAND), absence("10:00", "13:00", DIRECT)], "11:00"),
        ([absence("10:00", "12:00", origin=BY_HAND), MEET], None),
        ([absence("10:00", "11:00", origin=BY_HAND), absence("11:00", "12:00")], None),
        ([absence("10:00", "11:00", origin=BY_HAND), absence("11:01", "12:00")], "11:00"),
        ([absence("10:00", "11:00", origin=BY_HAND), absence("08:00", "10:30")], "11:00"),
    ],
    ids=[
        "by hand alone",
        "a referral by hand over information",
        "a referral by hand over a referral of the calendar",
        "the calendar governs",
        "the calendar goes on where the hand ends",
        "the calendar comes later",
        "the calendar has ended",
    ],
)
def test_C_27_a_time_is_promised_while_stale_only_where_it_rests_on_what_was_set_by_hand(
    away: list[Absence], promised: str | None
) -> None:
    assert back(*away, fresh=False) == (at(promised) if promised else None)


def test_C_27_a_stale_morning_meeting_does_not_move_the_promise_to_the_next_working_day() -> None:
    away = [absence("16:00", "17:00", origin=BY_HAND), absence("2026-11-24 08:00", "2026-11-24 10:00")]
    terms = call_terms(fresh=False, surroundings=around(OFFICE_HOURS))
    assert status(away, LineState.FREE, at("16:30"), terms).back_at is None
    assert status(away[:1], LineState.FREE, at("16:30"), terms).back_at == at("2026-11-24 08:00")


@given(st.lists(absences(), max_size=5), instants)
def test_C_27_a_stale_calendar_never_changes_a_promised_time(away: list[Absence], now: datetime) -> None:
    by_hand = [each for each in away if not each.is_from_calendar]
    promised = status(away, LineState.FREE, now, STALE).back_at
    assert promised is None or promised == status(by_hand, LineState.FREE, now, STALE).back_at


@given(st.lists(absences(), max_size=5), instants, st.sampled_from(LineState), st.sampled_from((FRESH, STALE)))
def test_a_status_is_always_whole(away: list[Absence], now: datetime, line: LineState, terms: CallTerms) -> None:
    found = status(away, line, now, terms)
    assert (found.colour is Colour.RED) is (line is LineState.IN_CALL)
    assert (found.reason is not None) is any(each.interval.holds(now) for each in away)
    assert found.back_at is None or (found.back_at > now and found.reason is not None)
    assert terms is STALE or (found.back_at is None) is (found.reason is None)


@given(instants, st.sampled_from(LineState), st.sampled_from((FRESH, STALE)))
def test_the_status_of_somebody_without_absences_depends_on_the_line_alone(
    now: datetime, line: LineState, terms: CallTerms
) -> None:
    assert without_absence(line) == status([], line, now, terms)
