"""What every calendar source promises: the suite that each of them inherits, over a small Outlook to arrange with."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import (
    Booking,
    BookingKey,
    Choice,
    ChoiceKind,
    ItemChoice,
    Private,
    ShowAs,
    Standing,
    Validator,
    View,
)
from kalenderkoppling.domain.errors import BlockedReason, CalendarError, MailboxBlockedError
from kalenderkoppling.domain.time import Days, Interval, local_midnight
from kalenderkoppling.ports.calendar import CalendarSource, Fields

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WINDOW = Interval(start=local_midnight(date(2027, 3, 1), STOCKHOLM), end=local_midnight(date(2027, 5, 2), STOCKHOLM))
CHOSEN = ItemChoice(
    choice=Choice(
        kind=ChoiceKind.SET,
        at=datetime(2027, 2, 28, 12, tzinfo=UTC),
        reason=ReasonKey("vacation"),
        diversion=Diversion.DIRECT,
    ),
    for_series=False,
)


class Traits(TypedDict, total=False):
    """What a booking may have beside its times; what is left out is usual."""

    subject: str
    show_as: ShowAs | None
    sensitivity: str | None
    cancelled: bool
    declined: bool
    in_default_calendar: bool
    zone_is_known: bool
    choice: ItemChoice


class Outlook(ABC):
    """One person's Outlook in front of a source; bookings have names, and the source's key for each is told."""

    source: CalendarSource
    mailbox: str

    @abstractmethod
    def book(self, name: str, start: datetime | date, end: datetime | date, **traits: Unpack[Traits]) -> None:
        """Make a booking; dates make it all-day."""

    @abstractmethod
    def book_series(
        self, name: str, start: datetime, end: datetime, *, days_apart: int, count: int | None, **traits: Unpack[Traits]
    ) -> None:
        """Make a series by the wall clock in Stockholm, `count` None without end."""

    @abstractmethod
    def change(self, name: str, *, times: tuple[datetime, datetime] | None = None, **traits: Unpack[Traits]) -> None:
        """Change a booking, or one occurrence named `series@YYYY-MM-DD`."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete a booking."""

    @abstractmethod
    def key(self, name: str) -> BookingKey:
        """Tell the key that the source has for a booking."""

    @abstractmethod
    def break_next_answer(self) -> None:
        """Let the next look come to nothing."""

    async def look(self, fields: Fields | None = None, zone: ZoneInfo = STOCKHOLM) -> View:
        """Look at the mailbox."""
        return await self.source.view(self.mailbox, WINDOW, zone, fields or Fields())

    async def look_if_changed(
        self, validator: Validator, fields: Fields | None = None, zone: ZoneInfo = STOCKHOLM
    ) -> View | None:
        """Look at the mailbox on condition."""
        return await self.source.view_if_changed(self.mailbox, WINDOW, zone, fields or Fields(), validator)

    async def one(self, name: str, fields: Fields | None = None) -> Booking:
        """Look, and return the booking of that name."""
        (found,) = [each for each in (await self.look(fields)).bookings if each.key == self.key(name)]
        return found


