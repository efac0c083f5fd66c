"""When a look at a calendar is empty."""

import pytest

from kalenderkoppling.domain.booking import Booking, Private, Standing
from kktest.make import booking, private, view


def test_a_look_without_a_row_is_empty() -> None:
    assert view().is_empty


@pytest.mark.parametrize(
    "row", [booking(), booking(standing=Standing.CANCELLED), private()], ids=["normal", "cancelled", "private"]
)
def test_a_look_with_a_private_or_cancelled_row_is_not_empty(row: Booking | Private) -> None:
    assert not view(row).is_empty


def test_a_look_with_an_unreadable_row_is_not_empty() -> None:
    assert not view(unreadable=["b"]).is_empty
