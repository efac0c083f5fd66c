"""Which stretch of a calendar is looked at."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.sync.window import window_at
from kktest.make import STOCKHOLM, at, between


@pytest.mark.parametrize("now", ["2026-11-23 00:00", "2026-11-23 12:00", "2026-11-23 23:59"])
def test_the_window_reaches_from_yesterday_to_sixty_days_ahead(now: str) -> None:
    assert window_at(at(now), STOCKHOLM) == between("2026-11-22 00:00", "2027-01-23 00:00")


def test_the_window_rolls_at_local_midnight() -> None:
    before, after = (window_at(at(f"2026-11-{moment}"), STOCKHOLM) for moment in ("23 23:59", "24 00:00"))
    assert after.start - before.start == after.end - before.end == timedelta(days=1)


def test_the_window_is_the_persons_days() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert window_at(at("2026-11-23 18:00"), tokyo) == between("2026-11-23 00:00", "2027-01-24 00:00", tokyo)


def test_the_window_is_whole_days_though_the_clocks_change_within() -> None:
    window = window_at(at("2027-03-01 12:00"), STOCKHOLM)
    assert window.end - window.start == timedelta(days=62) - timedelta(hours=1)
