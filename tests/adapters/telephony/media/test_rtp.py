"""RTP packets are written and read as RFC 3550 says, and keys are found in them as RFC 4733 says."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.telephony.media.rtp import Keys, packet, read_packet
from kktest.rtp import event, press

# RFC 3550, section 5.1, bit by bit: version 2, marked, type 8, sequence, timestamp, SSRC.
PLAIN = bytes.fromhex("80 88 1234 00000320 cafebabe") + b"payload"


def pressed(keys: Keys, datagrams: Sequence[bytes]) -> str:
    """What is told of datagrams, in order."""
    packets = [read_packet(each) for each in datagrams]
    return "".join(keys.pressed(each) or "" for each in packets if each is not None)


class TestPackets:
    def test_a_packet_is_written_as_the_header_is_drawn(self) -> None:
        written = packet(
            payload_type=8, is_marked=True, sequence=0x1234, timestamp=800, source=0xCAFEBABE, payload=b"payload"
        )
        assert written == PLAIN

    def test_a_packet_is_read_as_the_header_is_drawn(self) -> None:
        read = read_packet(PLAIN)
        assert read is not None
        assert (read.payload_type, read.is_marked, read.sequence, read.timestamp, read.source, read.payload) == (
            8,
            True,
            0x1234,
            800,
            0xCAFEBABE,
            b"payload",
        )

    @given(
        st.integers(0, 127), st.booleans(), st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)
    )
    def test_what_is_written_is_read(
        self, payload_type: int, marked: bool, sequence: int, timestamp: int, source: int
    ) -> None:
        written = packet(
            payload_type=payload_type,
            is_marked=marked,
            sequence=sequence,
            timestamp=timestamp,
            source=source,
            payload=b"x",
        )
        read = read_packet(written)
        assert read is not None
        assert (read.payload_type, read.is_marked, read.sequence) == (payload_type, marked, sequence)
        assert (read.timestamp, read.source, read.payload) == (timestamp, source, b"x")

    @pytest.mark.parametrize(
        "extras",
        [
            "82 88 1234 00000320 cafebabe 11111111 22222222",
            "90 88 1234 00000320 cafebabe bede0001 33333333",
            "91 88 1234 00000320 cafebabe 11111111 bede0000",
        ],
        ids=["two sources", "an extension", "both"],
    )
    def test_what_stands_before_the_payload_is_passed_over(self, extras: str) -> None:
        read = read_packet(bytes.fromhex(extras) + b"payload")
        assert read is not None
        assert read.payload == b"payload"

    def test_what_it_is_padded_with_is_left_off(self) -> None:
        read = read_packet(b"\xa0" + PLAIN[1:] + b"\0\0\3")
        assert read is not None
        assert read.payload == b"payload"

    @pytest.mark.parametrize(
        "garbage",
        [
            b"",
            PLAIN[:11],
            b"\x40" + PLAIN[1:],
            b"\xc0" + PLAIN[1:],
            b"\x8f" + PLAIN[1:],
            b"\x90" + PLAIN[1:14],
            bytes.fromhex("90 88 1234 00000320 cafebabe bedeffff") + b"payload",
            b"\xa0" + PLAIN[1:] + b"\0",
            b"\xa0" + PLAIN[1:] + b"\xff",
        ],
        ids=[
            "nothing",
            "half a header",
            "version 1",
            "version 3",
            "sources that are not there",
            "half an extension",
            "an extension beyond the end",
            "padding of nothing",
            "padding beyond the start",
        ],
    )
    def test_what_is_no_packet_is_none(self, garbage: bytes) -> None:
        assert read_packet(garbage) is None

    @given(st.binary(max_size=80))
    def test_whatever_comes_is_read_or_none(self, datagram: bytes) -> None:
        read = read_packet(datagram)
        if read is not None:
            Keys().pressed(read)


def rfc_example() -> list[bytes]:
    """The dialling of 911 in RFC 4733, section 5, table 5."""
    nine = [event(9, 0, duration=d, marked=d == 400) for d in (400, 800, 1_200, 1_600)]
    one = [event(1, 7_040, duration=d, marked=d == 400) for d in (400, 800, 1_200, 1_600, 2_000)]
    other = [event(1, 11_200, duration=d, marked=d == 400) for d in (400, 800, 1_200, 1_600, 1_760)]
    ends = [
        [event(code, at, duration=d, is_end=True)] * 2
        for code, at, d in ((9, 0, 1_600), (1, 7_040, 2_000), (1, 11_200, 1_760))
    ]
    return [*nine, *ends[0], *one, *ends[1], *other, *ends[2]]


class TestKeys:
    def test_the_example_of_the_standard_is_nine_one_one(self) -> None:
        assert pressed(Keys(), rfc_example()) == "911"

    def test_each_key_is_told_by_its_first_packet(self) -> None:
        keys = Keys()
        told = [pressed(keys, [each]) for each in press(5, 800)]
        assert told == ["5", "", "", "", "", "", ""]

    def test_all_twelve_keys_and_no_others_are_told(self) -> None:
        everything = [datagram for code in range(256) for datagram in press(code, 1_000 * code)]
        assert pressed(Keys(), everything) == "0123456789*#"

    @given(st.integers(0, 2**32 - 1), st.data())
    def test_of_every_press_any_packets_may_be_lost_doubled_or_late_and_it_is_still_one(
        self, at: int, data: st.DataObject
    ) -> None:
        draw = data.draw
        presses = [press(code, (at + 2_000 * code) % 2**32) for code in range(8)]
        kept = [
            draw(st.lists(st.sampled_from(each), min_size=1, max_size=9).map(list), label=f"of {code}")
            for code, each in enumerate(presses)
        ]
        mixed = [datagram for each in kept for datagram in each]
        random.Random(draw(st.integers(0, 99))).shuffle(mixed)
        assert sorted(pressed(Keys(), mixed)) == list("01234567")

    def test_the_beginning_may_be_lost(self) -> None:
        assert pressed(Keys(), press(3, 0)[4:]) == "3"

    def test_the_end_may_be_lost_and_the_next_key_is_another(self) -> None:
        assert pressed(Keys(), [*press(3, 0)[:2], *press(3, 4_000)[:1]]) == "33"

    def test_the_end_of_one_key_may_come_after_the_beginning_of_the_next(self) -> None:
        first, second = press(3, 0), press(4, 4_000)
        assert pressed(Keys(), [*first[:4], *second[:2], *first[4:], *second[2:]]) == "34"

    def test_another_sender_may_have_the_same_timestamps(self) -> None:
        other = [each[:8] + b"\0\0\0\1" + each[12:] for each in press(3, 0)]
        assert pressed(Keys(), [*press(3, 0), *other]) == "33"

    @pytest.mark.parametrize("at", [0, 2**32 - 5], ids=["from the start", "over the end of the clock"])
    def test_a_key_held_for_a_long_time_is_one_press_in_several_segments(self, at: int) -> None:
        segments = [(at + 0xFFFF * number) % 2**32 for number in range(4)]
        held = [event(7, start, duration=duration) for start in segments for duration in (400, 0xFFFF)]
        end = [event(7, segments[-1], duration=900, is_end=True)] * 3
        keys = Keys()
        assert pressed(keys, [*held, *end]) == "7"
        assert pressed(keys, press(7, (segments[-1] + 0xFFFF) % 2**32)) == "7"

    def test_another_key_right_at_the_end_of_a_long_one_is_another(self) -> None:
        assert pressed(Keys(), [event(7, 0, duration=0xFFFF), event(8, 0xFFFF)]) == "78"

    def test_a_key_of_which_only_the_end_came_is_not_held_any_more(self) -> None:
        assert pressed(Keys(), [*press(3, 0)[4:], *press(3, 0xFFFF)]) == "33"

    def test_an_older_end_that_comes_late_does_not_end_the_key_that_is_held(self) -> None:
        late = [event(3, 0, is_end=True)]
        assert pressed(Keys(), [*press(3, 0), event(7, 900, duration=0xFFFF), *late, event(7, 900 + 0xFFFF)]) == "37"

    @pytest.mark.parametrize("size", range(4))
    def test_a_report_cut_short_is_none(self, size: int) -> None:
        assert pressed(Keys(), [event(1, 0)[: 12 + size]]) == ""
