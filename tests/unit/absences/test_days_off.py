"""Public holidays, as people in the country keep them."""

from datetime import date

import pytest

from kalenderkoppling.absences.days_off import holidays_of, is_holiday, knows_country


@pytest.mark.parametrize(
    "day",
    ["2026-06-19", "2027-06-25", "2026-12-24", "2027-12-24", "2026-12-31", "2027-12-31", "2026-06-06", "2027-01-06"],
)
def test_C_24_swedish_holidays_and_customary_eves_are_days_off(day: str) -> None:
    assert is_holiday(date.fromisoformat(day), "SE")


@pytest.mark.parametrize("day", ["2026-06-18", "2027-06-24", "2026-12-23", "2026-12-30", "2026-11-23", "2026-04-30"])
def test_C_24_other_days_are_no_days_off(day: str) -> None:
    assert not is_holiday(date.fromisoformat(day), "SE")


@pytest.mark.parametrize(
    ("day", "country", "off"),
    [("2026-05-17", "NO", True), ("2026-12-06", "FI", True), ("2026-05-17", "SE", False), ("2026-06-19", "NO", False)],
)
def test_other_countries_keep_their_own_days(day: str, country: str, off: bool) -> None:
    assert is_holiday(date.fromisoformat(day), country) is off


@pytest.mark.parametrize("country", ["", "XX", "sverige"])
def test_a_country_that_is_not_known_has_no_holidays(country: str) -> None:
    assert not is_holiday(date(2026, 12, 25), country)


def test_holidays_are_those_of_the_year_asked_for() -> None:
    assert {each.year for each in holidays_of("SE", 2027)} == {2027}


@pytest.mark.parametrize(("country", "known"), [("SE", True), ("NO", True), ("se", False), ("XX", False), ("", False)])
def test_a_country_is_known_by_its_code_in_capitals(country: str, known: bool) -> None:
    assert knows_country(country) is known
