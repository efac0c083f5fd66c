"""The calendars of the pretend company: a realistic fortnight around the present."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox.company_names import AWAY_AFTERNOONS, MEETINGS, PRIVATE_ERRANDS
from kalenderkoppling.sandbox.event import Attendee
from kalenderkoppling.sandbox.series import Frequency, Recurrence
from kalenderkoppling.sandbox.world import World

_ZONE = ZoneInfo("Europe/Stockholm")
_DAY = timedelta(days=1)
_SATURDAY = 5
_ROOMS = ("Eken", "Björken", "Rönnen", "Teams", "Stora salen", "Hos kunden")
_OTHERS = (
    Attendee(name="Beställaren", address="bestallare@kund.example"),
    Attendee(name="Konsulten", address="konsult@partner.example", response="accepted"),
)


@dataclass(slots=True)
class _Diary:
    """Writes into one person's calendar."""

    world: World
    user: str
    chance: random.Random

    def happens(self, share: float) -> bool:
        """Return True with the given probability (0 to 1)."""
        return self.chance.random() < share

    def meeting(self, day: date, start: float, hours: float, subject: str, show_as: str = "busy") -> None:
        """Put in a booking at an hour of a day, with a room and others invited."""
        begins = _at(day, start)
        self.world.create_event(
            self.user,
            start=begins,
            end=begins + timedelta(hours=hours),
            subject=subject,
            show_as=show_as,
            location=self.chance.choice(_ROOMS),
            attendees=_OTHERS if show_as == "busy" else (),
            body=f"<html><body><p>Dagordning: {subject}</p></body></html>",
        )

    def private(self, day: date, start: float, hours: float) -> None:
        """Put in a private booking."""
        begins = _at(day, start)
        subject = self.chance.choice(PRIVATE_ERRANDS)
        self.world.create_event(
            self.user, start=begins, end=begins + timedelta(hours=hours), subject=subject, sensitivity="private"
        )

    def whole_days(self, first: date, days: int, subject: str, show_as: str) -> None:
        """Put in an all-day booking."""
        self.world.create_event(self.user, start=first, end=first + days * _DAY, subject=subject, show_as=show_as)


def fill_week(world: World, people: Sequence[tuple[str, str]], seed: int = 1) -> None:
    """Fill calendars from yesterday to a fortnight ahead.

    About a third of the people have a booking at the present, whatever the hour, so that a demo is never empty.

    Args:
        world: Its clock is the present.
        people: User ids, each with the name of the department's weekly meeting.
        seed: The same seed and clock give the same bookings.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    today = world.clock().astimezone(_ZONE).date()
    for user, weekly in people:
        diary = _Diary(world, user, chance)
        _weekly_meeting(diary, today, weekly)
        away = _long_absence(diary, today)
        for day in (today + offset * _DAY for offset in range(-1, 14)):
            if day.weekday() < _SATURDAY and day not in away:
                _workday(diary, day)
        if today not in away and diary.happens(0.35):
            _going_on_now(diary)


def _workday(diary: _Diary, day: date) -> None:
    """Fill an ordinary day, one of several kinds."""
    kinds = (_full_of_meetings, _afternoon_meetings, _at_home, _out_in_the_afternoon, _private_errand, _quiet)
    diary.chance.choices(kinds, weights=(30, 20, 10, 10, 8, 22))[0](diary, day)
    if diary.happens(0.3):
        diary.meeting(day, diary.chance.choice((11.5, 12)), 1, "Lunch", diary.chance.choice(("busy", "oof")))
    if diary.happens(0.15):
        diary.meeting(day, 7.5, 1, "Fokustid", "free")


def _afternoon_meetings(diary: _Diary, day: date) -> None:
    diary.meeting(day, 13, 1.5, diary.chance.choice(MEETINGS))
    diary.meeting(day, 15, 1, f"Preliminärt: {diary.chance.choice(MEETINGS).lower()}", "tentative")


def _at_home(diary: _Diary, day: date) -> None:
    diary.whole_days(day, 1, "Arbetar hemifrån", "workingElsewhere")


def _out_in_the_afternoon(diary: _Diary, day: date) -> None:
    diary.meeting(day, 13, 3.5, diary.chance.choice(AWAY_AFTERNOONS), "oof")


def _private_errand(diary: _Diary, day: date) -> None:
    diary.private(day, diary.chance.choice((8, 15)), 1)


def _quiet(diary: _Diary, day: date) -> None:
    """Fill a day without meetings."""


def _full_of_meetings(diary: _Diary, day: date) -> None:
    # Adjacent meetings: callers must hear the end of the last one.
    for start, hours in ((9, 1), (10, 1), (11, 0.5), (13.5, 1), (14.5, 1)):
        diary.meeting(day, start, hours, diary.chance.choice(MEETINGS))


def _weekly_meeting(diary: _Diary, today: date, subject: str) -> None:
    """A series since last spring, with one occurrence moved and one skipped for some."""
    chance = diary.chance
    weekday = sum(map(ord, subject)) % 5
    first = today - timedelta(weeks=30) - (today.weekday() - weekday) * _DAY
    begins = _at(first, 8.5)
    master = diary.world.create_series(
        diary.user,
        Recurrence(freq=Frequency.WEEKLY),
        start=begins,
        end=begins + timedelta(minutes=45),
        subject=subject,
        location=chance.choice(_ROOMS),
    )
    coming = first + timedelta(weeks=31)
    if diary.happens(0.2):
        moved = _at(coming, 15)
        end = moved + timedelta(minutes=45)
        diary.world.change_occurrence(master.token, coming, start=moved, end=end, subject=f"{subject} (flyttat)")
    elif diary.happens(0.2):
        diary.world.skip_occurrence(master.token, coming)


def _long_absence(diary: _Diary, today: date) -> set[date]:
    """Put in days of holiday, travel or leave for some people; return those days."""
    if not diary.happens(0.14):
        return set()
    kinds = (("Semester", 7), ("Tjänsteresa", 2), ("Föräldraledig", 14))
    subject, days = diary.chance.choices(kinds, weights=(4, 2, 1))[0]
    first = today + diary.chance.randint(-2, 5) * _DAY
    diary.whole_days(first, days, subject, "oof")
    return {first + offset * _DAY for offset in range(days)}


def _going_on_now(diary: _Diary) -> None:
    now = diary.world.clock().astimezone(_ZONE)
    half_hour = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    start = half_hour - diary.chance.choice((0, 30, 60)) * timedelta(minutes=1)
    end = half_hour + diary.chance.choice((60, 90, 120)) * timedelta(minutes=1)
    show_as = diary.chance.choices(("busy", "oof", "workingElsewhere", "tentative"), weights=(6, 2, 1, 1))[0]
    subject = diary.chance.choice(AWAY_AFTERNOONS if show_as == "oof" else MEETINGS)
    diary.world.create_event(diary.user, start=start, end=end, subject=subject, show_as=show_as)
    if diary.happens(0.4):
        following = diary.chance.choice(MEETINGS)
        diary.world.create_event(diary.user, start=end, end=end + timedelta(hours=1), subject=following)


def _at(day: date, hour: float) -> datetime:
    clock = time(int(hour), int(hour % 1 * 60))
    return datetime.combine(day, clock, tzinfo=_ZONE)
