"""A week as the card draws it: days, bars over whole days, and boxes on a grid of quarters of an hour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.time import Interval, local_midnight
from kalenderkoppling.surfaces.directory.shown import Shown
from kalenderkoppling.surfaces.directory.word_width import longest_word
from kalenderkoppling.surfaces.web.week_styles import LANES, QUARTERS

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_FIRST_HOUR, _LAST_HOUR = 7, 17
_DAYS_OF_WORK = 5
_TWO_LINES, _THREE_LINES = 3, 5
_LEAST_QUARTERS = 2
"""The least height of a box, so that a finger hits it (WCAG 2.5.8: 24 pixels)."""
FARTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An absence within one day, on grid lines of quarters from the first hour shown.

    `lane` is its place among the `lanes` that what overlaps takes.
    """

    shown: Shown
    first_line: int
    last_line: int
    lane: int
    lanes: int

    @property
    def height(self) -> str:
        """How much can be written in it: `low` a line, `middle` two, `tall` more."""
        quarters = self.last_line - self.first_line
        return "low" if quarters < _TWO_LINES else "middle" if quarters < _THREE_LINES else "tall"

    @property
    def word(self) -> int:
        """The width of the title's widest word, in half ems."""
        return longest_word(self.shown.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An absence over whole days: from the line of its first weekday to the line after its last."""

    shown: Shown
    first_day: int
    after_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An absence of one day as a line of text: over the whole of the day, within it, or reaching beyond it."""

    shown: Shown
    is_whole: bool
    is_within: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: `boxes` where there is room for a column, `listed`, in order, where there is not.

    `now_line` is the grid line of the present, None on other days and outside the hours.
    """

    day: date
    boxes: Sequence[Box]
    listed: Sequence[Listed]
    is_today: bool
    now_line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week from Monday; `hours` are the full hours shown, as numbers of the clock."""

    monday: date
    days: Sequence[Day]
    bars: Sequence[Bar]
    hours: Sequence[int]

    @property
    def quarters(self) -> int:
        """How many quarters of an hour are shown."""
        return len(self.hours) * 4

    @property
    def shown(self) -> Sequence[Shown]:
        """Every absence of the week, once."""
        boxes = [box.shown for day in self.days for box in day.boxes]
        return list({each.place: each for each in [*(bar.shown for bar in self.bars), *boxes]}.values())

    @property
    def is_empty(self) -> bool:
        return not self.bars and not any(each.boxes for each in self.days)


def monday_of(wanted: str, today: date) -> date:
    """Return the Monday of an ISO week such as `2026-W48`; this week's for anything else, or far away."""
    this_monday = today - timedelta(days=today.weekday())
    found = _WEEK.fullmatch(wanted)
    if found is None:
        return this_monday
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return this_monday
    return monday if abs(monday - this_monday) <= FARTHEST else this_monday


def week_name(monday: date) -> str:
    """Return a week in the form of addresses: `2026-W48`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def stretch_of(monday: date, zone: ZoneInfo) -> Interval:
    """Return a week's stretch of time in a zone."""
    return Interval(start=local_midnight(monday, zone), end=local_midnight(monday + timedelta(days=7), zone))


def lay_out(monday: date, absences: Sequence[Shown], now: datetime, zone: ZoneInfo) -> Week:
    """Lay a week out: Monday to Friday, and the weekend when there is something or when it is today."""
    pieces = {number: list(_pieces(absences, monday + timedelta(days=number), zone)) for number in range(7)}
    whole = {number: [each.shown for each in pieces[number] if each.is_whole] for number in range(7)}
    parts = {number: [each for each in pieces[number] if not each.is_whole] for number in range(7)}
    today = now.astimezone(zone)
    until_today = (today.date() - monday).days + 1
    filled = (number + 1 for number in range(7) if pieces[number])
    shown_days = max([_DAYS_OF_WORK, *filled, *([until_today] if until_today in range(1, 8) else [])])
    first_hour, after_hour = _hours(each for number in range(shown_days) for each in parts[number])
    days = [
        _day(monday + timedelta(days=number), pieces[number], today, (first_hour, after_hour))
        for number in range(shown_days)
    ]
    return Week(monday=monday, days=days, bars=list(_bars(absences, whole)), hours=range(first_hour, after_hour))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What of an absence lies within one day: wall-clock minutes from midnight."""

    shown: Shown
    start_minute: int
    end_minute: int
    is_whole: bool
    is_within: bool


def _pieces(absences: Iterable[Shown], day: date, zone: ZoneInfo) -> Iterable[_Piece]:
    begins, ends = local_midnight(day, zone), local_midnight(day + timedelta(days=1), zone)
    for each in absences:
        start, end = max(each.interval.start, begins), min(each.interval.end, ends)
        if start < end:
            yield _Piece(
                shown=each,
                start_minute=_minute(start, zone) if start > begins else 0,
                end_minute=_minute(end, zone) if end < ends else 24 * 60,
                is_whole=start == begins and end == ends,
                is_within=(start, end) == (each.interval.start, each.interval.end),
            )


def _minute(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(zone)
    return local.hour * 60 + local.minute


def _hours(pieces: Iterable[_Piece]) -> tuple[int, int]:
    first, after = _FIRST_HOUR, _LAST_HOUR
    for each in pieces:
        # An absence that only extends into the night does not add hours to the grid: its box shows its times.
        if each.start_minute > 0:
            first = min(first, each.start_minute // 60)
            after = max(after, each.start_minute // 60 + 1)
        if each.end_minute < 24 * 60:
            after = max(after, -(-each.end_minute // 60))
            first = min(first, (each.end_minute - 1) // 60)
    return max(first, 0), min(after, 24)


def _day(day: date, pieces: Sequence[_Piece], now_local: datetime, hours: tuple[int, int]) -> Day:
    is_today = day == now_local.date()
    boxes = _in_lanes([each for each in pieces if not each.is_whole], hours)
    now_line = _line(now_local.hour * 60 + now_local.minute, hours)
    within = hours[0] <= now_local.hour < hours[1]
    return Day(
        day=day,
        boxes=boxes,
        listed=_listed(pieces),
        is_today=is_today,
        now_line=now_line if is_today and within else None,
    )


def _listed(pieces: Sequence[_Piece]) -> list[Listed]:
    ordered = sorted(pieces, key=lambda piece: (not piece.is_whole, piece.start_minute, piece.end_minute))
    return [Listed(shown=each.shown, is_whole=each.is_whole, is_within=each.is_within) for each in ordered]


def _in_lanes(pieces: Sequence[_Piece], hours: tuple[int, int]) -> list[Box]:
    """Put overlapping pieces side by side: a group connected by overlaps shares the width, others take all of it."""
    boxes: list[Box] = []
    group: list[Box] = []
    for each in sorted(pieces, key=lambda piece: (piece.start_minute, piece.end_minute)):
        first = _line(each.start_minute, hours)
        last = max(_line(each.end_minute + 14, hours), first + _LEAST_QUARTERS)
        if group and all(box.last_line <= first for box in group):
            boxes += _sharing(group)
            group = []
        taken = {box.lane for box in group if box.last_line > first}
        lane = next(number for number in range(1, len(group) + 2) if number not in taken)
        group.append(Box(shown=each.shown, first_line=first, last_line=last, lane=lane, lanes=1))
    return boxes + _sharing(group)


def _sharing(group: Sequence[Box]) -> list[Box]:
    needed = max((each.lane for each in group), default=1)
    lanes = next((each for each in LANES if each >= needed), LANES[-1])
    return [replace(each, lane=min(each.lane, lanes), lanes=lanes) for each in group]


def _line(minute: int, hours: tuple[int, int]) -> int:
    quarters = minute // 15 - hours[0] * 4
    return min(max(quarters, 0), (hours[1] - hours[0]) * 4, QUARTERS) + 1


def _bars(absences: Sequence[Shown], whole: dict[int, list[Shown]]) -> Iterable[Bar]:
    for each in absences:
        days = [number for number in range(7) if each in whole[number]]
        if days:
            yield Bar(shown=each, first_day=days[0] + 1, after_day=days[-1] + 2)
