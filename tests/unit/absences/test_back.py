"""When a person is back: semantics 6."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.absences import back
from kalenderkoppling.absences.back import caller_return, return_form, shown_return
from kalenderkoppling.absences.status import next_free
from kalenderkoppling.domain.absence import Diversion, Origin, ReturnForm
from kalenderkoppling.rules.model import WorkingHours
from kktest.make import OFFICE_HOURS, STOCKHOLM, absence, around, at

NONE, OPEN, DIRECT = Diversion.NONE, Diversion.OPEN, Diversion.DIRECT
FREELY, WORKING = around(), around(OFFICE_HOURS)


# ── the caller's return ─────────────────────────────────────────────────────────────────────────


def test_the_callers_return_is_the_end_of_the_referral() -> None:
    assert caller_return([absence("10:00", "11:00", DIRECT)], at("10:30"), FREELY) == at("11:00")


@pytest.mark.parametrize("now", ["09:59", "11:00", "12:00"])
def test_the_callers_return_is_null_when_the_call_rings(now: str) -> None:
    assert caller_return([absence("10:00", "11:00", DIRECT)], at(now), FREELY) is None


def test_R8_information_only_promises_callers_nothing() -> None:
    assert caller_return([absence("10:00", "11:00")], at("10:30"), FREELY) is None


@pytest.mark.parametrize("reverse", [False, True])
def test_C_03_back_to_back_and_overlapping_referrals_are_joined(reverse: bool) -> None:
    away = [
        absence("08:00", "09:00", DIRECT),
        absence("09:00", "10:15", OPEN),
        absence("10:00", "11:00", DIRECT),
        absence("10:00", "10:30", DIRECT),
        absence("11:01", "12:00", DIRECT),
    ]
    assert caller_return(away[::-1] if reverse else away, at("08:30"), FREELY) == at("11:00")


def test_C_03_an_open_referral_and_a_direct_one_that_overlap_are_one_return() -> None:
    away = [absence("10:00", "11:00", DIRECT), absence("10:30", "12:00", OPEN)]
    assert caller_return(away, at("10:15"), FREELY) == at("12:00")
    assert shown_return(away, at("10:15"), FREELY) == at("12:00")


def test_C_03_a_referral_inside_another_does_not_shorten_the_return() -> None:
    away = [absence("10:00", "12:00", OPEN), absence("10:30", "11:00", DIRECT)]
    assert caller_return(away, at("10:45"), FREELY) == at("12:00")


def test_C_04_information_only_does_not_prolong_the_callers_return() -> None:
    away = [absence("10:00", "11:00", DIRECT), absence("10:30", "15:00")]
    assert caller_return(away, at("10:45"), FREELY) == at("11:00")


# ── the shown return ────────────────────────────────────────────────────────────────────────────


def test_the_shown_return_is_the_callers_when_a_referral_governs() -> None:
    away = [absence("10:00", "11:00", OPEN), absence("10:30", "15:00", origin=Origin.OUT_OF_OFFICE)]
    assert shown_return(away, at("10:45"), FREELY) == at("11:00")


def test_the_shown_return_is_the_end_of_all_absences_joined_when_no_referral_governs() -> None:
    away = [absence(f"{hour}:00", f"{hour + 1}:00", DIRECT if hour == 11 else NONE) for hour in (10, 11, 12, 14)]
    assert shown_return(away, at("10:30"), FREELY) == at("13:00")


def test_there_is_no_shown_return_where_nobody_is_away() -> None:
    assert shown_return([absence("10:00", "11:00")], at("11:00"), FREELY) is None
    assert shown_return([], at("11:00"), FREELY) is None


def test_the_next_free_instant_is_now_where_nobody_is_away() -> None:
    assert next_free([absence("10:00", "11:00")], at("11:00"), FREELY) == at("11:00")


def test_the_next_free_instant_comes_after_every_absence_though_a_referral_governs() -> None:
    away = [absence("10:00", "11:00", DIRECT), absence("10:30", "15:00")]
    assert next_free(away, at("10:45"), FREELY) == at("15:00")


def test_C_24_the_next_free_instant_is_one_at_which_the_person_works() -> None:
    assert next_free([absence("2026-11-24 08:00", "2026-11-24 09:00")], at("18:00"), WORKING) == at("2026-11-24 09:00")


# ── working hours and holidays ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("end", "returns"),
    [
        ("2026-11-27 16:59", "2026-11-27 16:59"),
        ("2026-11-27 17:00", "2026-11-30 08:00"),
        ("2026-11-28 12:00", "2026-11-30 08:00"),
        ("2026-11-30 07:59", "2026-11-30 08:00"),
        ("2026-11-30 08:00", "2026-11-30 08:00"),
        ("2026-11-30 08:01", "2026-11-30 08:01"),
        ("2026-11-25 23:00", "2026-11-26 08:00"),
    ],
    ids=["within hours", "Friday 17", "Saturday", "before opening", "at opening", "after opening", "in the evening"],
)
def test_C_24_a_return_outside_working_hours_moves_to_the_next_working_start(end: str, returns: str) -> None:
    assert caller_return([absence("2026-11-23 09:00", end, DIRECT)], at("10:00"), WORKING) == at(returns)


def test_C_24_a_return_in_another_referral_is_looked_at_again_until_it_is_stable() -> None:
    away = [
        absence("2026-11-27 13:00", "2026-11-27 17:00", DIRECT),
        absence("2026-11-30 08:00", "2026-11-30 10:00", OPEN),
        absence("2026-11-30 09:30", "2026-11-30 17:00", DIRECT),
        absence("2026-12-01 07:30", "2026-12-01 08:30", DIRECT),
    ]
    assert caller_return(away[:2], at("2026-11-27 14:00"), WORKING) == at("2026-11-30 10:00")
    assert caller_return(away, at("2026-11-27 14:00"), WORKING) == at("2026-12-01 08:30")


def test_C_24_a_referral_in_the_evening_does_not_prolong_the_return() -> None:
    away = [absence("16:00", "17:00", DIRECT), absence("18:00", "20:00", DIRECT)]
    assert caller_return(away, at("16:30"), WORKING) == at("2026-11-24 08:00")


def test_C_24_the_shown_return_minds_working_hours_too() -> None:
    away = [absence("16:00", "17:00"), absence("2026-11-24 08:00", "2026-11-24 10:00")]
    assert shown_return(away, at("16:30"), WORKING) == at("2026-11-24 10:00")


@pytest.mark.parametrize(
    ("end", "returns"),
    [
        ("2026-06-18 17:00", "2026-06-22 08:00"),
        ("2027-06-24 17:00", "2027-06-28 08:00"),
        ("2026-12-23 17:00", "2026-12-28 08:00"),
        ("2027-12-23 17:00", "2027-12-27 08:00"),
        ("2026-12-30 17:00", "2027-01-04 08:00"),
        ("2027-12-30 17:00", "2028-01-03 08:00"),
        ("2026-06-05 17:00", "2026-06-08 08:00"),
        ("2027-05-05 17:00", "2027-05-07 08:00"),
    ],
    ids=[
        "Midsummer 2026",
        "Midsummer 2027",
        "Christmas 2026",
        "Christmas 2027",
        "New Year 2026",
        "New Year 2027",
        "National Day on a Saturday",
        "Ascension Day 2027",
    ],
)
def test_C_24_public_holidays_and_their_eves_are_skipped(end: str, returns: str) -> None:
    away = [absence(end.replace("17:00", "13:00"), end, DIRECT)]
    assert caller_return(away, at(end.replace("17:00", "14:00")), WORKING) == at(returns)


def test_C_24_holidays_do_not_matter_without_a_country() -> None:
    away = [absence("2026-12-23 13:00", "2026-12-23 17:00", DIRECT)]
    assert caller_return(away, at("2026-12-23 14:00"), around(OFFICE_HOURS, country="")) == at("2026-12-24 08:00")


def test_C_24_holidays_do_not_matter_without_working_hours() -> None:
    away = [absence("2026-12-24 08:00", "2026-12-24 17:00", DIRECT)]
    assert caller_return(away, at("2026-12-24 09:00"), FREELY) == at("2026-12-24 17:00")


@pytest.mark.parametrize("day", ["2027-03-29", "2026-10-26"], ids=["spring", "autumn"])
def test_C_24_working_hours_are_local_when_the_clocks_change(day: str) -> None:
    before = {"2027-03-29": "2027-03-26", "2026-10-26": "2026-10-23"}[day]
    away = [absence(f"{before} 13:00", f"{before} 17:00", DIRECT)]
    assert caller_return(away, at(f"{before} 14:00"), around(OFFICE_HOURS, country="")) == at(f"{day} 08:00")


def test_C_24_a_day_without_working_hours_in_sight_is_found_within_a_year() -> None:
    """Working hours on Thursdays only, in a week whose Thursday is Christmas Eve and the next New Year's Eve."""
    thursdays = WorkingHours(days=frozenset({3}), start=time(8), end=time(17))
    away = [absence("2026-12-17 13:00", "2026-12-17 17:00", DIRECT)]
    assert caller_return(away, at("2026-12-17 14:00"), around(thursdays)) == at("2027-01-07 08:00")


