"""What is private in an iCalendar file: unknown means private, and nothing of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.calendars.icalendar.content import read_content
from kalenderkoppling.calendars.icalendar.look import view_of
from kalenderkoppling.domain.booking import BookingKey, Private
from kalenderkoppling.ports.calendar import Fields
from kktest.icalendar import DAMAGED_UIDS, KIM, STOCKHOLM, WINDOW, calendar, event, read

WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"
SECOND = "RECURRENCE-ID;TZID=Europe/Stockholm:20270309T100000"


def private(key: str, series: str | None = None) -> Private:
    return Private(key=BookingKey(key), series_key=None if series is None else BookingKey(series))


def override(*more: str, replaced: str = SECOND, start: str = "20270309T100000", end: str = "20270309T110000") -> str:
    return event("s", replaced, *more, start=start, end=end)


def test_an_absent_class_is_public_as_rfc_5545_says() -> None:
    assert [each.key for each in read(event("a")).bookings] == ["a"]


@pytest.mark.parametrize("line", ["CLASS:PUBLIC", "class:public", "CLASS;X-A=b:Public"])
def test_public_is_public_in_any_case(line: str) -> None:
    assert [each.key for each in read(event("a", line)).bookings] == ["a"]


@pytest.mark.parametrize(
    "line",
    [
        "CLASS:PRIVATE", "CLASS:CONFIDENTIAL", "CLASS:X-SECRET", "CLASS:", "CLASS: PUBLIC", "CLASS:PUBLIC ", "CLASS",
        "CLASS :PRIVATE", "CLASS=PUBLIC", "CLASS;PUBLIC", 'CLASS;X="a:PUBLIC', "CLASS:PUB\n LIC,PRIVATE",
        "CLASS:PRIVATE\nCLASS:PUBLIC", "CLASS:PUBLIC\nCLASS:PRIVATE", "CLASS:PUBLIC\x00",
    ],
)  # fmt: skip
def test_whatever_else_is_written_is_private(line: str) -> None:
    view = read(event("a", line, "SUMMARY:Läkare"), subject=True)
    assert (view.bookings, view.private) == ((), (private("a"),))


@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20))
def test_C_07_no_value_but_public_is_ever_public(value: str) -> None:
    view = read(event("a", f"CLASS:{value}"))
    assert bool(view.bookings) is (value.upper() == "PUBLIC" and value.isascii())


def test_S_1_of_a_private_event_only_identity_and_times_are_read() -> None:
    secret = event(
        "a", "CLASS:PRIVATE", "SUMMARY:Läkare", "STATUS:CONFIRMED", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{KIM}"
    )
    (found,) = read_content(calendar(secret), KIM, subject=True).events
    assert set(found.lines) == {"DTSTART", "DTEND"}
    assert not found.declined


def test_S_2_a_subject_that_was_not_asked_for_dies_in_the_parser() -> None:
    (found,) = read_content(calendar(event("a", "SUMMARY:Canary", "DESCRIPTION:Canary")), KIM, subject=False).events
    assert "Canary" not in repr(found)


def test_S_2_places_descriptions_and_other_attendees_are_never_read() -> None:
    more = (
        "LOCATION:Canary",
        "DESCRIPTION:Canary",
        "COMMENT:Canary",
        "ATTENDEE;CN=Canary:mailto:canary@exempel.example",
    )
    (found,) = read_content(calendar(event("a", "SUMMARY:Möte", *more)), KIM, subject=True).events
    assert "Canary" not in repr(found)


def test_an_override_that_turns_private_is_private_and_the_others_are_not() -> None:
    view = read(event("s", WEEKLY), override("CLASS:PRIVATE"))
    assert [each.key for each in view.bookings] == ["s/20270302T100000", "s/20270316T100000"]
    assert view.private == (private("s/20270309T100000", "s"),)


def test_a_private_override_that_was_moved_is_known_by_its_original_time() -> None:
    view = read(event("s", WEEKLY), override("CLASS:PRIVATE", start="20270410T100000", end="20270410T110000"))
    assert view.private == (private("s/20270309T100000", "s"),)
    assert len(view.bookings) == 2


def test_an_override_without_a_class_is_as_private_as_its_series() -> None:
    view = read(event("s", WEEKLY, "CLASS:PRIVATE"), override())
    assert (view.bookings, len(view.private)) == ((), 3)


def test_an_override_that_says_public_in_a_private_series_is_public() -> None:
    view = read(event("s", WEEKLY, "CLASS:PRIVATE"), override("CLASS:PUBLIC"))
    assert [each.key for each in view.bookings] == ["s/20270309T100000"]
    assert {each.key for each in view.private} == {"s/20270302T100000", "s/20270316T100000"}


def test_what_goes_private_onwards_is_private_from_there_on() -> None:
    onwards = override("CLASS:PRIVATE", replaced=SECOND.replace(";TZID", ";RANGE=THISANDFUTURE;TZID"))
    view = read(event("s", WEEKLY), onwards)
    assert [each.key for each in view.bookings] == ["s/20270302T100000"]
    assert {each.key for each in view.private} == {"s/20270309T100000", "s/20270316T100000"}


@pytest.mark.parametrize("order", [0, 1])
def test_of_two_overrides_of_one_occurrence_private_wins_whatever_their_sequence(order: int) -> None:
    both = [override("CLASS:PRIVATE", "SEQUENCE:1"), override("SEQUENCE:2")]
    view = read(event("s", WEEKLY), *(both if order else both[::-1]))
    assert [each.key for each in view.private] == ["s/20270309T100000"]


def test_of_two_events_with_one_uid_private_wins() -> None:
    view = read(event("a", "SEQUENCE:2"), event("a", "CLASS:PRIVATE", "SEQUENCE:1"))
    assert view.bookings == ()
    assert view.private


def test_a_private_override_that_names_only_the_day_takes_that_days_occurrence() -> None:
    view = read(event("s", WEEKLY), override("CLASS:PRIVATE", replaced="RECURRENCE-ID;VALUE=DATE:20270309"))
    assert [each.key for each in view.bookings] == ["s/20270302T100000", "s/20270316T100000"]


@pytest.mark.parametrize(
    "replaced", ["RECURRENCE-ID;TZID=Nowhere:20270309T100000", "RECURRENCE-ID:tomorrow", "RECURRENCE-ID:"]
)
def test_a_private_override_of_nobody_knows_which_occurrence_hides_the_series(replaced: str) -> None:
    view = read(event("s", WEEKLY), override("CLASS:PRIVATE", replaced=replaced))
    assert (view.bookings, view.private) == ((), (private("s", "s"),))


@pytest.mark.parametrize("rule", ["RRULE:FREQ=SOMETIMES", "RRULE:", "RRULE:FREQ=SECONDLY", "RDATE:never"])
def test_a_private_series_that_cannot_be_expanded_is_private_and_stops_nobody(rule: str) -> None:
    view = read(event("s", "CLASS:PRIVATE", rule), event("a"))
    assert [each.key for each in view.bookings] == ["a"]
    assert view.private == (private("s", "s"),)


def test_a_private_event_without_readable_times_is_private() -> None:
    assert read("UID:a\nCLASS:PRIVATE").private == (private("a"),)


def test_of_a_broken_series_only_its_key_is_told() -> None:
    view = read(event("s", "RRULE:FREQ=CANARY", "SUMMARY:CANARY"), subject=True)
    assert "CANARY" not in repr(view)
    assert view.unreadable == {"s"}


@pytest.mark.parametrize("uid", DAMAGED_UIDS, ids=ascii)
def test_an_event_whose_uid_cannot_be_read_is_private_where_it_is_not_public(uid: bytes) -> None:
    for more in (b"CLASS:PRIVATE", b"CLASS:PRIVATE\r\nRRULE:FREQ=DAILY", b"CLASS:PUBL\xffIC"):
        body = calendar(event("DAMAGED", "MORE"), event("a")).replace(b"DAMAGED", uid).replace(b"MORE", more)
        view = view_of(body, KIM, WINDOW, STOCKHOLM, Fields(subject=True))
        assert ([each.key for each in view.bookings], view.unreadable) == (["a"], frozenset())
        assert len(view.private) == 1
