"""Series: rules, exceptions, extra dates, overrides, and keys that stay the same from look to look."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.calendars.icalendar import look
from kalenderkoppling.calendars.icalendar.series import Occurrence, Series
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.calendars.icalendar.times import Zones
from kalenderkoppling.domain.booking import BookingKey, Private, Standing, View
from kalenderkoppling.domain.time import Days, Interval
from kktest.icalendar import KIM, STOCKHOLM, calendar, event, opened, read, seen

WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"
ALL_DAY = "UID:s\nDTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270304"


def assert_only_the_series_is_unreadable(view: View) -> None:
    assert [each.key for each in view.bookings] == ["a"]
    assert (view.private, view.unreadable) == ((), frozenset({BookingKey("s")}))


def keys(*events: str) -> list[str]:
    return sorted(each.key for each in read(*events).bookings)


def test_a_cancelled_occurrence_is_told_as_cancelled() -> None:
    second = event("s", "RECURRENCE-ID;TZID=Europe/Stockholm:20270309T100000", "STATUS:CANCELLED")
    view = read(event("s", WEEKLY), second)
    assert {str(each.key): each.standing for each in view.bookings}["s/20270309T100000"] is Standing.CANCELLED
    assert len(view.bookings) == 3


@pytest.mark.parametrize(
    "exception",
    [
        "EXDATE;TZID=Europe/Stockholm:20270309T100000",
        "EXDATE:20270309T090000Z",
        "EXDATE;VALUE=DATE:20270309",
        "EXDATE;TZID=W. Europe Standard Time:20270309T100000",
        "EXDATE;TZID=America/New_York:20270309T040000",
    ],
)
def test_an_exception_takes_its_occurrence_away(exception: str) -> None:
    assert keys(event("s", WEEKLY, exception)) == ["s/20270302T100000", "s/20270316T100000"]


def test_extra_dates_and_periods_come_too() -> None:
    more = "RDATE;TZID=Europe/Stockholm:20270305T100000,20270306T100000"
    period = "RDATE;VALUE=PERIOD;TZID=Europe/Stockholm:20270307T100000/PT30M"
    view = read(event("s", WEEKLY, more, period))
    assert {each.key for each in view.bookings} >= {f"s/2027030{day}T100000" for day in (5, 6, 7)}
    (last,) = [each for each in view.bookings if each.key == "s/20270307T100000"]
    assert last.when == Interval(start=datetime(2027, 3, 7, 9, tzinfo=UTC), end=datetime(2027, 3, 7, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize("replaced", ["20270309T090000Z", ";TZID=Asia/Tokyo:20270309T180000"])
def test_an_override_that_names_its_occurrence_in_another_zone_has_the_same_key(replaced: str) -> None:
    line = f"RECURRENCE-ID{replaced if replaced.startswith(';') else ':' + replaced}"
    moved = event("s", line, start="20270310T150000", end="20270310T160000")
    view = read(event("s", WEEKLY), moved)
    assert sorted(each.key for each in view.bookings) == ["s/20270302T100000", "s/20270309T100000", "s/20270316T100000"]
    (found,) = [each for each in view.bookings if each.key == "s/20270309T100000"]
    assert found.when == Interval(
        start=datetime(2027, 3, 10, 14, tzinfo=UTC), end=datetime(2027, 3, 10, 15, tzinfo=UTC)
    )


def test_an_occurrence_moved_into_the_window_from_before_it_is_there() -> None:
    old = event("s", "RRULE:FREQ=YEARLY;COUNT=1", start="20260302T100000", end="20260302T110000")
    moved = event("s", "RECURRENCE-ID;TZID=Europe/Stockholm:20260302T100000")
    assert keys(old, moved) == ["s/20260302T100000"]


def test_moving_onwards_moves_the_later_ones_and_keeps_their_keys() -> None:
    onwards = event(
        "s",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Stockholm:20270309T100000",
        start="20270309T130000",
        end="20270309T133000",
    )
    view = read(event("s", WEEKLY), onwards)
    assert {each.key: each.when.start.hour for each in view.bookings if isinstance(each.when, Interval)} == {
        "s/20270302T100000": 9,
        "s/20270309T100000": 12,
        "s/20270316T100000": 12,
    }


def test_overrides_without_their_series_are_bookings_of_their_own() -> None:
    (found,) = read(event("s", "RECURRENCE-ID;TZID=Europe/Stockholm:20270302T100000")).bookings
    assert (found.key, found.series_key) == ("s/20270302T100000", "s")


@pytest.mark.parametrize(
    "until",
    ["20270316T090000Z", "20270316T100000", "20270316", "20270316T235959"],
)
@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Asia/Tokyo"])
def test_until_counts_the_last_occurrence_in_every_form_that_is_seen(until: str, zone: str) -> None:
    instant = datetime(2027, 3, 16, 10, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    until = f"{instant:%Y%m%dT%H%M%SZ}" if until.endswith("Z") else until
    lines = f"UID:s\nDTSTART;TZID={zone}:20270302T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL={until}"
    assert keys(lines) == ["s/20270302T100000", "s/20270309T100000", "s/20270316T100000"]


def test_C_09_whole_days_recur_as_dates_over_the_clock_change() -> None:
    view = read(f"{ALL_DAY}\nRRULE:FREQ=WEEKLY;UNTIL=20270330\nEXDATE;VALUE=DATE:20270316")
    days = [date(2027, 3, 2), date(2027, 3, 9), date(2027, 3, 23), date(2027, 3, 30)]
    assert {each.key: each.when for each in view.bookings} == {
        f"s/{day:%Y%m%d}": Days(first=day, after=day + timedelta(days=2)) for day in days
    }


def test_keys_are_the_same_when_the_file_is_written_in_another_order_or_zone_dialect() -> None:
    master, second = event("s", WEEKLY), event("s", "RECURRENCE-ID;TZID=Europe/Stockholm:20270309T100000")
    windows = [each.replace("Europe/Stockholm", "W. Europe Standard Time") for each in (second, master)]
    assert keys(master, second) == keys(*windows)


def test_a_booking_without_recurrence_is_known_by_its_uid() -> None:
    (found,) = read(event("a")).bookings
    assert (found.key, found.series_key) == ("a", None)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SOMETIMES", "RRULE:", "RRULE:COUNT=3", "RRULE:FREQ=WEEKLY;COUNT=x", "RDATE:never",
        f"{WEEKLY}\nEXDATE:never",
        "RRULE:FREQ=WEEKLY;UNTIL=soon", f"{WEEKLY}\nEXDATE;TZID=Nowhere:20270309T100000",
        "RRULE:FREQ=SECONDLY", "RRULE:FREQ=MINUTELY",
        "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60)))
        + ";BYSECOND=" + ",".join(map(str, range(60))),
    ],
)  # fmt: skip
def test_C_22_a_series_that_cannot_be_expanded_is_unreadable_and_stops_no_other_booking(rule: str) -> None:
    assert_only_the_series_is_unreadable(read(event("s", rule), event("a")))


@pytest.mark.parametrize(
    "broken",
    [
        "UID:s\nDTSTART;TZID=Nowhere:20270302T100000\nDURATION:PT1H\n" + WEEKLY,
        "UID:s\nDTSTART:tomorrow\n" + WEEKLY,
        "UID:s\n" + WEEKLY,
        event("s", "RECURRENCE-ID:tomorrow"),
    ],
)
def test_C_22_a_series_whose_times_cannot_be_read_is_unreadable_and_stops_no_other_booking(broken: str) -> None:
    for events in ([broken], [event("s", WEEKLY), broken]):
        assert_only_the_series_is_unreadable(read(*events, event("a")))


def test_a_series_that_fails_halfway_gives_no_part_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Series.occurrences

    def halfway(series: Series, window: Interval, zones: Zones, zone: ZoneInfo) -> Iterator[Occurrence]:
        if series.recurs:
            yield next(whole(series, window, zones, zone))
            raise OverflowError
        yield from whole(series, window, zones, zone)

    monkeypatch.setattr(Series, "occurrences", halfway)
    assert_only_the_series_is_unreadable(read(event("s", WEEKLY), event("a")))


def test_series_that_take_too_long_together_are_unreadable_and_single_bookings_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(look, "EXPANSION_SECONDS", 0.0)
    private = event("p", WEEKLY, "CLASS:PRIVATE")
    view = read(event("s", WEEKLY), private, event("a"))
    assert view.private == (Private(key=BookingKey("p"), series_key=BookingKey("p")),)
    assert_only_the_series_is_unreadable(replace(view, private=()))


async def test_series_that_had_no_time_are_tried_again_though_the_file_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / f"{KIM}.ics").write_bytes(calendar(event("s", WEEKLY), event("a")))
    async with opened(Icalendar(file=str(tmp_path / "{mailbox}.ics"))) as source:
        assert (await seen(source)).validator is not None
        monkeypatch.setattr(look, "EXPANSION_SECONDS", 0.0)
        assert (await seen(source)).validator is None


def test_F_11_occurrences_in_the_hour_that_comes_twice_or_never_are_there_once() -> None:
    nightly = event("s", "RRULE:FREQ=DAILY;COUNT=3", start="20270327T023000", end="20270327T033000")
    view = read(nightly)
    assert len({each.key for each in view.bookings}) == len(view.bookings) == 3
    assert all(isinstance(each.when, Interval) for each in view.bookings)


def test_times_without_a_zone_are_the_persons() -> None:
    lines = f"UID:s\nDTSTART:20270302T100000\nDTEND:20270302T110000\n{WEEKLY}"
    for zone, hour in ((STOCKHOLM, 9), (ZoneInfo("America/New_York"), 15)):
        first = min(each.when.start for each in read(lines, zone=zone).bookings if isinstance(each.when, Interval))
        assert first == datetime(2027, 3, 2, hour, tzinfo=UTC)