def test_C_24_a_country_of_nothing_but_holidays_tells_the_return_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back, "is_holiday", lambda _day, _country: True)
    assert caller_return([absence("16:00", "18:00", DIRECT)], at("16:30"), WORKING) == at("18:00")


# ── how it is said ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("2026-11-23 12:01", ReturnForm.TIME),
        ("2026-11-23 23:59", ReturnForm.TIME),
        ("2026-11-24 00:00", ReturnForm.DATE),
        ("2026-11-24 00:01", ReturnForm.TOMORROW),
        ("2026-11-24 23:59", ReturnForm.TOMORROW),
        ("2026-11-25 00:00", ReturnForm.DATE),
        ("2026-11-25 00:01", ReturnForm.DATE_TIME),
        ("2027-11-23 12:00", ReturnForm.DATE_TIME),
    ],
)
def test_C_10_how_a_return_is_said_follows_from_the_instants_alone(said: str, form: ReturnForm) -> None:
    assert return_form(at(said), at("12:00"), STOCKHOLM) is form


def test_C_20_the_day_is_the_persons_own() -> None:
    """Half past eight in the evening in Stockholm is the next day in Tokyo."""
    assert return_form(at("20:30"), at("12:00"), ZoneInfo("Asia/Tokyo")) is ReturnForm.TOMORROW


