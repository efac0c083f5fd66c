"""The pretend telephones: they ring, are answered or not, and a tone is heard."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from kalenderkoppling.sandbox.phones import PretendPhones
from kktest.sip_peer import SipPeer, ack_of, cancel_of, sdp, sip_peer


@pytest.fixture
async def phones() -> AsyncIterator[PretendPhones]:
    async def answers(user: str) -> bool:
        return user == "in"

    async with PretendPhones(answers, rings_seconds=0.1) as opened:
        yield opened


@pytest.fixture
async def peer(phones: PretendPhones) -> AsyncIterator[SipPeer]:
    async with sip_peer(("127.0.0.1", phones.port)) as opened:
        yield opened


async def test_a_telephone_rings_and_somebody_who_is_in_answers_with_a_tone(peer: SipPeer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0)
        invite = peer.request("INVITE", to="in", body=sdp(ear.getsockname()[1]))
        peer.send(invite)
        await peer.expect(180)
        answer = await peer.expect(200)
        peer.send(ack_of(invite, answer))
        packets = [await asyncio.get_running_loop().sock_recv(ear, 2_048) for _ in range(5)]
    assert [packet[1] for packet in packets] == [8] * 5
    assert [int.from_bytes(packet[2:4]) for packet in packets] == [0, 1, 2, 3, 4]
    assert "PCMA" in answer.body


async def test_the_telephone_of_somebody_who_is_out_rings_until_the_caller_gives_up(peer: SipPeer) -> None:
    invite = peer.request("INVITE", to="out", body=sdp())
    peer.send(invite)
    await peer.expect(180)
    await peer.nothing(200)
    peer.send(cancel_of(invite))
    await peer.expect(487)


async def test_a_call_that_is_sent_again_is_answered_again_and_not_taken_twice(peer: SipPeer) -> None:
    invite = peer.request("INVITE", to="out", body=sdp())
    for _ in range(3):
        peer.send(invite)
        await peer.expect(180)


async def test_hanging_up_ends_the_tone(phones: PretendPhones, peer: SipPeer) -> None:
    _, dialogue = await peer.call("in")
    peer.send(peer.within(dialogue, "BYE"))
    await peer.expect(200)
    assert phones._calls == {}


async def test_what_is_no_request_is_let_pass(phones: PretendPhones, peer: SipPeer) -> None:
    for garbage in (b"", b"hello", b"\xff\xfe", b"INVITE\r\n\r\n"):
        peer.send(garbage)
    peer.send(peer.request("OPTIONS", to="in"))
    await peer.expect(200)
    assert phones.uri("in") == f"sip:in@127.0.0.1:{phones.port}"
