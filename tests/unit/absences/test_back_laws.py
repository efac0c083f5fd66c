"""What holds of every return, against an oracle that looks minute by minute."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.back import caller_return, shown_return
from kalenderkoppling.absences.days_off import is_holiday
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Absence
from kalenderkoppling.rules.model import WorkingHours
from kktest.draw import absences, instants
from kktest.make import STOCKHOLM, around

AWAY = st.lists(absences(), max_size=6)
MINUTE = timedelta(minutes=1)
# Around noon, so that absences of some hours fall inside, across and outside of them.
HOURS = WorkingHours(days=frozenset({0, 1}), start=time(10, 40), end=time(12, 20))


def away_at(away: Sequence[Absence], instant: datetime, *, only_referrals: bool) -> bool:
    counted = [each for each in away if each.diversion.diverts or not only_referrals]
    return any(each.interval.start <= instant < each.interval.end for each in counted)


def works_at(instant: datetime, hours: WorkingHours | None) -> bool:
    local = instant.astimezone(STOCKHOLM)
    if hours is None:
        return True
    return (
        local.weekday() in hours.days and not is_holiday(local.date(), "SE") and hours.start <= local.time() < hours.end
    )


def oracle(
    away: Sequence[Absence], now: datetime, hours: WorkingHours | None, *, only_referrals: bool
) -> datetime | None:
    """Step minute by minute to the first one at which the person is neither away nor off work."""
    if not away_at(away, now, only_referrals=only_referrals):
        return None
    instant = now
    while away_at(away, instant, only_referrals=only_referrals) or not works_at(instant, hours):
        instant += MINUTE
    return instant


@given(AWAY, instants)
def test_C_03_the_callers_return_is_always_the_first_minute_without_a_referral(
    away: list[Absence], now: datetime
) -> None:
    assert caller_return(away, now, around()) == oracle(away, now, None, only_referrals=True)


@given(AWAY, instants)
def test_C_24_the_callers_return_is_always_the_first_working_minute_without_a_referral(
    away: list[Absence], now: datetime
) -> None:
    assert caller_return(away, now, around(HOURS)) == oracle(away, now, HOURS, only_referrals=True)


@given(AWAY, instants, st.none() | st.just(HOURS))
def test_the_shown_return_is_always_the_first_minute_that_the_governing_absence_asks_for(
    away: list[Absence], now: datetime, hours: WorkingHours | None
) -> None:
    leader = governing(in_force(away, now))
    expected = leader and oracle(away, now, hours, only_referrals=leader.diversion.diverts)
    assert shown_return(away, now, around(hours)) == expected


@given(AWAY, instants, st.none() | st.just(HOURS))
def test_S_3_a_return_is_always_later_than_now_and_never_while_calls_are_diverted(
    away: list[Absence], now: datetime, hours: WorkingHours | None
) -> None:
    back_at = caller_return(away, now, around(hours))
    diverted = away_at(away, now, only_referrals=True)
    assert (back_at is not None) is diverted
    assert back_at is None or (back_at > now and not away_at(away, back_at, only_referrals=True))


@given(AWAY, instants, st.none() | st.just(HOURS))
def test_a_return_is_always_stable_until_it_comes(
    away: list[Absence], now: datetime, hours: WorkingHours | None
) -> None:
    back_at = caller_return(away, now, around(hours))
    minute_later = caller_return(away, now + MINUTE, around(hours))
    assert back_at is None or minute_later in (back_at, None)
