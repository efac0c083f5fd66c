"""From the settings file's words to what the core knows of a company."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.composition.from_settings.company import pinned_company
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.model import Rule, WorkingHours
from kalenderkoppling.rules.pins import FIRST_VALUES, Pin
from kalenderkoppling.settings import Company, Hours, Rules, RuleSetting
from kktest.make import TRAVEL


def test_an_empty_section_pins_nothing() -> None:
    assert pinned_company(Company(name="Exempel")).names == frozenset()


def test_a_key_with_the_standard_value_is_a_pin_too() -> None:
    rules = Rules(busy=RuleSetting(), free=RuleSetting(update=False))
    company = Company(addin=True, show_subject=False, ring_seconds=15, country="SE", rules=rules)
    assert pinned_company(company).names == {
        *(Pin.ADDIN, Pin.SHOW_SUBJECT, Pin.RING_SECONDS, Pin.COUNTRY),
        *(Pin.RULE_BUSY, Pin.RULE_FREE),
    }


def test_every_key_of_the_section_but_the_name_can_be_pinned() -> None:
    keys = {each for each in Company.__struct_fields__ if each not in {"name", "rules"}}
    assert keys | {f"rules.{each}" for each in Rules.__struct_fields__} == set(Pin)


def test_settings_are_taken_over() -> None:
    company = Company(
        time_zone="Europe/Oslo",
        language="nb",
        country="NO",
        retention_days=30,
        freshness_hours=4,
        sick_to_attendants=True,
        speaks=("sv", "nb"),
        call_numbers_hours=12,
        calls_days=7,
    )
    pinned = pinned_company(company)
    assert FIRST_VALUES.laid_over(pinned.names, pinned.values).settings == TenantSettings(
        zone=ZoneInfo("Europe/Oslo"),
        language="nb",
        country="NO",
        retention=timedelta(days=30),
        freshness_limit=timedelta(hours=4),
        sick_to_attendants=True,
        reads_item_choices=True,
        speaks=("nb", "sv"),
        call_numbers_kept=timedelta(hours=12),
        calls_kept=timedelta(days=7),
    )


def test_an_empty_list_of_languages_to_switch_to_is_english() -> None:
    pinned = pinned_company(Company(speaks=()))
    assert FIRST_VALUES.laid_over(pinned.names, pinned.values).settings.speaks == ("sv", "en")


@pytest.mark.parametrize("zone", ["Europe/Gothenburg", "", "/etc/passwd", "../UTC", "Europe", "x" * 10_000, "a\x00b"])
def test_F_10_a_zone_that_does_not_exist_is_named(zone: str) -> None:
    with pytest.raises(InvalidValueError, match=r"company\.time_zone"):
        pinned_company(Company(time_zone=zone))


def test_a_language_without_words_is_named() -> None:
    with pytest.raises(InvalidValueError, match=r"company\.language"):
        pinned_company(Company(language="tlh"))


def test_a_language_to_switch_to_without_words_is_named() -> None:
    with pytest.raises(InvalidValueError, match=r"company\.speaks"):
        pinned_company(Company(speaks=("tlh",)))


def test_rules_become_the_tenants_layer() -> None:
    rules = Rules(busy=RuleSetting(reason="business_trip", diversion="open"), free=RuleSetting(update=False))
    assert pinned_company(Company(rules=rules)).values.layer.rules == {
        ShowAs.BUSY: Rule(reason=TRAVEL, diversion=Diversion.OPEN),
        ShowAs.FREE: None,
    }


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (RuleSetting(reason="nonsense"), r"company\.rules\.busy\.reason"),
        (RuleSetting(diversion="both"), r"company\.rules\.busy\.diversion"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(rule: RuleSetting, named: str) -> None:
    with pytest.raises(InvalidValueError, match=named):
        pinned_company(Company(rules=Rules(busy=rule)))


def test_working_hours_are_taken_over() -> None:
    hours = Hours(days=[0, 4], start="08:30", end="16:00")
    assert pinned_company(Company(working_hours=hours)).values.layer.working_hours == WorkingHours(
        days=frozenset({0, 4}), start=time(8, 30), end=time(16)
    )


@pytest.mark.parametrize(
    "hours",
    [
        Hours(days=[], start="08:00", end="17:00"),
        Hours(days=[0], start="17:00", end="08:00"),
        Hours(days=[0], start="25:00", end="26:00"),
        Hours(days=[0], start="eight", end="17:00"),
        Hours(days=[0], start="08:00+01:00", end="17:00"),
    ],
)
def test_working_hours_that_make_no_sense_are_named(hours: Hours) -> None:
    with pytest.raises(InvalidValueError, match=r"company\.working_hours"):
        pinned_company(Company(working_hours=hours))


def test_the_ring_time_is_in_seconds() -> None:
    assert pinned_company(Company(ring_seconds=20)).values.layer.ring == timedelta(seconds=20)
