"""iCalendar files keep the promises of the port, over HTTP on loopback and from a folder."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Unpack

import pytest

from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.calendars.icalendar.source import IcalendarFiles
from kalenderkoppling.domain.booking import BookingKey, ShowAs
from kalenderkoppling.ports.calendar import Fields
from kktest.calendar_contract import CHOSEN, CalendarContract, Outlook, Traits, local
from kktest.icalendar import KIM, calendar, opened, serving, settings_for

# Written out here, not taken from the source: a table shared with what it tests finds nothing.
OUTLOOK_WORDS = {
    ShowAs.FREE: "FREE",
    ShowAs.WORKING_ELSEWHERE: "WORKINGELSEWHERE",
    ShowAs.TENTATIVE: "TENTATIVE",
    ShowAs.BUSY: "BUSY",
    ShowAs.OUT_OF_OFFICE: "OOF",
    None: "ASLEEP",
}


@dataclass(slots=True)
class Item:
    """A booking as it is written into the file."""

    start: datetime | date
    end: datetime | date
    traits: dict[str, Any] = field(default_factory=dict)
    rule: str = ""

    def lines(self, uid: str, replaced: str) -> str:
        label = "Europe/Stockholm" if self.traits.get("zone_is_known", True) else "Customized Time Zone"
        written = [f"UID:{uid}", written_time("DTSTART", self.start, label), written_time("DTEND", self.end, label)]
        if self.rule:
            written.append(self.rule)
        if replaced:
            written.append(f"RECURRENCE-ID;TZID={label}:{replaced}")
        if "subject" in self.traits:
            written.append(f"SUMMARY:{self.traits['subject']}")
        if "show_as" in self.traits:
            written.append(f"X-MICROSOFT-CDO-BUSYSTATUS:{OUTLOOK_WORDS[self.traits['show_as']]}")
        if "sensitivity" in self.traits:
            written.append(class_line(self.traits["sensitivity"]))
        if self.traits.get("cancelled"):
            written.append("STATUS:CANCELLED")
        if self.traits.get("declined"):
            written.append(f"ATTENDEE;CN=Kim;PARTSTAT=DECLINED:mailto:{KIM}")
        return "\n".join(written)


def class_line(sensitivity: str | None) -> str:
    """Write a sensitivity as CLASS; what Graph leaves out is here a value that nobody knows: no CLASS means PUBLIC."""
    return f"CLASS:{'PUBLIC' if sensitivity == 'normal' else 'X-NOTHING' if sensitivity is None else sensitivity}"


def written_time(name: str, moment: datetime | date, label: str) -> str:
    if not isinstance(moment, datetime):
        return f"{name};VALUE=DATE:{moment:%Y%m%d}"
    return f"{name};TZID={label}:{moment:%Y%m%dT%H%M%S}"


class FileOutlook(Outlook):
    """Writes the whole file anew at every change, as whoever publishes one does."""

    mailbox = KIM

    def __init__(self, source: IcalendarFiles, put: Callable[[bytes], None], break_next: Callable[[], None]) -> None:
        self.source = source
        self._put = put
        self._break_next = break_next
        self._items: dict[str, Item] = {}
        self._write()

    def book(self, name: str, start: datetime | date, end: datetime | date, **traits: Unpack[Traits]) -> None:
        if traits.get("in_default_calendar", True):
            self._items[name] = Item(start, end, dict(traits))
            if len(self._items) < 100 or len(self._items) == 5000:
                self._write()

    def book_series(
        self, name: str, start: datetime, end: datetime, *, days_apart: int, count: int | None, **traits: Unpack[Traits]
    ) -> None:
        rule = f"RRULE:FREQ=DAILY;INTERVAL={days_apart}{f';COUNT={count}' if count else ''}"
        self._items[name] = Item(start, end, dict(traits), rule)
        self._write()

    def change(self, name: str, *, times: tuple[datetime, datetime] | None = None, **traits: Unpack[Traits]) -> None:
        series, at, day = name.partition("@")
        item = self._items.get(name) or self._items[series]
        if at and name not in self._items:
            assert isinstance(item.start, datetime)
            assert isinstance(item.end, datetime)
            start = datetime.combine(date.fromisoformat(day), item.start.time(), tzinfo=item.start.tzinfo)
            item = replace(item, start=start, end=start + (item.end - item.start), rule="")
        if times is not None:
            item = replace(item, start=times[0], end=times[1])
        self._items[name] = replace(item, traits={**item.traits, **traits})
        self._write()

    def delete(self, name: str) -> None:
        del self._items[name]
        self._write()

    def key(self, name: str) -> BookingKey:
        series, at, day = name.partition("@")
        return BookingKey(f"{series}/{self._original(series, day)}" if at else name)

    def break_next_answer(self) -> None:
        self._break_next()

    def _original(self, series: str, day: str) -> str:
        start = self._items[series].start
        assert isinstance(start, datetime)
        return f"{day.replace('-', '')}T{start:%H%M%S}"

    def _write(self) -> None:
        written = []
        for name, item in self._items.items():
            series, at, day = name.partition("@")
            written.append(item.lines(series, self._original(series, day) if at else ""))
        self._put(calendar(*written))


class IcalendarContract(CalendarContract):
    """What iCalendar does otherwise: a file bears no choice of the add-in."""

    async def test_a_choice_on_the_item_comes_only_when_it_is_asked_for(self, outlook: Outlook) -> None:
        outlook.book("a", local("2027-03-02", 10), local("2027-03-02", 11), choice=CHOSEN)
        assert (await outlook.one("a", Fields(item_choices=True))).item_choice is None


class TestIcalendarOverHttp(IcalendarContract):
    @pytest.fixture
    async def outlook(self) -> AsyncIterator[FileOutlook]:
        async with serving() as server, opened(settings_for(server)) as source:

            def put(body: bytes) -> None:
                server.files[KIM] = body

            def break_next() -> None:
                server.cut_next = True

            yield FileOutlook(source, put, break_next)


class TestIcalendarInAFolder(IcalendarContract):
    @pytest.fixture
    async def outlook(self, tmp_path: Path) -> AsyncIterator[FileOutlook]:
        file = tmp_path / f"{KIM}.ics"
        whole: list[bytes] = []

        def put(body: bytes) -> None:
            file.write_bytes(body)

        async with opened(Icalendar(file=str(tmp_path / "{mailbox}.ics"))) as source:
            outlook = FileOutlook(source, put, lambda: whole.append(file.read_bytes()))
            inner = source._door.read

            async def read(*asked: Any) -> Any:  # noqa: ANN401 - whatever the door is asked
                if not whole:
                    return await inner(*asked)
                body = whole.pop()
                file.write_bytes(body[: len(body) // 2])
                try:
                    return await inner(*asked)
                finally:
                    file.write_bytes(body)

            source._door.read = read  # type: ignore[assignment] # the door breaks once
            yield outlook
