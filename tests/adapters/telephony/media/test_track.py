"""A stream's packets follow one another as RFC 3550 and RFC 3551 ask."""

from itertools import pairwise

from kalenderkoppling.telephony.media.rtp import Packet, read_packet
from kalenderkoppling.telephony.media.track import Track


def frame(letter: str) -> bytes:
    return letter.encode() * 160


def sent(track: Track, *turns: int, payload_type: int = 8) -> list[Packet]:
    """What is sent at turns, until the end."""
    packets = []
    for turn in turns:
        payload = track.next_frame()
        if payload is None:
            break
        read = read_packet(track.packet(payload, turn, payload_type))
        assert read is not None
        packets.append(read)
    return packets


def letters(packets: list[Packet]) -> str:
    return "".join(chr(each.payload[0]) for each in packets)


def playing(*clips: str) -> Track:
    track = Track()
    track.play(1, [b"".join(map(frame, clip)) for clip in clips])
    return track


def test_frames_come_in_order_from_clip_to_clip() -> None:
    track = playing("ab", "", "c")
    packets = sent(track, *range(9))
    assert letters(packets) == "abc"
    assert {len(each.payload) for each in packets} == {160}
    assert track.ended() == 1
    assert track.ended() is None


def test_sequence_numbers_and_timestamps_go_on_by_one_and_by_a_frame() -> None:
    packets = sent(playing("abcd"), 7, 8, 9, 10)
    assert [(each.sequence - packets[0].sequence) % 65_536 for each in packets] == [0, 1, 2, 3]
    assert [(each.timestamp - packets[0].timestamp) % 2**32 for each in packets] == [0, 160, 320, 480]
    assert len({each.source for each in packets}) == 1


def test_a_pause_is_told_by_timestamp_and_marker_and_no_sequence_number_is_left_out() -> None:
    track = playing("abcd")
    packets = sent(track, 1, 2, 50, 51)
    assert [each.is_marked for each in packets] == [True, False, True, False]
    assert [(each.timestamp - packets[0].timestamp) % 2**32 for each in packets] == [0, 160, 49 * 160, 50 * 160]
    assert [(each.sequence - packets[0].sequence) % 65_536 for each in packets] == [0, 1, 2, 3]


def test_numbers_begin_anywhere_and_go_round() -> None:
    track = playing("a" * 70_000)
    packets = sent(track, *range(70_000))
    assert all((b.sequence - a.sequence) % 65_536 == 1 for a, b in pairwise(packets))
    far = sent(playing("ab"), 2**32 - 1, 2**32)
    assert (far[1].timestamp - far[0].timestamp) % 2**32 == 160
    begins = [sent(playing("a"), 0)[0] for _ in range(9)]
    for numbers in ([each.sequence for each in begins], [each.timestamp for each in begins]):
        assert len(set(numbers)) > 1
    assert len({each.source for each in begins}) == 9


def test_another_codec_goes_on_at_the_same_place() -> None:
    track = playing("ab", "cd")
    first = sent(track, 0, 1, 2)
    track.recode(1, [b"".join(map(frame, clip)) for clip in ("AB", "CD")])
    second = sent(track, 3, payload_type=0)
    assert letters(first) + letters(second) == "abcD"
    assert [each.payload_type for each in (*first, *second)] == [8, 8, 8, 0]
    assert not second[0].is_marked


def test_a_codec_for_a_play_that_is_over_changes_nothing() -> None:
    track = playing("ab")
    track.play(2, [frame("c")])
    track.recode(1, [frame("X")])
    assert letters(sent(track, 0)) == "c"


def test_another_play_begins_at_its_beginning() -> None:
    track = playing("abc")
    sent(track, 0, 1)
    track.play(2, [frame("x") + frame("y")])
    assert letters(sent(track, 2, 3, 4)) == "xy"
    assert track.ended() == 2


def test_what_is_stopped_sends_nothing_more() -> None:
    track = playing("abc")
    sent(track, 0)
    track.stop()
    assert sent(track, 1, 2) == []
    assert track.ended() is None
