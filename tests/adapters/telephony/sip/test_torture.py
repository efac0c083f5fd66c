"""Odd and garbled SIP: what is valid becomes a call, what is not harms nobody.

The oddities are those of RFC 4475, by its names for them, as far as an endpoint on UDP meets them.
"""

import asyncio
import contextlib
import random
from collections.abc import Iterator

import pytest

from kalenderkoppling.ports.phone import Refusal
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kktest.sip_peer import SipPeer, sdp
from kktest.torture import GARBLED, VALID, invite, mutated
from kktest.waiting import settled

from .conftest import Endpoint, NewEndpoint, NewPeer


async def refuses(call: IncomingLeg) -> None:
    call.refuse(Refusal.UNAVAILABLE)


@contextlib.contextmanager
def the_loop_hears_of_no_error() -> Iterator[None]:
    """Whatever escapes into the loop fails the test."""
    loop, heard = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: heard.append(context))
    try:
        yield
    finally:
        loop.set_exception_handler(None)
    assert heard == []


async def is_well(endpoint: Endpoint, peer: SipPeer) -> None:
    """See that an ordinary call is still taken."""
    ordinary = peer.request("INVITE", to="ordinary", body=sdp())
    peer.send(ordinary)
    while (await peer.expect(480))["call-id"] != ordinary["call-id"]:
        pass
    assert endpoint.calls[-1].called.wanted == "ordinary"


@pytest.mark.parametrize("changed", [pytest.param(value, id=name) for name, value in VALID.items()])
async def test_S_13_what_is_odd_but_valid_becomes_a_call(
    changed: dict[str, str], new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    with the_loop_hears_of_no_error():
        peer.send(invite(peer, **changed))
        await peer.expect(480)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("changed", [pytest.param(value, id=name) for name, value in GARBLED.items()])
async def test_F_33_what_is_garbled_harms_nobody(
    changed: dict[str, str], new_endpoint: NewEndpoint, new_peer: NewPeer, capfd: pytest.CaptureFixture[str]
) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    with the_loop_hears_of_no_error():
        peer.send(invite(peer, **changed))
        await settled(0.05)
        await is_well(endpoint, peer)
    said = "".join(capfd.readouterr())
    assert "+46701740605" not in said, "nothing of a message is printed"


@pytest.mark.parametrize(
    "response",
    [
        "SIP/2.0 200 OK\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: x\r\nFrom: a\r\nTo: b\r\nCSeq: 1 INVITE\r\nCall-ID: c\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=y\r\nFrom: <sip:a@b>;tag=1\r\nTo: c\r\nCSeq: 1 INVITE\r\n\r\n",
        "SIP/2.0 699 \r\nVia: ,,,\r\n\r\n",
    ],
)
async def test_F_33_answers_that_nobody_asked_for_harm_nobody(
    response: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    with the_loop_hears_of_no_error():
        peer.send(response.encode())
        await settled(0.02)
        await is_well(endpoint, peer)


@pytest.mark.parametrize("seed", range(4))
async def test_F_33_a_thousand_damaged_messages_harm_nobody(
    seed: int, new_endpoint: NewEndpoint, new_peer: NewPeer, capfd: pytest.CaptureFixture[str]
) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    chance = random.Random(seed)
    with the_loop_hears_of_no_error():
        for number in range(1_000):
            method = chance.choice(["INVITE", "INVITE", "OPTIONS", "BYE", "ACK", "CANCEL", "NOTIFY", "INFO", "REFER"])
            peer.send(mutated(peer.request(method, body=sdp() if method == "INVITE" else ""), chance))
            if number % 20 == 0:
                await settled(0.002)
        await settled()
        await is_well(endpoint, peer)
    assert endpoint.errors == []
    assert "Traceback" not in "".join(capfd.readouterr())
