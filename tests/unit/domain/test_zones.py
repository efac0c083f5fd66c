"""Time zones by name: one reader for calendars, settings and people files."""

from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.zones import zone_named


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("europe/stockholm", "Europe/Stockholm"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe standard time", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Coordinated Universal Time", "UTC"),
    ],
)
def test_windows_iana_and_exchange_name_zones_in_any_case(name: str, zone: str) -> None:
    assert zone_named(name) == ZoneInfo(zone)


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Gothenburg", "../../etc/passwd", "localtime", "x" * 10_000])
def test_any_other_name_is_no_zone(name: str) -> None:
    assert zone_named(name) is None