def local(day: str, hour: int, minute: int = 0) -> datetime:
    """Return a time of a day in Stockholm."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=STOCKHOLM)


def keys(view: View) -> set[BookingKey]:
    """Return the keys of the bookings in a view."""
    return {each.key for each in view.bookings}


def rename(outlook: Outlook) -> None:
    """Give a booking another subject."""
    outlook.change("a", subject="Another")


def move(outlook: Outlook) -> None:
    """Move a booking by half an hour."""
    outlook.change("a", times=(local("2027-03-02", 10, 30), local("2027-03-02", 11, 30)))


def show_otherwise(outlook: Outlook) -> None:
    """Show a booking otherwise."""
    outlook.change("a", show_as=ShowAs.FREE)


def hide(outlook: Outlook) -> None:
    """Mark a booking private."""
    outlook.change("a", sensitivity="private")


def unhide(outlook: Outlook) -> None:
    """Mark a private booking normal."""
    outlook.change("b", sensitivity="normal")


def cancel(outlook: Outlook) -> None:
    """Cancel a booking."""
    outlook.change("a", cancelled=True)


def decline(outlook: Outlook) -> None:
    """Decline a booking."""
    outlook.change("a", declined=True)


def delete(outlook: Outlook) -> None:
    """Delete a booking."""
    outlook.delete("a")


def book_another(outlook: Outlook) -> None:
    """Make another booking."""
    outlook.book("c", local("2027-03-04", 10), local("2027-03-04", 11))


CHANGES = (rename, move, show_otherwise, hide, unhide, cancel, decline, delete, book_another)


class CalendarContract:
    """The promises of `ports.calendar.CalendarSource`; a source's own class gives the fixture `outlook`."""

    async def test_a_booking_is_told_with_key_time_and_show_as_and_nothing_else(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), subject="Hemligt projekt")
        assert (await outlook.look()).bookings == (
            Booking(
                key=outlook.key("a"),
                when=Interval(start=datetime(2027, 3, 2, 9, tzinfo=UTC), end=datetime(2027, 3, 2, 10, tzinfo=UTC)),
                show_as=ShowAs.BUSY,
            ),
        )

    @pytest.mark.parametrize("show_as", list(ShowAs))
    async def test_each_show_as_is_told_apart(self, outlook: Outlook, show_as: ShowAs) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), show_as=show_as)
        assert (await outlook.one("a")).show_as is show_as

    async def test_a_show_as_that_nobody_knows_is_none(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), show_as=None)
        assert (await outlook.one("a")).show_as is None

    async def test_S_2_a_subject_comes_only_when_it_is_asked_for(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), subject="Möte <b>& fika</b>")
        assert (await outlook.one("a")).subject is None
        assert (await outlook.one("a", Fields(item_choices=True))).subject is None
        assert (await outlook.one("a", Fields(subject=True))).subject == "Möte <b>& fika</b>"

    async def test_a_choice_on_the_item_comes_only_when_it_is_asked_for(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), choice=CHOSEN)
        assert (await outlook.one("a", Fields(subject=True))).item_choice is None
        assert (await outlook.one("a", Fields(item_choices=True))).item_choice == CHOSEN

    @pytest.mark.parametrize(
        "sensitivity", ["private", "personal", "confidential", "Normal", "NORMAL", " normal", "", "companyWide", None]
    )
    async def test_what_is_not_exactly_normal_is_private(self, outlook: Outlook, sensitivity: str | None) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), sensitivity=sensitivity)
        view = await outlook.look(Fields(subject=True, item_choices=True))
        assert view.bookings == ()
        assert view.private == (Private(key=outlook.key("a")),)

    async def test_F_30_a_booking_that_turns_private_is_private_at_the_next_look(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        assert keys(await outlook.look()) == {outlook.key("a")}
        outlook.change("a", sensitivity="private")
        view = await outlook.look()
        assert (view.bookings, [each.key for each in view.private]) == ((), [outlook.key("a")])

    async def test_every_occurrence_of_a_private_series_is_private_and_names_its_series(self, outlook: Outlook) -> None:
        outlook.book_series(
            "s", local("2027-03-02", 10), local("2027-03-02", 11), days_apart=7, count=3, sensitivity="private"
        )
        view = await outlook.look()
        assert view.bookings == ()
        assert {each.series_key for each in view.private} == {outlook.key("s")}
        assert len(view.private) == 3

    async def test_private_rows_are_not_empty(self, outlook: Outlook) -> None:
        assert (await outlook.look()).is_empty
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), sensitivity="private")
        assert not (await outlook.look()).is_empty

    async def test_a_moved_and_renamed_booking_keeps_its_key(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), subject="Före")
        before = await outlook.one("a")
        outlook.change("a", times=(local("2027-03-04", 13), local("2027-03-04", 14)), subject="Efter")
        (after,) = (await outlook.look(Fields(subject=True))).bookings
        assert (after.key, after.subject) == (before.key, "Efter")
        assert after.when == Interval(
            start=datetime(2027, 3, 4, 12, tzinfo=UTC), end=datetime(2027, 3, 4, 13, tzinfo=UTC)
        )

    async def test_a_deleted_booking_is_no_longer_told(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        outlook.delete("a")
        assert (await outlook.look()).is_empty

    async def test_F_11_occurrences_keep_their_wall_clock_over_the_clock_change(self, outlook: Outlook) -> None:
        outlook.book_series("s", local("2027-03-23", 9), local("2027-03-23", 10), days_apart=7, count=2)
        starts = sorted(each.when.start for each in (await outlook.look()).bookings if isinstance(each.when, Interval))
        assert starts == [datetime(2027, 3, 23, 8, tzinfo=UTC), datetime(2027, 3, 30, 7, tzinfo=UTC)]

    async def test_each_occurrence_has_its_own_key_and_that_of_the_series(self, outlook: Outlook) -> None:
        outlook.book_series("s", local("2027-03-02", 9), local("2027-03-02", 10), days_apart=1, count=3)
        view = await outlook.look()
        assert keys(view) == {outlook.key(f"s@2027-03-0{day}") for day in (2, 3, 4)}
        assert {each.series_key for each in view.bookings} == {outlook.key("s")}

    async def test_a_moved_occurrence_keeps_its_key_and_comes_once(self, outlook: Outlook) -> None:
        outlook.book_series("s", local("2027-03-02", 9), local("2027-03-02", 10), days_apart=1, count=3)
        outlook.change("s@2027-03-03", times=(local("2027-03-10", 15), local("2027-03-10", 16)))
        view = await outlook.look()
        assert len(view.bookings) == 3
        (moved,) = [each for each in view.bookings if each.key == outlook.key("s@2027-03-03")]
        assert moved.when == Interval(
            start=datetime(2027, 3, 10, 14, tzinfo=UTC), end=datetime(2027, 3, 10, 15, tzinfo=UTC)
        )

    async def test_F_16_a_series_without_end_exists_only_inside_the_window(self, outlook: Outlook) -> None:
        outlook.book_series("s", local("2027-02-01", 9), local("2027-02-01", 10), days_apart=7, count=None)
        whens = [each.when for each in (await outlook.look()).bookings]
        assert len(whens) == 9
        assert all(isinstance(when, Interval) and when.overlaps(WINDOW) for when in whens)

    async def test_C_09_an_all_day_booking_is_dates(self, outlook: Outlook) -> None:
        outlook.book("a", date(2027, 3, 27), date(2027, 3, 30))
        assert (await outlook.one("a")).when == Days(first=date(2027, 3, 27), after=date(2027, 3, 30))

    async def test_C_09_the_persons_zone_decides_which_whole_days_touch_the_window(self, outlook: Outlook) -> None:
        outlook.book("before", date(2027, 2, 28), date(2027, 3, 1))
        outlook.book("first", date(2027, 3, 1), date(2027, 3, 2))
        outlook.book("last", date(2027, 5, 1), date(2027, 5, 2))
        outlook.book("after", date(2027, 5, 2), date(2027, 5, 3))
        assert keys(await outlook.look()) == {outlook.key("first"), outlook.key("last")}
        # In New York the same dates lie hours later.
        in_new_york = keys(await outlook.look(zone=ZoneInfo("America/New_York")))
        assert in_new_york == {outlook.key(name) for name in ("before", "first", "last")}

    async def test_C_08_cancelled_and_declined_are_told_as_such(self, outlook: Outlook) -> None:
        outlook.book("c", local("2027-03-02", 10), local("2027-03-02", 11), cancelled=True)
        outlook.book("d", local("2027-03-02", 12), local("2027-03-02", 13), declined=True)
        assert (await outlook.one("c")).standing is Standing.CANCELLED
        assert (await outlook.one("d")).standing is Standing.DECLINED

    @pytest.mark.parametrize("minutes", [0, -30])
    async def test_C_19_a_booking_without_length_is_at_no_time(self, outlook: Outlook, minutes: int) -> None:
        start = local("2027-03-02", 10)
        outlook.book("a", start, start + timedelta(minutes=minutes))
        found = await outlook.one("a")
        assert (found.when, found.standing) == (None, Standing.NO_LENGTH)

    async def test_C_25_other_calendars_of_the_mailbox_are_not_told(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), in_default_calendar=False)
        assert (await outlook.look()).is_empty

    async def test_C_01_a_booking_that_only_touches_the_window_is_outside(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-02-28", 23), local("2027-03-01", 0))
        outlook.book("b", local("2027-05-02", 0), local("2027-05-02", 1))
        assert (await outlook.look()).bookings == ()

    async def test_a_booking_that_overlaps_the_window_is_told_whole(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-02-20", 8), local("2027-03-01", 0, 1))
        outlook.book("b", local("2027-05-01", 23, 59), local("2027-06-01", 8))
        assert (await outlook.one("a")).when == Interval(
            start=datetime(2027, 2, 20, 7, tzinfo=UTC), end=datetime(2027, 2, 28, 23, 1, tzinfo=UTC)
        )
        assert (await outlook.one("b")).when == Interval(
            start=datetime(2027, 5, 1, 21, 59, tzinfo=UTC), end=datetime(2027, 6, 1, 6, tzinfo=UTC)
        )

    async def test_F_10_a_booking_in_an_unknown_zone_is_named_as_unreadable(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), zone_is_known=False)
        outlook.book("b", local("2027-03-02", 12), local("2027-03-02", 13))
        view = await outlook.look()
        assert keys(view) == {outlook.key("b")}
        assert view.unreadable == frozenset({outlook.key("a")})

    async def test_F_15_five_thousand_bookings_come_completely(self, outlook: Outlook) -> None:
        first = local("2027-03-01", 0)
        for number in range(5000):
            start = first + timedelta(minutes=15 * number)
            outlook.book(f"n{number:04}", start, start + timedelta(minutes=15))
        assert keys(await outlook.look()) == {outlook.key(f"n{number:04}") for number in range(5000)}

    async def test_the_view_tells_the_window_that_was_asked_for(self, outlook: Outlook) -> None:
        assert (await outlook.look()).window == WINDOW

    async def test_a_look_that_came_to_nothing_raises_and_the_next_one_is_whole(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        outlook.break_next_answer()
        with pytest.raises(CalendarError):
            await outlook.look()
        assert keys(await outlook.look()) == {outlook.key("a")}

    # ── conditional looks ───────────────────────────────────────────────────────────────────────

    async def test_an_unchanged_calendar_is_told_as_unchanged_or_told_again(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        outlook.book_series("s", local("2027-03-02", 9), local("2027-03-02", 10), days_apart=1, count=3)
        outlook.book("p", local("2027-03-02", 10), local("2027-03-02", 11), sensitivity="private")
        before = await outlook.look()
        assert before.validator is None or await outlook.look_if_changed(before.validator) in (None, before)

    async def test_a_validator_names_nothing_of_what_was_read(self, outlook: Outlook) -> None:
        outlook.book("Canary", local("2027-03-02", 10), local("2027-03-02", 11), subject="Canary")
        view = await outlook.look(Fields(subject=True))
        assert b"Canary" not in (view.validator or b"")
        assert "validator" not in repr(view)

    @pytest.mark.parametrize("deed", [*CHANGES], ids=lambda deed: deed.__name__)
    async def test_whatever_changes_in_the_calendar_is_told(
        self, outlook: Outlook, deed: Callable[[Outlook], None]
    ) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), subject="Before")
        outlook.book("b", local("2027-03-03", 10), local("2027-03-03", 11), sensitivity="private")
        before = await outlook.look(Fields(subject=True))
        deed(outlook)
        if before.validator is not None:
            after = await outlook.look_if_changed(before.validator, Fields(subject=True))
            assert after == await outlook.look(Fields(subject=True))
            assert after != before

    async def test_a_validator_holds_for_its_window_zone_and_fields_only(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), subject="Budget")
        validator = (await outlook.look()).validator or Validator(b"none")
        next_day = Interval(start=WINDOW.start + timedelta(days=1), end=WINDOW.end + timedelta(days=1))
        a_second_later = Interval(start=WINDOW.start, end=WINDOW.end + timedelta(seconds=1))
        for window in (next_day, a_second_later):
            again = await outlook.source.view_if_changed(outlook.mailbox, window, STOCKHOLM, Fields(), validator)
            assert again is not None
            assert again.window == window
        assert await outlook.look_if_changed(validator, zone=ZoneInfo("Europe/Helsinki")) is not None
        for fields in (Fields(subject=True), Fields(item_choices=True)):
            assert await outlook.look_if_changed(validator, fields) is not None

    async def test_a_validator_of_nobody_is_as_none(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        for validator in (Validator(b""), Validator(bytes(16))):
            assert await outlook.look_if_changed(validator) == await outlook.look()

    async def test_F_08_a_conditional_look_that_came_to_nothing_raises(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11))
        validator = (await outlook.look()).validator or Validator(b"none")
        outlook.break_next_answer()
        with pytest.raises(CalendarError):
            await outlook.look_if_changed(validator)

    async def test_F_15_a_change_at_the_end_of_thousands_of_bookings_is_told(self, outlook: Outlook) -> None:
        first = local("2027-03-01", 0)
        for number in range(2500):
            start = first + timedelta(minutes=30 * number)
            outlook.book(f"n{number:04}", start, start + timedelta(minutes=15))
        validator = (await outlook.look()).validator or Validator(b"none")
        for name in ("n0000", "n1500", "n2499"):
            outlook.change(name, show_as=ShowAs.OUT_OF_OFFICE)
            after = await outlook.look_if_changed(validator)
            assert after == await outlook.look()
            validator = after.validator or Validator(b"none")

    async def test_F_14_a_mailbox_that_does_not_exist_is_blocked(self, outlook: Outlook) -> None:
        with pytest.raises(MailboxBlockedError) as caught:
            await outlook.source.view("nobody@exempel.example", WINDOW, STOCKHOLM, Fields())
        assert caught.value.reason is BlockedReason.NOT_FOUND
