"""The tests' own ear: what it heard is put together as it was sent, or a test would blame the player."""

from hypothesis import given
from hypothesis import strategies as st

from kktest.rtp import Heard, in_order


@given(
    first=st.integers(0, 2**16 - 1) | st.integers(2**16 - 9, 2**16 - 1),
    places=st.permutations(range(9)),
)
def test_packets_are_put_in_order_where_sequence_numbers_go_round(first: int, places: list[int]) -> None:
    came = [packet((first + place) % 2**16, place) for place in places]
    assert [each.payload[0] for each in in_order(came)] == list(range(9))


def packet(sequence: int, content: int) -> Heard:
    return Heard(
        at=0,
        sender=1,
        payload_type=8,
        is_marked=False,
        sequence=sequence,
        timestamp=0,
        source=1,
        payload=bytes([content]),
    )
