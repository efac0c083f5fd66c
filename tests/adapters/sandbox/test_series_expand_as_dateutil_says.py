"""The expansion of series, with python-dateutil as a second opinion."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.sandbox import Frequency, Recurrence, World
from kktest.pretend import STOCKHOLM, StandingClock

ZONES = ("Europe/Stockholm", "America/New_York")


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    freq = draw(st.sampled_from(Frequency))
    days = draw(st.lists(st.integers(0, 6), unique=True, max_size=4)) if freq is Frequency.WEEKLY else []
    ends = draw(st.sampled_from(["count", "until", "never"]))
    return Recurrence(
        freq=freq,
        interval=draw(st.integers(1, 5)),
        days=tuple(days),
        count=draw(st.integers(1, 60)) if ends == "count" else None,
        until=date(2027, 1, 1) + timedelta(days=draw(st.integers(0, 400))) if ends == "until" else None,
        zone=draw(st.sampled_from(ZONES)),
        week_starts=draw(st.sampled_from([0, 6])),
    )


def second_opinion(recurrence: Recurrence, first: datetime) -> list[datetime]:
    """Expand in naive local time up to the end of 2028."""
    days = recurrence.days or None
    until = None if recurrence.until is None else datetime.combine(recurrence.until, first.time())
    rule = rrule.rrule(
        rrule.DAILY if recurrence.freq is Frequency.DAILY else rrule.WEEKLY,
        dtstart=first,
        interval=recurrence.interval,
        byweekday=days if recurrence.freq is Frequency.WEEKLY else None,
        count=recurrence.count,
        until=until or (None if recurrence.count else datetime(2028, 12, 31)),  # noqa: DTZ001 - local on purpose
        wkst=recurrence.week_starts,
    )
    return list(rule)


@given(
    recurrence=recurrences(),
    first_day=st.dates(date(2027, 1, 1), date(2027, 12, 31)),
    # 02-03 in the night is where the clock skips: what happens there is a test of its own.
    minute=st.integers(3 * 60, 24 * 60 - 31),
    from_day=st.integers(-30, 400),
    length_days=st.integers(1, 90),
)
def test_a_series_has_the_instants_that_dateutil_gives(
    recurrence: Recurrence, first_day: date, minute: int, from_day: int, length_days: int
) -> None:
    zone = ZoneInfo(recurrence.zone)
    first = datetime.combine(first_day, datetime.min.time()) + timedelta(minutes=minute)
    world = World(StandingClock())
    world.add_mailbox("kim@kommun.example")
    start = first.replace(tzinfo=zone)
    world.create_series("kim@kommun.example", recurrence, start=start, end=start + timedelta(minutes=30), token="s")
    low = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=from_day)
    high = low + timedelta(days=length_days)

    expected = [local.replace(tzinfo=zone).astimezone(UTC) for local in second_opinion(recurrence, first)]

    seen = [event.start for event in world.events("kim@kommun.example", low, high)]
    assert seen == [at for at in expected if at < high and at + timedelta(minutes=30) > low]


@pytest.mark.parametrize("zone", ZONES)
def test_F_11_a_series_keeps_its_local_time_when_the_clocks_change(zone: str) -> None:
    world = World(StandingClock())
    world.add_mailbox("kim@kommun.example", zone=zone)
    start = datetime(2027, 3, 1, 9, tzinfo=ZoneInfo(zone))
    recurrence = Recurrence(freq=Frequency.WEEKLY, zone=zone, count=40)
    world.create_series("kim@kommun.example", recurrence, start=start, end=start + timedelta(hours=1))

    events = world.events("kim@kommun.example", start, start + timedelta(days=300))

    assert {event.hidden_start.astimezone(ZoneInfo(zone)).hour for event in events} == {9}
    assert len({event.hidden_start.hour for event in events}) == 2


def test_F_11_an_occurrence_in_the_skipped_hour_moves_forward_and_keeps_its_length() -> None:
    world = World(StandingClock())
    world.add_mailbox("kim@kommun.example")
    start = datetime(2027, 3, 27, 2, 30, tzinfo=STOCKHOLM)
    recurrence = Recurrence(freq=Frequency.DAILY, count=3)
    world.create_series("kim@kommun.example", recurrence, start=start, end=start + timedelta(minutes=30))

    _, skipped, _ = world.events("kim@kommun.example", start, start + timedelta(days=3))

    assert skipped.start == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert skipped.hidden_end - skipped.hidden_start == timedelta(minutes=30)


def test_an_all_day_series_gives_dates() -> None:
    world = World(StandingClock())
    world.add_mailbox("kim@kommun.example")
    recurrence = Recurrence(freq=Frequency.DAILY, interval=2, count=2)
    world.create_series("kim@kommun.example", recurrence, start=date(2027, 3, 27), end=date(2027, 3, 28))
    window = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)

    days = [(event.start, event.end) for event in world.events("kim@kommun.example", *window)]

    assert days == [(date(2027, 3, 27), date(2027, 3, 28)), (date(2027, 3, 29), date(2027, 3, 30))]


def test_F_16_a_series_without_end_is_expanded_only_where_it_is_looked_at() -> None:
    world = World(StandingClock())
    world.add_mailbox("kim@kommun.example")
    start = datetime(1995, 1, 2, 9, tzinfo=STOCKHOLM)
    world.create_series("kim@kommun.example", Recurrence(freq=Frequency.DAILY), start=start, end=start)
    far = datetime(2199, 1, 1, tzinfo=UTC)

    assert len(world.events("kim@kommun.example", far, far + timedelta(days=7))) == 7


@pytest.mark.parametrize(
    "wrong", [{"interval": 0}, {"count": 0}, {"days": (7,)}, {"count": 3, "until": date(2027, 1, 1)}]
)
def test_a_pattern_that_exchange_would_refuse_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"start at 1|weekdays|not both"):
        Recurrence(freq=Frequency.WEEKLY, **wrong)  # type: ignore[arg-type] # each of these is wrong on purpose
