"""Pages as Graph sends them, one point per file, and what each becomes."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from kalenderkoppling.domain.booking import Booking, ChoiceKind, Private, ShowAs, Standing, View
from kalenderkoppling.domain.errors import ReadFailedError
from kalenderkoppling.domain.time import Days, Interval
from kktest.graph import SAMPLES, view_of


def whens(view: View) -> list[object]:
    return [each.when for each in view.bookings]


def at(month: int, day: int, hour: int) -> Interval:
    """Return an hour of a day in 2027, UTC."""
    return Interval(
        start=datetime(2027, month, day, hour, tzinfo=UTC), end=datetime(2027, month, day, hour + 1, tzinfo=UTC)
    )


def only(view: View) -> Booking:
    (found,) = view.bookings
    return found


def privately(view: View) -> Sequence[Private]:
    return view.private


def chosen(view: View) -> object:
    item = only(view).item_choice
    return item and (item.choice.kind, item.for_series)


EXPECTED: dict[str, tuple[Callable[[View], object], object]] = {
    "a_meeting_of_an_hour": (whens, [at(3, 1, 9)]),
    "an_all_day_booking_labelled_with_a_custom_zone": (
        whens,
        [Days(first=date(2027, 3, 27), after=date(2027, 3, 30))],
    ),
    "a_weekly_meeting_on_both_sides_of_the_clock_change": (whens, [at(3, 23, 8), at(3, 30, 7)]),
    "a_private_occurrence_among_normal_ones": (lambda view: [str(each.key) for each in view.private], ["s-2"]),
    "an_occurrence_as_delta_sends_it_without_sensitivity": (lambda view: [*map(str, keys(view))], ["s-3", "s"]),
    "a_declined_invitation": (lambda view: only(view).standing, Standing.DECLINED),
    "a_meeting_that_was_called_off": (lambda view: only(view).standing, Standing.CANCELLED),
    "a_time_in_windows_words": (whens, [at(3, 1, 9)]),
    "a_reminder_without_length": (lambda view: only(view).when, None),
    "a_show_as_that_was_invented_later": (lambda view: only(view).show_as, None),
    "an_empty_page_that_goes_on": (lambda view: view.is_empty, True),
    "a_choice_of_the_addin": (chosen, (ChoiceKind.NO, True)),
}


def keys(view: View) -> list[object]:
    """Return the keys of what is private, each with its series'."""
    return [key for each in privately(view) for key in (each.key, each.series_key)]


def test_every_sample_has_its_expectation() -> None:
    refused = {"a_sensitivity_that_stands_twice"}
    assert {path.stem for path in SAMPLES.glob("*.json")} == set(EXPECTED) | refused


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_becomes_what_its_name_says(name: str) -> None:
    tell, expected = EXPECTED[name]
    assert tell(view_of((SAMPLES / f"{name}.json").read_bytes())) == expected


def test_F_09_a_sample_with_a_sensitivity_that_stands_twice_is_refused() -> None:
    with pytest.raises(ReadFailedError):
        view_of((SAMPLES / "a_sensitivity_that_stands_twice.json").read_bytes())


def test_a_meeting_of_an_hour_is_busy() -> None:
    assert only(view_of((SAMPLES / "a_meeting_of_an_hour.json").read_bytes())).show_as is ShowAs.BUSY
