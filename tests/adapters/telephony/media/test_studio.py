"""The child's streams, step by step, without its process and its clock."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.telephony.media.pacing import PHASES
from kalenderkoppling.telephony.media.ports import Ports
from kalenderkoppling.telephony.media.studio import MOST_AT_ONCE, Studio
from kalenderkoppling.telephony.media.wire import (
    Aim,
    Close,
    Ended,
    Forget,
    Keep,
    NotOpened,
    Open,
    Opened,
    Play,
    Pressed,
    Route,
    Stop,
)
from kktest.ports import LOOPBACK, spare_ports
from kktest.rtp import event, press


class Far:
    """The far side of streams: a socket that is read when the test wants it."""

    def __init__(self, made: socket.socket) -> None:
        self._socket = made
        self.port = int(made.getsockname()[1])

    def route(self, *, is_silent: bool = False, payload_type: int = 8, host: str = LOOPBACK) -> Route:
        return Route(host=host, port=self.port, is_silent=is_silent, payload_type=payload_type, event_types=(101,))

    def heard(self) -> list[tuple[int, str]]:
        """The payload type and the letter of each packet."""
        found: list[tuple[int, str]] = []
        while True:
            try:
                datagram = self._socket.recv(2_048)
            except BlockingIOError:
                return found
            found.append((datagram[1] & 0x7F, chr(datagram[12])))

    def say(self, studio: Studio, stream: int, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self._socket.sendto(datagram, (LOOPBACK, port_of(studio, stream)))


def port_of(studio: Studio, stream: int) -> int:
    return next(each.port for each in studio.reports if isinstance(each, Opened) and each.stream == stream)


def frames(letters: str) -> bytes:
    return b"".join(letter.encode() * 160 for letter in letters)


@pytest.fixture
def far() -> Iterator[Far]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.settimeout(0)
        made.bind((LOOPBACK, 0))
        yield Far(made)


@pytest.fixture
def studio() -> Iterator[Studio]:
    first = spare_ports(40)
    made = Studio(Ports(LOOPBACK, first, first + 39, first))
    made.do(Keep(clip=1, frames=frames("ab")))
    made.do(Keep(clip=2, frames=frames("c")))
    yield made
    made.close()


def turns(studio: Studio, first: int, last: int) -> None:
    for step in range(first * PHASES, last * PHASES):
        studio.step(step)


def ended(studio: Studio) -> list[int]:
    return [each.play for each in studio.reports if isinstance(each, Ended)]


def pressed(studio: Studio) -> str:
    studio.hear()
    return "".join(each.digit for each in studio.reports if isinstance(each, Pressed))


def test_clips_are_sent_a_frame_a_turn_and_their_end_is_told_a_turn_after_the_last(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1, 2)))
    turns(studio, 0, 3)
    assert far.heard() == [(8, "a"), (8, "b"), (8, "c")]
    assert ended(studio) == []
    turns(studio, 3, 9)
    assert far.heard() == []
    assert ended(studio) == [7]


def test_streams_are_spread_over_the_phases(studio: Studio, far: Far) -> None:
    for stream in range(8):
        studio.do(Open(stream=stream, route=far.route()))
        studio.do(Play(stream=stream, play=stream + 1, clips=(2,)))
    for step in range(PHASES):
        studio.step(step)
        assert len(far.heard()) == 2


def test_a_place_that_was_given_back_is_filled_again(studio: Studio, far: Far) -> None:
    for stream in range(5):
        studio.do(Open(stream=stream, route=far.route()))
    studio.do(Close(stream=2))
    studio.do(Open(stream=9, route=far.route()))
    studio.do(Play(stream=9, play=1, clips=(2,)))
    studio.step(2)
    assert far.heard() == [(8, "c")]


def test_what_is_held_is_not_sent_while_its_time_passes(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1, 2)))
    turns(studio, 0, 1)
    studio.do(Aim(stream=1, route=far.route(is_silent=True)))
    turns(studio, 1, 2)
    studio.do(Aim(stream=1, route=far.route()))
    turns(studio, 2, 4)
    assert far.heard() == [(8, "a"), (8, "c")]
    assert ended(studio) == [7]


def test_before_anybody_said_where_to_nothing_is_sent_or_heard(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=None))
    studio.do(Play(stream=1, play=7, clips=(2,)))
    far.say(studio, 1, *press(1, 0))
    assert pressed(studio) == ""
    turns(studio, 0, 2)
    assert far.heard() == []
    assert ended(studio) == [7]


def test_another_codec_goes_on_at_the_same_place(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1,)))
    turns(studio, 0, 1)
    studio.do(Keep(clip=3, frames=frames("AB")))
    studio.do(Aim(stream=1, route=far.route(payload_type=0), play=7, clips=(3,)))
    studio.do(Forget(clips=(1,)))
    turns(studio, 1, 2)
    assert far.heard() == [(8, "a"), (0, "B")]


def test_what_is_stopped_is_silent_at_once_and_its_end_is_not_told(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1,)))
    turns(studio, 0, 1)
    studio.do(Stop(stream=1))
    studio.do(Stop(stream=1))
    turns(studio, 1, 5)
    assert far.heard() == [(8, "a")]
    assert ended(studio) == []


def test_a_clip_that_is_forgotten_is_still_heard_to_its_end(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1,)))
    studio.do(Forget(clips=(1,)))
    turns(studio, 0, 3)
    assert far.heard() == [(8, "a"), (8, "b")]


def test_orders_for_a_stream_that_is_not_there_are_nothing(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Close(stream=1))
    for order in (
        Play(stream=1, play=1, clips=(1,)),
        Stop(stream=1),
        Aim(stream=1, route=far.route()),
        Close(stream=1),
    ):
        studio.do(order)
    turns(studio, 0, 3)
    assert far.heard() == []


def test_a_closed_stream_sends_and_hears_nothing_more_and_gives_its_port_back(far: Far) -> None:
    port = spare_ports(2) + 1
    studio = Studio(Ports(LOOPBACK, port, port, port))
    studio.do(Keep(clip=1, frames=frames("ab")))
    studio.do(Open(stream=1, route=far.route()))
    studio.do(Play(stream=1, play=7, clips=(1,)))
    studio.do(Open(stream=2, route=far.route()))
    studio.do(Close(stream=1))
    studio.do(Open(stream=3, route=far.route()))
    turns(studio, 0, 3)
    assert far.heard() == []
    assert studio.reports == [Opened(stream=1, port=port), NotOpened(stream=2), Opened(stream=3, port=port)]
    studio.close()


def test_keys_are_told_once_of_the_stream_that_they_were_pressed_on(studio: Studio, far: Far) -> None:
    for stream in (1, 2):
        studio.do(Open(stream=stream, route=far.route()))
    far.say(studio, 2, *press(5, 800))
    for _ in range(4):
        studio.hear()
    assert [each for each in studio.reports if isinstance(each, Pressed)] == [Pressed(stream=2, digit="5")]


def test_keys_from_elsewhere_are_not_the_callers(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route(host="127.0.0.9")))
    far.say(studio, 1, *press(5, 800))
    assert pressed(studio) == ""


def test_keys_under_a_number_that_was_not_agreed_on_are_sound_of_others(studio: Studio, far: Far) -> None:
    route = far.route()
    studio.do(
        Open(stream=1, route=Route(host=route.host, port=route.port, is_silent=False, payload_type=8, event_types=()))
    )
    far.say(studio, 1, *press(5, 800))
    assert pressed(studio) == ""


def test_a_flood_is_read_a_little_at_a_time(studio: Studio, far: Far) -> None:
    studio.do(Open(stream=1, route=far.route()))
    far.say(studio, 1, *[b"\x80\x08" + bytes(170)] * MOST_AT_ONCE, event(5, 0))
    assert pressed(studio) == ""
    assert pressed(studio) == "5"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60) | st.binary(max_size=40).map(lambda rest: b"\x80\x65" + rest), max_size=8))
def test_whatever_comes_in_harms_nothing(studio: Studio, far: Far, datagrams: list[bytes]) -> None:
    stream = max((each.stream for each in studio.reports if isinstance(each, Opened)), default=0) + 1
    studio.do(Open(stream=stream, route=far.route()))
    far.say(studio, stream, *datagrams)
    for _ in range(3):
        studio.hear()
    studio.do(Play(stream=stream, play=stream, clips=(2,)))
    turns(studio, 0, 2)
    assert far.heard() == [(8, "c")]
    assert ended(studio)[-1] == stream
    studio.do(Close(stream=stream))


def test_a_place_that_nothing_can_be_sent_to_costs_frames_and_nothing_else(studio: Studio) -> None:
    studio.do(
        Open(stream=1, route=Route(host="255.255.255.255", port=9, is_silent=False, payload_type=8, event_types=()))
    )
    studio.do(Play(stream=1, play=7, clips=(1,)))
    turns(studio, 0, 3)
    assert ended(studio) == [7]
