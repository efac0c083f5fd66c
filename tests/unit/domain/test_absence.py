"""What makes a referral, and what comes from the calendar."""

import pytest

from kalenderkoppling.domain.absence import Diversion, Origin
from kktest.make import absence


@pytest.mark.parametrize(
    ("diversion", "diverts"), [(Diversion.NONE, False), (Diversion.OPEN, True), (Diversion.DIRECT, True)]
)
def test_R2_open_and_direct_are_referrals_and_none_is_not(diversion: Diversion, diverts: bool) -> None:
    assert diversion.diverts is diverts


@pytest.mark.parametrize("origin", Origin)
def test_only_what_was_set_by_hand_is_not_from_the_calendar(origin: Origin) -> None:
    assert absence("10:00", "11:00", origin=origin).is_from_calendar is (origin is not Origin.BY_HAND)
