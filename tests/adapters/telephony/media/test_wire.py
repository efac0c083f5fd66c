"""Messages arrive whole and in order, in whatever pieces they come; what was not agreed on is refused."""

import struct
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.telephony.media.wire import (
    LARGEST_MESSAGE,
    ORDERS,
    REPORTS,
    Aim,
    Alive,
    Begin,
    Close,
    Ended,
    Forget,
    Keep,
    NotAgreedError,
    NotOpened,
    Open,
    Opened,
    Order,
    Play,
    Pressed,
    Reading,
    Report,
    Route,
    Stop,
    packed,
)

ROUTE = Route(host="192.0.2.1", port=4_000, is_silent=False, payload_type=8, event_types=(101,))
EVERY_ORDER: Sequence[Order] = (
    Begin(host="::1", first_port=2, last_port=8, next_port=4),
    Open(stream=1, route=None),
    Open(stream=2, route=ROUTE),
    Aim(stream=1, route=ROUTE),
    Aim(stream=1, route=ROUTE, play=3, clips=(1, 2, 1)),
    Keep(clip=1, frames=bytes(range(256))),
    Forget(clips=(1, 2)),
    Play(stream=1, play=3, clips=(1, 1)),
    Stop(stream=1),
    Close(stream=1),
)
EVERY_REPORT: Sequence[Report] = (
    Alive(),
    Opened(stream=1, port=20_000),
    NotOpened(stream=2),
    Ended(stream=1, play=3),
    Pressed(stream=1, digit="*"),
)


@given(st.lists(st.sampled_from(EVERY_ORDER), max_size=8), st.lists(st.integers(0, 400), max_size=8))
def test_orders_come_in_pieces_of_any_size(orders: Sequence[Order], cuts: Sequence[int]) -> None:
    line = b"".join(map(packed, orders))
    places = sorted({0, len(line), *(min(cut, len(line)) for cut in cuts)})
    reading: Reading[Order] = Reading(ORDERS)
    pieces = [line[start:end] for start, end in pairwise(places)]
    assert [order for piece in pieces for order in reading.take(piece)] == list(orders)


def test_reports_come_as_they_were_said() -> None:
    assert list(Reading(REPORTS).take(b"".join(map(packed, EVERY_REPORT)))) == list(EVERY_REPORT)


@pytest.mark.parametrize(
    "line",
    [
        struct.pack("<I", LARGEST_MESSAGE + 1),
        struct.pack("<I", 0),
        struct.pack("<I", 1) + b"\xc1",
        packed(Stop(stream=1)),
    ],
    ids=["too large", "empty", "no message", "an order among reports"],
)
def test_what_was_not_agreed_on_is_refused(line: bytes) -> None:
    with pytest.raises(NotAgreedError):
        list(Reading(REPORTS).take(line))
