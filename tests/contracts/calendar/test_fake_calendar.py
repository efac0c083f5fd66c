"""The calendar in memory keeps the promises of the port."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Unpack

import pytest

from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kktest.calendar import DEFAULT, FakeCalendar, Item
from kktest.calendar_contract import CalendarContract, Outlook, Traits


class FakeOutlook(Outlook):
    mailbox = "kim"

    def __init__(self) -> None:
        self.source: FakeCalendar = FakeCalendar()
        self.source.open(self.mailbox)

    def book(self, name: str, start: datetime | date, end: datetime | date, **traits: Unpack[Traits]) -> None:
        self.source.put(self.mailbox, Item(key=name, start=start, end=end, **in_fake_words(traits)))

    def book_series(
        self, name: str, start: datetime, end: datetime, *, days_apart: int, count: int | None, **traits: Unpack[Traits]
    ) -> None:
        words = in_fake_words(traits)
        self.source.put(self.mailbox, Item(key=name, start=start, end=end, days_apart=days_apart, count=count, **words))

    def change(self, name: str, *, times: tuple[datetime, datetime] | None = None, **traits: Unpack[Traits]) -> None:
        own = self.source.mailboxes[self.mailbox]
        series, at, _ = name.partition("@")
        item = own.get(name) or replace(own[series], key=name, days_apart=None, series=series if at else None)
        if times is not None:
            item = replace(item, start=times[0], end=times[1])
        self.source.put(self.mailbox, replace(item, **in_fake_words(traits)))

    def delete(self, name: str) -> None:
        self.source.take_away(self.mailbox, name)

    def key(self, name: str) -> BookingKey:
        return BookingKey(name)

    def break_next_answer(self) -> None:
        self.source.fail(self.mailbox, ReadFailedError(ReadProblem.CUT_SHORT))


def in_fake_words(traits: Traits) -> dict[str, Any]:
    words: dict[str, Any] = dict(traits)
    if "in_default_calendar" in words:
        words["calendar"] = DEFAULT if words.pop("in_default_calendar") else "other"
    return words


class TestFakeCalendar(CalendarContract):
    @pytest.fixture
    def outlook(self) -> FakeOutlook:
        return FakeOutlook()
