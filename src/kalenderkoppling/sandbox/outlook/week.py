"""One person's week laid out: days, hours, and each booking's position in the grid.

All times are wall-clock times of the mailbox's zone. A row is five minutes, a lane a part of a day's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.event import Event
from kalenderkoppling.sandbox.world import World

DAY = timedelta(days=1)
ROW = timedelta(minutes=5)
ROWS_PER_HOUR = 12
SHORTEST_ROWS = 6
MOST_LANES = 8
WORKDAY = (7, 18)
_MIDNIGHT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A booking on one day: rows from `top` to `bottom` (1-based, the last not included), in `lane` of `lanes`.

    An all-day booking has a lane only. `starts_here` and `ends_here` are false where it runs on over midnight.
    """

    event: Event
    top: int = 1
    bottom: int = 1
    lane: int = 1
    lanes: int = 1
    starts_here: bool = True
    ends_here: bool = True

    @property
    def rows(self) -> int:
        """Height in rows."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An empty half hour that can be clicked."""

    starts: datetime
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the week; `now_row` on the present day only."""

    date: date
    is_today: bool
    all_day: tuple[Block, ...]
    timed: tuple[Block, ...]
    slots: tuple[Slot, ...]
    now_row: int | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is booked."""
        return not self.all_day and not self.timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Monday to Sunday, and the hours that are shown: the working day, widened to all bookings."""

    monday: date
    hours: range
    days: tuple[Day, ...]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + 6 * DAY

    @property
    def number(self) -> int:
        """Its ISO number."""
        return self.monday.isocalendar().week


def monday_of(day: date) -> date:
    """Find the Monday of a day's ISO week."""
    return day - day.weekday() * DAY


def week_label(day: date) -> str:
    """Name the ISO week of a day as an address does: `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def monday_named(label: str) -> date | None:
    """Find the Monday of `2026-W48`; None for anything else."""
    year, mark, week = label.partition("-W")
    if not (mark and year.isascii() and year.isdigit() and week.isascii() and week.isdigit()):
        return None
    try:
        return date.fromisocalendar(int(year), int(week), 1)
    except (ValueError, OverflowError):
        return None


def week_of(world: World, user: str, monday: date, now: datetime) -> Week:
    """Lay out a person's week. `now` is aware."""
    zone = ZoneInfo(world.mailbox(user).zone)
    start, end = (zones.midnight(day, zone) for day in (monday, monday + 7 * DAY))
    # All-day bookings made in other zones have other midnights: read a day more on either side and filter by date.
    events = world.events(user, start - DAY, end + DAY)
    local_now = _wall(now, zone)
    days = [monday + offset * DAY for offset in range(7)]
    pieces = {day: [piece for event in events if (piece := _piece(event, day, zone))] for day in days}
    hours = _hours(pieces, local_now)
    bars = _bars([event for event in events if event.is_all_day], days)
    made = (_day(day, pieces[day], bars[day], hours, local_now) for day in days)
    return Week(monday=monday, hours=hours, days=tuple(made))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The part of a timed booking that lies on one day; minutes from midnight."""

    event: Event
    first: int
    last: int
    starts_here: bool
    ends_here: bool


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=UTC)


def _piece(event: Event, day: date, zone: ZoneInfo) -> _Piece | None:
    if event.is_all_day:
        return None
    start, end = sorted((_wall(event.hidden_start, zone), _wall(event.hidden_end, zone)))
    low = datetime.combine(day, time(), tzinfo=UTC)
    high = low + DAY
    if not (start < high and (end > low or start == end >= low)):
        return None
    minute = timedelta(minutes=1)
    return _Piece(
        event=event,
        first=max(0, (start - low) // minute),
        last=min(24 * 60, -((low - end) // minute)),
        starts_here=start >= low,
        ends_here=end <= high,
    )


def _hours(pieces: dict[date, list[_Piece]], now: datetime) -> range:
    first, last = WORKDAY
    for piece in (piece for day in pieces.values() for piece in day):
        first = min(first, piece.first // 60)
        last = max(last, -(-max(piece.last, piece.first + 30) // 60))
    if now.date() in pieces:
        first, last = min(first, now.hour), max(last, now.hour + 1)
    return range(first, min(last, _MIDNIGHT))


def _day(day: date, pieces: list[_Piece], bars: tuple[Block, ...], hours: range, now: datetime) -> Day:
    blocks = [_block(piece, hours) for piece in pieces]
    is_today = now.date() == day
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    return Day(
        date=day,
        is_today=is_today,
        all_day=bars,
        timed=tuple(_in_lanes(blocks)),
        slots=tuple(
            Slot(starts=midnight + half * 30 * timedelta(minutes=1), top=(half - 2 * hours.start) * SHORTEST_ROWS + 1)
            for half in range(2 * hours.start, 2 * hours.stop)
        ),
        now_row=(now - midnight) // ROW - hours.start * ROWS_PER_HOUR + 1 if is_today else None,
    )


def _block(piece: _Piece, hours: range) -> Block:
    begin, end = hours.start * ROWS_PER_HOUR, hours.stop * ROWS_PER_HOUR
    top = min(piece.first // 5, end - SHORTEST_ROWS)
    bottom = min(max(-(-piece.last // 5), top + SHORTEST_ROWS), end)
    return Block(
        event=piece.event,
        top=top - begin + 1,
        bottom=bottom - begin + 1,
        starts_here=piece.starts_here,
        ends_here=piece.ends_here,
    )


def _in_lanes(blocks: Sequence[Block]) -> Iterable[Block]:
    """Place overlapping blocks side by side; a cluster shares the width of the day."""
    cluster: list[Block] = []
    bottom = 0
    for block in sorted(blocks, key=lambda block: (block.top, -block.bottom, block.event.token)):
        if cluster and block.top >= bottom:
            yield from _spread(cluster)
            cluster, bottom = [], 0
        cluster.append(block)
        bottom = max(bottom, block.bottom)
    yield from _spread(cluster)


def _spread(cluster: list[Block]) -> Iterable[Block]:
    bottoms: list[int] = []
    placed = []
    for block in cluster:
        free = next((lane for lane, bottom in enumerate(bottoms) if bottom <= block.top), len(bottoms))
        bottoms[free : free + 1] = [block.bottom]
        placed.append((block, free))
    lanes = min(len(bottoms), MOST_LANES)
    return [replace(block, lane=min(lane + 1, lanes), lanes=lanes) for block, lane in placed]


def _bars(events: Sequence[Event], days: Sequence[date]) -> dict[date, tuple[Block, ...]]:
    """Give each all-day booking a lane that it keeps over its days."""
    ends: list[date] = []
    bars: dict[date, list[Block]] = {day: [] for day in days}
    for event in sorted(events, key=lambda event: (event.start, event.token)):
        covered = [day for day in days if event.start <= day < event.end]
        if not covered:
            continue
        lane = next((lane for lane, end in enumerate(ends) if end < covered[0]), len(ends))
        ends[lane : lane + 1] = [covered[-1]]
        for day in covered:
            bars[day].append(
                Block(
                    event=event,
                    lane=min(lane + 1, MOST_LANES),
                    starts_here=event.start == day,
                    ends_here=event.end == day + DAY,
                )
            )
    return {day: tuple(blocks) for day, blocks in bars.items()}
