"""From Graph's rows to bookings: what is private, and when a booking is."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.booking import Booking, BookingKey, Private, ShowAs, Standing
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.calendar import Fields
from kktest.graph import page, row, timed, view_of

KEY = BookingKey("AAkALgAAAA-1")
NINE_TO_TEN = Interval(start=datetime(2027, 3, 1, 9, tzinfo=UTC), end=datetime(2027, 3, 1, 10, tzinfo=UTC))


def when_of(**parts: object) -> When | None:
    (found,) = view_of(page(row(**parts))).bookings
    return found.when


def is_unreadable(**parts: object) -> bool:
    view = view_of(page(row(**parts)))
    return view.bookings == () and view.private == () and view.unreadable == frozenset({KEY})


def test_the_quick_way_makes_the_same_booking_as_the_constructor() -> None:
    (quick,) = view_of(page(row())).bookings
    assert quick == Booking(key=KEY, when=NINE_TO_TEN, show_as=ShowAs.BUSY)
    assert type(quick) is Booking
    with pytest.raises(AttributeError):
        quick.subject = "changed"  # type: ignore[misc] # that it cannot be changed is the point


@pytest.mark.parametrize(
    "word",
    ["private", "personal", "confidential", "Normal", "normal ", "", "nörmal", "nor\x00mal", "normal\x01", None, 0, []],
)
def test_whatever_is_not_the_word_normal_is_private(word: object) -> None:
    view = view_of(page(row(sensitivity=word)))
    assert (view.bookings, view.private) == ((), (Private(key=KEY),))


def test_a_row_that_does_not_say_its_sensitivity_is_private() -> None:
    view = view_of(page(row(without=["sensitivity"]), row(id="b")))
    assert [each.key for each in view.private] == [KEY]
    assert [each.key for each in view.bookings] == ["b"]


@pytest.mark.parametrize(
    "broken",
    [
        {"start": None}, {"start": "tomorrow"}, {"end": 7}, {"isAllDay": "no"}, {"showAs": 3}, {"responseStatus": []},
        {"isCancelled": "yes"}, {"seriesMasterId": 9}, {"subject": {}}, {"singleValueExtendedProperties": "x"},
        timed("2027-03-01T09:00:00", "2027-03-01T10:00:00", "Customized Time Zone"), timed("soon", "later"),
    ],
)  # fmt: skip
def test_a_private_row_is_private_whatever_else_is_wrong_with_it(broken: dict[str, object]) -> None:
    view = view_of(page(row(sensitivity="private", **broken), row(id="b")))
    assert ([each.key for each in view.private], [each.key for each in view.bookings]) == ([KEY], ["b"])


@pytest.mark.parametrize("broken", [{"start": None}, {"start": "tomorrow"}, {"isAllDay": "no"}, {"isCancelled": "yes"}])
def test_F_09_a_normal_row_that_makes_no_sense_is_unreadable_and_spoils_no_other(broken: dict[str, object]) -> None:
    view = view_of(page(row(**broken), row(id="b")))
    assert view.unreadable == frozenset({KEY})
    assert [each.key for each in view.bookings] == ["b"]


@pytest.mark.parametrize(
    "word", ["unknown", "hybridPresence", "bus y", "ooF\u200b", "wor\u212aingElsewhere", "", None, 3]
)
def test_F_09_a_show_as_that_nobody_knows_is_none_of_ours(word: object) -> None:
    (found,) = view_of(page(row(showAs=word))).bookings
    assert (found.show_as, found.when) == (None, NINE_TO_TEN)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Busy", ShowAs.BUSY), ("OOF", ShowAs.OUT_OF_OFFICE), ("WorkingElsewhere", ShowAs.WORKING_ELSEWHERE),
     ("workingelsewhere", ShowAs.WORKING_ELSEWHERE), ("TENTATIVE", ShowAs.TENTATIVE), ("Free", ShowAs.FREE)],
)  # fmt: skip
@pytest.mark.parametrize("parts", [{}, {"isAllDay": None}], ids=["quick", "careful"])
def test_a_show_as_in_another_case_means_the_same(word: str, meant: ShowAs, parts: dict[str, object]) -> None:
    days = {**parts, "isAllDay": True, **timed("2027-03-01T00:00:00", "2027-03-02T00:00:00")} if parts else {}
    (found,) = view_of(page(row(showAs=word, **days))).bookings
    assert found.show_as is meant


@pytest.mark.parametrize("word", ["declined", "Declined", "DECLINED"])
@pytest.mark.parametrize("full", [False, True])
def test_C_08_an_answer_in_another_case_means_the_same(word: str, full: bool) -> None:
    body = page(row(responseStatus={"response": word, "time": "2026-11-01T00:00:00Z"}))
    (found,) = view_of(body, fields=Fields(subject=full)).bookings
    assert found.standing is Standing.DECLINED


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("a\x00b", "ab"),
        ("\x00", ""),
        ("\x01a\x1bb\x7fc\x9bd", "abcd"),
        ("a\x00b\ud83d", "ab?"),
        ("\u202ea\x00", "\u202ea"),
    ],
)
def test_F_33_a_subject_comes_without_what_no_database_stores(subject: str, kept: str) -> None:
    body = page(row(subject="TEXT"), row(id="b")).replace(b'"TEXT"', ascii_json(subject))
    found, _ = view_of(body).bookings
    assert found.subject == kept


def test_F_33_ids_come_without_nul_and_spoil_no_other_row() -> None:
    odd = row(id="a\x00b", seriesMasterId="s\x00")
    private = row(id="p\x00", seriesMasterId="q\x00", sensitivity="private")
    view = view_of(page(odd, private, row(id="b")))
    assert [(each.key, each.series_key) for each in view.bookings] == [("ab", "s"), ("b", None)]
    assert view.private == (Private(key=BookingKey("p"), series_key=BookingKey("q")),)


@pytest.mark.parametrize("key", [None, "", 7, ["a"]])
def test_F_09_a_row_without_an_id_fails_the_page(key: object) -> None:
    with pytest.raises(ReadFailedError) as caught:
        view_of(page(row(id=key, sensitivity="private", showAs=3)))
    assert caught.value.problem is ReadProblem.MALFORMED


DAMAGED_IDS = [("half \ud83d", "half ?"), ("\udfff", "?"), ("\x00", "?"), ("\x00\x1b", "?"), ("a\ud83d\x00", "a?")]


@pytest.mark.parametrize(("key", "told"), DAMAGED_IDS, ids=ascii)
@pytest.mark.parametrize("full", [False, True])
def test_F_33_a_normal_row_whose_id_cannot_be_read_is_unreadable_and_spoils_no_other(
    key: str, told: str, full: bool
) -> None:
    body = page(row(id="KEY"), row(id="b")).replace(b'"KEY"', ascii_json(key))
    view = view_of(body, fields=Fields(subject=full))
    assert ([each.key for each in view.bookings], view.private) == (["b"], ())
    assert view.unreadable == {told}


@pytest.mark.parametrize(("key", "told"), DAMAGED_IDS, ids=ascii)
@pytest.mark.parametrize("sensitivity", ["private", "Normal", "nor\x00mal", "norm\ud83dal", None, 3])
def test_F_33_a_row_whose_id_cannot_be_read_is_private_where_it_is_not_normal(
    key: str, told: str, sensitivity: object
) -> None:
    odd = page(row(id="KEY", sensitivity="WORD"), row(id="b"))
    view = view_of(odd.replace(b'"KEY"', ascii_json(key)).replace(b'"WORD"', ascii_json(sensitivity)))
    assert ([each.key for each in view.bookings], view.unreadable) == (["b"], frozenset())
    assert view.private == (Private(key=BookingKey(told)),)


def test_F_33_a_row_whose_series_cannot_be_read_is_unreadable_since_a_choice_for_the_series_may_exist() -> None:
    body = page(row(seriesMasterId="SERIES"), row(id="b")).replace(b'"SERIES"', ascii_json("half \ud83d"))
    view = view_of(body)
    assert [each.key for each in view.bookings] == ["b"]
    assert view.unreadable == {KEY}


@pytest.mark.parametrize("parts", [{}, {"showAs": 3}], ids=["quick", "strict"])
def test_a_long_id_is_the_databases_matter(parts: dict[str, object]) -> None:
    assert [each.key for each in view_of(page(row(id="x" * 2000, **parts), row(id="b"))).bookings] == ["x" * 2000, "b"]


def ascii_json(value: object) -> bytes:
    import json

    return json.dumps(value).encode("ascii")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([name for name in row() if name not in {"id", "sensitivity"}] + ["subject", "type", "x"])


@given(parts=st.dictionaries(names, json_values, max_size=5), sensitivity=json_values)
def test_S_1_no_row_is_ever_a_booking_unless_it_says_normal(parts: dict[str, Any], sensitivity: object) -> None:
    odd = {**row(), **parts, "sensitivity": sensitivity}
    view = view_of(page(odd))
    if sensitivity != "normal":
        assert [each.key for each in view.private] == [KEY]
        assert (view.bookings, view.unreadable) == ((), frozenset())


@given(parts=st.dictionaries(names, json_values, max_size=5))
def test_a_normal_row_is_a_booking_or_unreadable_or_outside_and_never_private(parts: dict[str, Any]) -> None:
    view = view_of(page({**row(), **parts}))
    assert view.private == ()
    assert len(view.bookings) + len(view.unreadable) <= 1


def test_seven_digits_of_a_second_are_cut_to_six() -> None:
    start, end = "2027-03-01T09:00:00.0000009", "2027-03-01T23:59:59.9999999"
    assert when_of(**timed(start, end)) == Interval(
        start=NINE_TO_TEN.start, end=datetime(2027, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "label",
    ["UTC", "utc", "tzone://Microsoft/Utc", "Etc/UTC", "Africa/Abidjan", "Greenwich Standard Time"],
)  # fmt: skip
def test_utc_goes_by_many_names(label: str) -> None:
    assert when_of(**timed("2027-03-01T09:00:00.0000000", "2027-03-01T10:00:00.0000000", label)) == NINE_TO_TEN


@pytest.mark.parametrize(
    "label", ["W. Europe Standard Time", "w. europe standard time", "Europe/Stockholm", "Europe/Oslo"]
)
def test_a_time_in_windows_or_iana_zone_is_taken_by_its_label(label: str) -> None:
    assert when_of(**timed("2027-03-01T10:00:00.0000000", "2027-03-01T11:00:00.0000000", label)) == NINE_TO_TEN


def test_start_and_end_may_be_in_different_zones() -> None:
    ends = {"dateTime": "2027-03-01T05:00:00", "timeZone": "Eastern Standard Time"}
    assert when_of(**{**timed("2027-03-01T10:00:00", "", "Europe/Stockholm"), "end": ends}) == NINE_TO_TEN


def test_F_11_a_local_time_is_placed_by_the_offset_of_its_own_day() -> None:
    assert when_of(**timed("2027-03-27T23:00:00", "2027-03-28T10:00:00", "Europe/Stockholm")) == Interval(
        start=datetime(2027, 3, 27, 22, tzinfo=UTC), end=datetime(2027, 3, 28, 8, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "label",
    [
        "Customized Time Zone", "tzone://Microsoft/Custom", "Europe", "../../etc/passwd", "/etc/localtime", "", " ",
        "X" * 5000, "Europe/Stockholm\x00", "localtime", "Standard Time",
    ],
)  # fmt: skip
def test_F_10_an_unknown_or_hostile_zone_makes_the_booking_unreadable(label: str) -> None:
    assert is_unreadable(**timed("2027-03-01T10:00:00", "2027-03-01T11:00:00", label))


@pytest.mark.parametrize(
    "start",
    [
        "0001-01-01T00:00:00", "9999-12-31T23:59:59", "12027-03-01T09:00:00", "2027-13-01T00:00:00",
        "2027-03-01T25:00:00", "", "soon",
    ],
)  # fmt: skip
def test_F_09_a_time_that_is_none_makes_the_booking_unreadable(start: str) -> None:
    assert is_unreadable(**timed(start, "2027-03-01T10:00:00"))


def test_a_time_that_bears_its_offset_is_taken_by_it() -> None:
    assert when_of(**timed("2027-03-01T11:00:00+02:00", "2027-03-01T10:00:00Z")) == NINE_TO_TEN


@pytest.mark.parametrize(
    "label", ["UTC", "Pacific Standard Time", "tzone://Microsoft/Custom", "Customized Time Zone", "", "X" * 5000]
)
def test_C_09_an_all_day_booking_is_the_dates_as_written_whatever_the_label(label: str) -> None:
    times = timed("2027-03-01T00:00:00.0000000", "2027-03-03T00:00:00.0000000", label)
    assert when_of(isAllDay=True, **times) == Days(first=date(2027, 3, 1), after=date(2027, 3, 3))


def test_C_09_an_all_day_booking_that_is_midnight_in_the_persons_zone_is_those_dates() -> None:
    times = timed("2027-02-28T23:00:00", "2027-03-01T23:00:00", "UTC")
    assert when_of(isAllDay=True, **times) == Days(first=date(2027, 3, 1), after=date(2027, 3, 2))


def test_an_all_day_booking_of_other_hours_is_unreadable_and_not_guessed() -> None:
    assert is_unreadable(isAllDay=True, **timed("2027-03-01T05:00:00", "2027-03-02T05:00:00"))


def test_an_all_day_booking_beyond_the_years_is_unreadable() -> None:
    assert is_unreadable(isAllDay=True, **timed("0001-01-01T00:00:00", "2027-03-02T00:00:00"))


@pytest.mark.parametrize("end", ["2027-03-01T00:00:00", "2027-02-27T00:00:00"])
def test_C_19_a_reversed_all_day_booking_has_no_length(end: str) -> None:
    (found,) = view_of(page(row(isAllDay=True, **timed("2027-03-01T00:00:00", end)))).bookings
    assert (found.when, found.standing) == (None, Standing.NO_LENGTH)


def test_C_09_the_same_dates_are_cut_by_the_persons_zone_and_not_by_the_mailboxes() -> None:
    body = page(row(isAllDay=True, **timed("2027-04-30T00:00:00", "2027-05-01T00:00:00", "UTC")))
    in_stockholm = Interval(start=datetime(2027, 4, 30, 22, tzinfo=UTC), end=datetime(2027, 5, 30, tzinfo=UTC))
    assert view_of(body, window=in_stockholm).bookings == ()
    assert len(view_of(body, window=in_stockholm, zone=ZoneInfo("America/New_York")).bookings) == 1


def test_a_cancelled_booking_without_length_is_cancelled() -> None:
    (found,) = view_of(page(row(isCancelled=True, **timed("2027-03-01T09:00:00", "2027-03-01T09:00:00")))).bookings
    assert (found.when, found.standing) == (None, Standing.CANCELLED)


@pytest.mark.parametrize("response", ["organizer", "accepted", "tentativelyAccepted", "notResponded", "none", None])
def test_only_who_declined_has_declined(response: str | None) -> None:
    (found,) = view_of(page(row(responseStatus={"response": response}))).bookings
    assert found.standing is Standing.HELD


def test_of_a_row_that_comes_twice_the_last_is_right() -> None:
    first = page(row(), row(id="gone"))
    moved = timed("2027-03-05T09:00:00", "2027-03-05T10:00:00")
    outside = timed("2029-03-05T09:00:00", "2029-03-05T10:00:00")
    view = view_of(first, page(row(**moved), row(id="gone", **outside)))
    assert [each.when for each in view.bookings] == [
        Interval(start=datetime(2027, 3, 5, 9, tzinfo=UTC), end=datetime(2027, 3, 5, 10, tzinfo=UTC))
    ]


@pytest.mark.parametrize("order", [("private", "normal"), ("normal", "private")])
def test_of_a_row_that_comes_twice_private_wins(order: tuple[str, str]) -> None:
    view = view_of(*(page(row(sensitivity=word)) for word in order))
    assert (view.bookings, view.private) == ((), (Private(key=KEY),))


def test_a_row_that_was_unreadable_and_comes_again_is_read() -> None:
    view = view_of(page(row(start=None)), page(row()))
    assert (len(view.bookings), view.unreadable) == (1, frozenset())


@pytest.mark.parametrize("subject", ["", "  ", "=1+1", "<script>", "a\r\nb", "\u202eevil", "å" * 255_000])
def test_F_33_a_subject_is_told_letter_by_letter(subject: str) -> None:
    (found,) = view_of(page(row(subject=subject))).bookings
    assert found.subject == subject


def test_F_33_half_a_character_in_a_subject_does_not_make_the_mailbox_unreadable() -> None:
    body = page(row(subject="HALF")).replace(b"HALF", rb"Lunch \ud83d")
    (found,) = view_of(body).bookings
    assert found.subject == "Lunch ?"


def test_S_2_a_subject_that_was_not_asked_for_is_not_taken() -> None:
    (found,) = view_of(page(row(subject="Hemligt")), fields=Fields(item_choices=True)).bookings
    assert found.subject is None
