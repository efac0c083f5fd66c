"""A corpus of INVITEs whose addresses are made by the grammar, and of the same damaged, at a real socket.

Every request of a known exchange is answered, and no number is ever another than the grammar's: not the caller's, not
whom the call is for, and not the one that leaves towards the phone.
"""

import random
import re
from dataclasses import dataclass, field, replace

import pytest

from kalenderkoppling.domain.errors import UnansweredError
from kalenderkoppling.ports.phone import Refusal
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kktest.sip_grammar import Grammar, Written
from kktest.sip_peer import Message, SipPeer, ack_of, sdp
from kktest.torture import mutated

from .conftest import OPTIONS, Endpoint, NewEndpoint, NewPeer

SEEDS = 4
OF_ONE = ("from", "to", "call-id", "cseq", "max-forwards", "contact", "via", "content-type", "content-length")
SENDER = re.compile(r'(?:(?:"(?:[^"\\]|\\.)*"|[^<>"\s]+) )?<sip:([^@<>"]*)@127\.0\.0\.1>;tag=[0-9a-f]+')
"""What we write as the sender towards a phone, in full: one address and one parameter."""


@dataclass(slots=True)
class Switchboard:
    """An endpoint that dials a phone, which is busy, for each call, and then refuses the call."""

    endpoint: Endpoint = field(init=False)
    target: str = ""

    async def takes(self, call: IncomingLeg) -> None:
        leg = self.endpoint.phone.dial(self.target, call.offer, on_behalf_of=call)
        try:
            await leg.answered()
        except UnansweredError:
            call.refuse(Refusal.UNAVAILABLE)


async def new_switchboard(new_endpoint: NewEndpoint, new_peer: NewPeer) -> tuple[Switchboard, SipPeer, SipPeer]:
    switchboard = Switchboard()
    switchboard.endpoint = new_endpoint(switchboard.takes, replace(OPTIONS, most_calls=10_000))
    exchange, phone = await new_peer(switchboard.endpoint), await new_peer(switchboard.endpoint)
    switchboard.target = f"sip:2231@127.0.0.1:{phone.port}"
    return switchboard, exchange, phone


def written_as(message: Message, written: Written) -> Message:
    """Put addresses into an INVITE."""
    replaced = {name.lower() for name, _ in written.headers}
    kept = tuple((name, value) for name, value in message.headers if name.lower() not in replaced)
    return replace(message, start=f"INVITE {written.uri} SIP/2.0", headers=kept + written.headers)


async def is_read_and_sent_as_written(
    switchboard: Switchboard, exchange: SipPeer, phone: SipPeer, written: Written, dialled_before: set[str]
) -> None:
    """Place a call, see what was read, and what the phone is told."""
    asked = written_as(exchange.request("INVITE", body=sdp()), written)
    exchange.send(asked)
    dialled = await new_invite(phone, dialled_before)
    phone.answer(dialled, "486 Busy Here")
    while (refused := await exchange.expect(480))["call-id"] != asked["call-id"]:
        pass  # It is told again until it is confirmed.
    exchange.send(ack_of(asked, refused))
    call = switchboard.endpoint.calls.pop()
    assert call.caller.number == (written.caller or ""), asked
    assert call.called.wanted == written.wanted, asked
    assert tuple(call.called.diverted_from) == written.diverted, asked
    sender = SENDER.fullmatch(dialled["from"])
    assert sender is not None, dialled["from"]
    assert sender[1] == (written.caller or "anonymous"), asked
    assert all(len(dialled.all(name)) == 1 for name in OF_ONE), dialled
    assert {name.lower() for name, _ in dialled.headers} <= {*OF_ONE, "user-agent", "expires"}, dialled
    assert len(refused.all("from")) == len(refused.all("to")) == 1, refused
    assert switchboard.endpoint.errors == []


async def new_invite(phone: SipPeer, before: set[str]) -> Message:
    """Return the next INVITE that is no repetition of one before."""
    while (invite := await phone.expect("INVITE"))["call-id"] in before:
        pass
    before.add(invite["call-id"])
    return invite


async def is_answered(switchboard: Switchboard, exchange: SipPeer, phone: SipPeer, damaged: bytes) -> None:
    """See that a request that may be damaged anywhere but in its first line and its Via is answered."""
    exchange.send(damaged)
    while True:
        told = await exchange.expect_any()
        if told.status >= 300:
            break
        if told.status == 100:
            ringing = await phone.expect("INVITE")
            phone.answer(ringing, "486 Busy Here")
    switchboard.endpoint.calls.clear()


def damaged_below_via(message: Message, chance: random.Random) -> bytes:
    """Damage a request, but for its start line and its Via, without which nobody knows where an answer goes."""
    lines = message.datagram().split(b"\r\n", 2)
    via = next(value for name, value in message.headers if name == "Via")
    rest = Message(start="", headers=tuple(each for each in message.headers if each[0] != "Via"), body=message.body)
    return lines[0] + b"\r\nVia: " + via.encode() + mutated(rest, chance)


async def play(new_endpoint: NewEndpoint, new_peer: NewPeer, seed: int, of_each: int) -> None:
    """Play so many INVITEs by the grammar, and as many damaged ones."""
    chance = random.Random(seed)
    grammar = Grammar(chance)
    trio = await new_switchboard(new_endpoint, new_peer)
    dialled_before: set[str] = set()
    for _ in range(of_each):
        await is_read_and_sent_as_written(*trio, grammar.invite(), dialled_before)
    for _ in range(of_each):
        damaged = damaged_below_via(written_as(trio[1].request("INVITE", body=sdp()), grammar.invite()), chance)
        await is_answered(*trio, damaged)
        for peer in trio[1:]:
            peer.seen.clear()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_every_invite_of_a_corpus_is_answered_and_no_number_is_forged(
    seed: int, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    await play(new_endpoint, new_peer, seed, of_each=250)


@pytest.mark.soak
async def test_a_hundred_thousand_invites_are_answered_and_no_number_is_forged(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    await play(new_endpoint, new_peer, 1_000, of_each=50_000)
