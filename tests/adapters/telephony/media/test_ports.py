"""Ports are even, taken in turn, and passed over where somebody else has them."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from kalenderkoppling.telephony.media.ports import EXPEDITED, Ports
from kktest.ports import LOOPBACK, spare_ports


@pytest.fixture
def first() -> int:
    """An odd port: it and nine more are free."""
    return spare_ports(10)


def port(taken: socket.socket | None) -> int:
    assert taken is not None
    return int(taken.getsockname()[1])


@pytest.fixture
def ports(first: int) -> Iterator[Ports]:
    given: list[socket.socket] = []

    class Noting(Ports):
        def take(self) -> socket.socket | None:
            taken = super().take()
            if taken is not None:
                given.append(taken)
            return taken

    yield Noting(LOOPBACK, first, first + 9, first)
    for each in given:
        each.close()


def test_they_are_even_and_taken_in_turn_until_none_is_left(ports: Ports, first: int) -> None:
    assert [port(ports.take()) - first for _ in range(5)] == [1, 3, 5, 7, 9]
    assert ports.take() is None


def test_one_that_was_given_back_has_a_rest(ports: Ports, first: int) -> None:
    for expected in (1, 3, 5, 7, 9, 1):
        taken = ports.take()
        assert port(taken) - first == expected
        assert taken is not None
        ports.give_back(taken)


def test_one_that_somebody_else_has_is_passed_over(ports: Ports, first: int) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind((LOOPBACK, first + 3))
        assert [port(ports.take()) - first for _ in range(4)] == [1, 5, 7, 9]
        assert ports.take() is None
    assert port(ports.take()) == first + 3


@pytest.mark.parametrize(("begins_at", "expected"), [(5, 5), (6, 1), (11, 1)])
def test_it_goes_on_where_another_left_off(first: int, begins_at: int, expected: int) -> None:
    taken = Ports(LOOPBACK, first, first + 9, first + begins_at).take()
    assert taken is not None
    with closing(taken):
        assert port(taken) - first == expected


def test_an_address_that_is_not_this_machines_has_no_ports(first: int) -> None:
    assert Ports("192.0.2.1", first, first + 9, first).take() is None


def test_what_is_sent_is_marked_as_speech(ports: Ports) -> None:
    taken = ports.take()
    assert taken is not None
    assert taken.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == EXPEDITED
    assert taken.getblocking() is False


def test_addresses_of_version_6_have_ports_too(first: int) -> None:
    taken = Ports("::1", first, first + 9, first).take()
    assert taken is not None
    with closing(taken):
        assert taken.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS) == EXPEDITED