def test_C_10_midnight_is_the_persons_own() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    assert return_form(at("23:00"), at("12:00"), helsinki) is ReturnForm.DATE
    assert return_form(at("2026-11-24 00:00"), at("12:00"), helsinki) is ReturnForm.TOMORROW


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25"], ids=["23 hours", "25 hours"])
def test_C_10_a_return_at_midnight_is_a_date_though_the_clocks_change_that_day(day: str) -> None:
    after = date.fromisoformat(day).replace(day=int(day[-2:]) + 1)
    assert return_form(at(f"{after} 00:00"), at(f"{day} 09:00"), STOCKHOLM) is ReturnForm.DATE


def test_C_10_a_return_at_a_midnight_that_the_clocks_skip_is_a_date() -> None:
    begins = datetime(2027, 3, 28, 1, tzinfo=UTC)
    azores = ZoneInfo("Atlantic/Azores")
    assert return_form(begins, datetime(2027, 3, 27, 12, tzinfo=UTC), azores) is ReturnForm.DATE


@pytest.mark.parametrize("begins_utc", [4, 5], ids=["first", "second"])
def test_C_10_a_return_at_either_midnight_of_a_day_that_has_two_is_a_date(begins_utc: int) -> None:
    midnight = datetime(2026, 11, 1, begins_utc, tzinfo=UTC)
    assert return_form(midnight, datetime(2026, 10, 31, 12, tzinfo=UTC), ZoneInfo("America/Havana")) is ReturnForm.DATE


def test_what_is_said_does_not_depend_on_the_zone_that_the_instants_are_written_in() -> None:
    midnight, now = at("2026-11-24 00:00"), at("12:00")
    tokyo = ZoneInfo("Asia/Tokyo")
    assert return_form(midnight.astimezone(tokyo), now.astimezone(tokyo), STOCKHOLM) is ReturnForm.DATE


def test_the_clock_may_be_read_in_any_zone() -> None:
    local = at("10:30").astimezone(STOCKHOLM)
    assert caller_return([absence("10:00", "11:00", DIRECT)], local, WORKING) == at("11:00")
