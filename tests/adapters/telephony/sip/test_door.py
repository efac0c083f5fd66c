"""Strangers at the door: what they cost, what they are told, and how an exchange logs in."""

import re
from dataclasses import replace

import pytest

from kalenderkoppling.telephony.sip.door import MOST_AT_ONCE, MOST_SOURCES, Door, Refusals
from kalenderkoppling.telephony.sip.envelope import Envelope, answer_to, fault_of, read_envelope
from kktest.sip_peer import Message, SipPeer, altered, sdp

from .conftest import LOGIN, OPTIONS

HERE, ELSEWHERE = ("192.0.2.10", 5060), ("192.0.2.11", 5060)


class Clock:
    """A monotonic clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def door(clock: Clock) -> Door:
    """A door that asks for a login, and knows no address."""
    exchange = replace(OPTIONS.exchanges[0], networks=(), asks_login=LOGIN)
    return Door(replace(OPTIONS, exchanges=(exchange,)), clock)


PEER = SipPeer(("192.0.2.1", 5060), 5060)


def envelope_of(message: Message | bytes) -> Envelope:
    datagram = message if isinstance(message, bytes) else message.datagram()
    found = read_envelope(datagram.decode())
    assert found is not None
    return found


def invite(to: str = "10231", **extra: str) -> Message:
    return PEER.request("INVITE", to=to, body=sdp(), extra=extra)


def challenge_for(at: Door, message: Message, source: tuple[str, int] = HERE) -> str:
    told = at.refusal(envelope_of(message), source, len(message.datagram()))
    assert told is not None
    answer = Message.read(told[0].encode())
    assert answer.status == 401
    return answer["www-authenticate"]


def logged_in(at: Door, asked: Message, again: Message | None = None, source: tuple[str, int] = HERE) -> bool:
    """Ask, answer the challenge in a second request, and tell whether that gets in."""
    header = PEER.digest(challenge_for(at, asked), LOGIN.user, LOGIN.password)
    answered = with_login(again or asked, header)
    return at.by_login(envelope_of(answered), source[0], answered.datagram()) is not None


def with_login(message: Message, header: str) -> Message:
    return replace(message, headers=(*message.headers, ("Authorization", header)))


def test_an_exchange_that_answers_the_challenge_gets_in() -> None:
    assert logged_in(door(Clock()), invite())


def test_a_challenge_that_was_given_to_another_host_opens_nothing() -> None:
    assert not logged_in(door(Clock()), invite(), source=ELSEWHERE)


def test_a_challenge_that_was_given_for_another_number_opens_nothing() -> None:
    assert not logged_in(door(Clock()), invite(), invite("10232"))


def test_a_login_that_was_overheard_opens_nothing_again_but_a_repeated_datagram_is_the_same_call() -> None:
    at, asked = door(Clock()), invite()
    answered = with_login(asked, PEER.digest(challenge_for(at, asked), LOGIN.user, LOGIN.password))
    assert at.by_login(envelope_of(answered), HERE[0], answered.datagram())
    assert at.by_login(envelope_of(answered), HERE[0], answered.datagram())
    replayed = altered(answered, call_id="another")
    assert at.by_login(envelope_of(replayed), HERE[0], replayed.datagram()) is None


def test_a_challenge_grows_old() -> None:
    clock = Clock()
    at, asked = door(clock), invite()
    answered = with_login(asked, PEER.digest(challenge_for(at, asked), LOGIN.user, LOGIN.password))
    clock.seconds += 31
    assert at.by_login(envelope_of(answered), HERE[0], answered.datagram()) is None


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        ("nc=00000001", "nc=00000002"),
        ("nc=00000001,", ""),
        (",qop=auth", ""),
        ("qop=auth", "qop=auth-int"),
        ('cnonce="[^"]*"', 'cnonce=""'),
        ('username="trunk"', 'username="other"'),
        ('nonce="[^"]*"', 'nonce="00000000"'),
        ("algorithm=MD5", "algorithm=SHA-256"),
        ('realm="Kalenderkoppling"', 'realm="x"'),
        ("Digest ", "Basic "),
        ('response="[0-9a-f]', 'response="g'),
        ("Digest ", 'Digest nonce="1",'),
    ],
)
def test_a_login_without_everything_that_makes_it_one_opens_nothing(pattern: str, instead: str) -> None:
    at, asked = door(Clock()), invite()
    header = PEER.digest(challenge_for(at, asked), LOGIN.user, LOGIN.password)
    changed = re.sub(pattern, instead, header, count=1)
    assert changed != header
    answered = with_login(asked, changed)
    assert at.by_login(envelope_of(answered), HERE[0], answered.datagram()) is None


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "X"])
def test_a_refusal_is_never_larger_than_what_came(method: str, asks: bool) -> None:
    at = door(Clock()) if asks else Door(replace(OPTIONS, exchanges=()), Clock())
    for length in range(0, 400, 7):
        message = PEER.request(method, body="x" * length)
        told = at.refusal(envelope_of(message), HERE, len(message.datagram()))
        assert told is None or len(told[0].encode()) <= len(message.datagram())
    least = b"X a:b SIP/2.0\r\nv: SIP/2.0/UDP a\r\nf: a:b\r\nt: a:b\r\ni: a\r\nCSeq: 1 X\r\n\r\n"
    told = at.refusal(envelope_of(least), HERE, len(least))
    assert told is None or len(told[0]) <= len(least)


def test_an_ack_is_never_answered() -> None:
    message = PEER.request("ACK", body="x" * 900)
    assert door(Clock()).refusal(envelope_of(message), HERE, len(message.datagram())) is None


def test_one_host_is_told_a_few_times_and_then_a_few_times_a_second() -> None:
    clock = Clock()
    refusals = Refusals(clock)
    assert [refusals.may_be_told("192.0.2.1") for _ in range(MOST_AT_ONCE + 5)].count(True) == MOST_AT_ONCE
    assert refusals.may_be_told("192.0.2.2"), "another host is not made to wait for it"
    clock.seconds += 1
    assert [refusals.may_be_told("192.0.2.1") for _ in range(5)].count(True) == 2


def test_however_many_hosts_ask_the_memory_is_bounded() -> None:
    refusals = Refusals(Clock())
    for number in range(MOST_SOURCES + 500):
        refusals.may_be_told(f"host-{number}")
    assert len(refusals) == MOST_SOURCES


@pytest.mark.parametrize(
    ("via", "told", "port"),
    [
        ("SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK1;rport", ";rport=5060;received=192.0.2.10", 5060),
        ("SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK1", "192.0.2.10:5070;branch=z9hG4bK1", 5070),
        ("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1", ";received=192.0.2.10", 5060),
        ("SIP/2.0/UDP 10.0.0.1;received=198.51.100.1;rport=9;branch=z9hG4bK1", ";received=192.0.2.10", 5060),
    ],
)
def test_an_answer_goes_to_the_host_that_asked_whatever_via_says(via: str, told: str, port: int) -> None:
    status = fault_of(envelope_of(b"X y SIP/2.0\r\n\r\n"))
    assert status is not None
    answer, address = answer_to(envelope_of(altered(invite(), via=via)), status, HERE)
    assert address == (HERE[0], port)
    assert told in Message.read(answer.encode())["via"]
    assert "198.51.100.1" not in answer


@pytest.mark.parametrize(("count", "accepted"), [("00000001", True), ("00000002", False), ("1", False)])
def test_an_answer_that_counts_on_from_another_is_none_though_its_response_is_right(count: str, accepted: bool) -> None:
    at, asked = door(Clock()), invite()
    header = PEER.digest(challenge_for(at, asked), LOGIN.user, LOGIN.password, count=count)
    answered = with_login(asked, header)
    assert (at.by_login(envelope_of(answered), HERE[0], answered.datagram()) is not None) is accepted
