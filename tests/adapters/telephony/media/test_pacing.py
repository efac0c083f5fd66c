"""The pace is kept: each step once, at its time, and never a burst after a pause."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.telephony.media.pacing import PHASES, STEP_NS, FrameSchedule

BEGUN = 123_456_789


def steps_at(pace: FrameSchedule, *after: float) -> list[list[int]]:
    """The steps that are due at instants, in steps after the beginning."""
    return [list(pace.due(BEGUN + round(each * STEP_NS))) for each in after]


def test_a_step_is_five_milliseconds_and_a_turn_is_a_frame() -> None:
    assert STEP_NS * PHASES == 20_000_000


def test_each_step_is_due_at_its_time_and_once() -> None:
    pace = FrameSchedule(BEGUN)
    assert steps_at(pace, 0, 0, 0.99, 1, 1.5, 2.2, 2.9, 3) == [[0], [], [], [1], [], [2], [], [3]]


def test_what_was_missed_for_less_than_a_frame_is_made_up_for() -> None:
    assert steps_at(FrameSchedule(BEGUN), 0, 3.5, 4) == [[0], [1, 2, 3], [4]]


def test_after_a_longer_pause_every_stream_has_one_turn_and_not_one_for_each_that_it_missed() -> None:
    assert steps_at(FrameSchedule(BEGUN), 0, 1_000, 1_001) == [[0], [997, 998, 999, 1_000], [1_001]]


def test_a_clock_that_stands_still_gives_no_step_twice() -> None:
    assert steps_at(FrameSchedule(BEGUN), 5, 3, 5, 6) == [[2, 3, 4, 5], [], [], [6]]


def test_the_wait_ends_at_the_next_step() -> None:
    pace = FrameSchedule(BEGUN)
    assert pace.left(BEGUN) == 0
    pace.due(BEGUN)
    assert pace.left(BEGUN) == STEP_NS
    assert pace.left(BEGUN + STEP_NS - 1) == 1
    assert pace.left(BEGUN + 10 * STEP_NS) == 0


@given(st.lists(st.integers(0, 40 * STEP_NS), max_size=40))
def test_whatever_the_pauses_no_step_comes_twice_none_too_early_and_no_stream_twice_at_once(
    pauses: Sequence[int],
) -> None:
    pace, now, done = FrameSchedule(BEGUN), BEGUN, -1
    for pause in pauses:
        now += pause
        steps = pace.due(now)
        assert list(steps) == sorted(set(steps))
        assert all(done < step and BEGUN + step * STEP_NS <= now for step in steps)
        assert len({step % PHASES for step in steps}) == len(steps) <= PHASES
        assert pace.left(now) > 0
        done = max([done, *steps])
