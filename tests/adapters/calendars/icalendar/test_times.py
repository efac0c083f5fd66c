"""Times of iCalendar: zones in every dialect, whole days, lengths, and what cannot be placed."""

from datetime import UTC, date, datetime

import pytest

from kalenderkoppling.domain.booking import Standing
from kalenderkoppling.domain.time import Days, Interval
from kktest.icalendar import event, read

MIDNIGHTS = """DTSTART;TZID=Europe/Stockholm:20270302T000000
DTEND;TZID=Europe/Stockholm:20270303T000000
X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"""


def own_zone(name: str, offset: str) -> str:
    """Write a time zone without a clock change."""
    return "\r\n".join(
        [
            "BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", "DTSTART:16010101T000000", f"TZOFFSETFROM:{offset}",
            f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
        ]
    )  # fmt: skip


def start_in(label: str, *zones: str) -> datetime | None:
    lines = f"UID:a\nDTSTART;TZID={label}:20270402T100000\nDTEND;TZID={label}:20270402T110000"
    view = read(lines, zones=zones)
    if not view.bookings:
        assert view.unreadable == {"a"}
        return None
    (found,) = view.bookings
    assert isinstance(found.when, Interval)
    return found.when.start


@pytest.mark.parametrize(
    ("label", "hour"),
    [
        ("Europe/Stockholm", 8),
        ("W. Europe Standard Time", 8),
        ("Tokyo Standard Time", 1),
        ('"/citadel.example/20210210_1/Europe/Stockholm"', 8),
        ("UTC", 10),
    ],
)
def test_a_zone_is_known_by_iana_windows_and_globally_unique_names(label: str, hour: int) -> None:
    assert start_in(label) == datetime(2027, 4, 2, hour, tzinfo=UTC)


@pytest.mark.parametrize("label", ["Customized Time Zone", "Europe", "../../etc/localtime", "x" * 5000, '""'])
def test_F_10_an_unknown_zone_makes_a_booking_unreadable_and_nothing_else(label: str) -> None:
    assert start_in(label) is None


def test_the_files_own_definition_of_a_zone_counts() -> None:
    assert start_in("Customized Time Zone", own_zone("Customized Time Zone", "+0300")) == datetime(
        2027, 4, 2, 7, tzinfo=UTC
    )


def test_two_files_may_mean_different_things_by_one_name_and_a_third_nothing() -> None:
    name = "Customized Time Zone"
    assert start_in(name, own_zone(name, "+0300")) == datetime(2027, 4, 2, 7, tzinfo=UTC)
    assert start_in(name, own_zone(name, "-0500")) == datetime(2027, 4, 2, 15, tzinfo=UTC)
    assert start_in(name) is None


@pytest.mark.parametrize("offset", ["", "+99", "north"])
def test_a_broken_definition_defines_nothing(offset: str) -> None:
    assert start_in("Customized Time Zone", own_zone("Customized Time Zone", offset)) is None


@pytest.mark.parametrize(
    ("times", "when"),
    [
        ("DTSTART;VALUE=DATE:20270302", Days(first=date(2027, 3, 2), after=date(2027, 3, 3))),
        ("DTSTART;VALUE=DATE:20270302\nDURATION:P2D", Days(first=date(2027, 3, 2), after=date(2027, 3, 4))),
        (
            MIDNIGHTS,
            Days(first=date(2027, 3, 2), after=date(2027, 3, 3)),
        ),
        (
            "DTSTART:20270302T100000Z\nDURATION:PT90M",
            Interval(start=datetime(2027, 3, 2, 10, tzinfo=UTC), end=datetime(2027, 3, 2, 11, 30, tzinfo=UTC)),
        ),
        (
            # Over the clock change an hour by the clock is skipped, but the length is elapsed time.
            "DTSTART;TZID=Europe/Stockholm:20270328T010000\nDURATION:PT2H",
            Interval(start=datetime(2027, 3, 28, 0, tzinfo=UTC), end=datetime(2027, 3, 28, 2, tzinfo=UTC)),
        ),
        (
            "DTSTART;TZID=Europe/Stockholm:20270302T100000\nDTEND;TZID=America/New_York:20270302T060000",
            Interval(start=datetime(2027, 3, 2, 9, tzinfo=UTC), end=datetime(2027, 3, 2, 11, tzinfo=UTC)),
        ),
    ],
)
def test_times_and_lengths_are_read_as_rfc_5545_says(times: str, when: Days | Interval) -> None:
    (found,) = read(f"UID:a\n{times}").bookings
    assert found.when == when


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20270302T100000Z",
        "DTSTART:20270302T100000Z\nDTEND:20270302T090000Z",
        "DTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270302",
    ],
)
def test_C_19_what_has_no_length_is_told_as_such(times: str) -> None:
    (found,) = read(f"UID:a\n{times}").bookings
    assert (found.when, found.standing) == (None, Standing.NO_LENGTH)


@pytest.mark.parametrize(
    "times",
    [
        "", "DTSTART:", "DTSTART:today", "DTSTART:20271345T100000", "DTSTART:20270302T1000", "DTSTART:00010101T000000Z",
        "DTSTART:20270302T100000Z\nDTSTART:20270302T110000Z", "DTSTART:P1D", "DTSTART:100000",
        "DTSTART;VALUE=DATE:20270302\nDTEND:20270302T110000Z", "DTSTART:20270302T100000Z\nDTEND;VALUE=DATE:20270303",
        "DTSTART:20270302T100000Z\nDURATION:long", "DTSTART:20270302T100000Z\nDURATION:P999999999999D",
    ],
)  # fmt: skip
def test_F_10_what_cannot_be_placed_in_time_is_named_and_the_rest_is_read(times: str) -> None:
    view = read(f"UID:b\n{times}", event("a"))
    assert [each.key for each in view.bookings] == ["a"]
    assert view.unreadable == {"b"}
