"""How often a page is told: single changes at once, a burst ten times a second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.surfaces.web.live.stream import AT_ONCE, COALESCE, Allowance

GAP = COALESCE.total_seconds()
gaps = st.lists(st.floats(0, 1, allow_subnormal=False), max_size=60)


def sent(arrivals: list[float], at_once: int = AT_ONCE) -> list[float]:
    """When events go out that arrive at some instants, each as soon as it may."""
    allowance, times, now = Allowance(GAP, at_once), [], 0.0
    for arrival in arrivals:
        now = max(now, arrival)
        now += allowance.wait(now)
        allowance.spend(now)
        times.append(now)
    return times


def test_a_change_after_a_quiet_time_does_not_wait() -> None:
    assert sent([0.0, 5.0, 10.0]) == [0.0, 5.0, 10.0]


def test_some_single_changes_in_a_row_do_not_wait() -> None:
    assert sent([0.0, 0.02, 0.04, 0.06]) == [0.0, 0.02, 0.04, 0.06]


def test_what_comes_on_average_more_seldom_than_ten_times_a_second_does_not_wait() -> None:
    arrivals = [0.11 * number - 0.06 * (number % 3) for number in range(100)]
    assert sent(arrivals) == arrivals


def test_a_burst_is_told_ten_times_a_second_after_the_first_few() -> None:
    times = sent([0.0] * 24)
    assert times[:AT_ONCE] == [0.0] * AT_ONCE
    assert [round(later - earlier, 9) for earlier, later in pairwise(times[3:])] == [GAP] * 20


@given(gaps)
def test_no_stretch_of_time_has_more_events_than_are_allowed(between: list[float]) -> None:
    arrivals = [sum(between[: number + 1]) for number in range(len(between))]
    times = sent(arrivals)
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= AT_ONCE + (times[last] - times[first]) / GAP + 1e-6


@given(gaps)
def test_nothing_waits_longer_than_behind_a_burst(between: list[float]) -> None:
    arrivals = [sum(between[: number + 1]) for number in range(len(between))]
    one_by_one = sent(arrivals, at_once=1)
    assert all(time <= slower + 1e-9 for time, slower in zip(sent(arrivals), one_by_one, strict=True))
