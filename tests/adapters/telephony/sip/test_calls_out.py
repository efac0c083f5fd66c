"""Calls that we make for a call that came in, and the two sides joined."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.domain.errors import CallerLostError, CallOverError, NoCommonCodecError, UnansweredError
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.phone import OutgoingCall, SessionDescription
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kalenderkoppling.telephony.sip.options import SipOptions
from kalenderkoppling.telephony.sip.phone import SipPhone
from kktest.sip_peer import Dialogue, Message, SipPeer, ack_of, cancel_of, sdp
from kktest.timed import took_about
from kktest.waiting import settled, until

from .conftest import LOGIN, OPTIONS, Endpoint, NewEndpoint, NewPeer

OURS = SessionDescription(sdp(41_000))


class Switch:
    """An endpoint that dials a phone for each call and joins the two."""

    def __init__(self) -> None:
        self.endpoint: Endpoint
        self.target = ""
        self.unanswered: list[int] = []
        self.ended = asyncio.Event()

    async def takes(self, call: IncomingLeg) -> None:
        leg = self.endpoint.phone.dial(self.target, call.offer, on_behalf_of=call)
        try:
            await self._join(call, leg)
        except asyncio.CancelledError:
            leg.hang_up()
            raise

    async def _join(self, call: IncomingLeg, leg: OutgoingCall) -> None:
        try:
            asked = asyncio.ensure_future(leg.answered())
            gone = asyncio.ensure_future(call.over())
            await asyncio.wait([asked, gone], return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                asked.cancel()
                return
            gone.cancel()
            session = asked.result()
        except UnansweredError as error:
            self.unanswered.append(error.code)
            raise
        finally:
            if call.is_over:
                leg.hang_up()
        confirmed = await call.answer(session)
        await self.endpoint.phone.join(call, leg, confirmed)
        self.ended.set()


Trio = tuple[Switch, SipPeer, SipPeer]


async def new_trio(new_endpoint: NewEndpoint, new_peer: NewPeer, options: SipOptions = OPTIONS) -> Trio:
    """Open a switch, a caller and the phone that the switch dials."""
    switch = Switch()
    switch.endpoint = new_endpoint(switch.takes, options)
    caller, phone = await new_peer(switch.endpoint), await new_peer(switch.endpoint)
    switch.target = f"sip:2231@127.0.0.1:{phone.port};x=y"
    return switch, caller, phone


@pytest.fixture
async def trio(new_endpoint: NewEndpoint, new_peer: NewPeer) -> Trio:
    """A switch, a caller and a phone."""
    return await new_trio(new_endpoint, new_peer)


async def rung(caller: SipPeer, phone: SipPeer) -> tuple[Message, Message]:
    """Have the phone ring for a call; returns the caller's INVITE and the one that came to the phone."""
    invite = caller.request("INVITE", body=sdp())
    caller.send(invite)
    ringing = await phone.expect("INVITE")
    phone.answer(ringing, "180 Ringing")
    await settled()
    return invite, ringing


async def joined(trio: Trio) -> tuple[Dialogue, Dialogue, Message]:
    """Have the caller and the phone talk; returns both dialogues and what the caller was answered."""
    _, caller, phone = trio
    invite = caller.request("INVITE", body=sdp(40_000))
    caller.send(invite)
    ringing = await phone.expect("INVITE")
    its = phone.answer(ringing, "200 OK", body=sdp(40_100))
    answer = await caller.expect(200)
    hers = Dialogue(
        call_id=invite["call-id"], ours=invite["from"], theirs=answer["to"], target=answer["contact"].strip("<>")
    )
    caller.send(caller.within(hers, "ACK", number=1))
    await phone.expect("ACK")
    return hers, its, answer


async def test_the_phone_is_called_by_its_whole_address_with_the_caller_shown_and_one_hop_less(trio: Trio) -> None:
    switch, caller, phone = trio
    caller.send(caller.request("INVITE", body=sdp(), max_forwards="12"))
    invite = await phone.expect("INVITE")
    assert invite.start == f"INVITE {switch.target} SIP/2.0"
    assert invite["from"].startswith("Peer <sip:+46701740605@127.0.0.1>;tag=")
    assert invite["max-forwards"] == "11"
    assert invite["user-agent"] == "Kalenderkoppling"
    assert "m=audio 40000" in invite.body


async def test_media_go_straight_between_caller_and_phone(trio: Trio) -> None:
    _, caller, phone = trio
    _, _, answer = await joined(trio)
    assert "m=audio 40100" in answer.body
    assert caller.port != phone.port


async def test_who_hangs_up_ends_the_call_for_the_other(trio: Trio) -> None:
    switch, caller, phone = trio
    _, its, _ = await joined(trio)
    phone.send(phone.within(its, "BYE"))
    await phone.expect(200)
    await caller.expect("BYE")
    await asyncio.wait_for(switch.ended.wait(), 60)


async def test_the_caller_hangs_up_and_the_phone_hears_of_it(trio: Trio) -> None:
    switch, caller, phone = trio
    hers, _, _ = await joined(trio)
    caller.send(caller.within(hers, "BYE"))
    await phone.expect("BYE")
    await asyncio.wait_for(switch.ended.wait(), 60)


@pytest.mark.parametrize("transport", ["udp", "UDP", "tcp", "TLS", "sctp"])
async def test_whatever_transport_the_two_name_in_their_addresses_both_hear_of_the_end(
    trio: Trio, transport: str
) -> None:
    switch, caller, phone = trio
    caller.contact_more = phone.contact_more = f";transport={transport}"
    hers, _, _ = await joined(trio)
    caller.send(caller.within(hers, "BYE"))
    await caller.expect(200)
    await phone.expect("BYE")
    _, its, _ = await joined(trio)
    phone.send(phone.within(its, "BYE"))
    await caller.expect("BYE")
    await asyncio.wait_for(switch.ended.wait(), 60)


async def asked_soon(new_endpoint: NewEndpoint, new_peer: NewPeer) -> Trio:
    """A switch that asks its sides five times a second whether they are there, a caller and a phone."""
    often = replace(OPTIONS, alive_every=timedelta(seconds=0.2), alive_reply=timedelta(seconds=0.4))
    return await new_trio(new_endpoint, new_peer, often)


@pytest.mark.parametrize("status", ["200 OK", "405 Method Not Allowed", "401 Unauthorized"])
async def test_two_who_talk_are_asked_whether_they_are_there_and_any_answer_will_do(
    new_endpoint: NewEndpoint, new_peer: NewPeer, status: str
) -> None:
    switch, caller, phone = await asked_soon(new_endpoint, new_peer)
    await joined((switch, caller, phone))
    for _ in range(2):
        caller.answer(await caller.expect("OPTIONS"), status)
        phone.answer(await phone.expect("OPTIONS"), status)
    assert not switch.ended.is_set()


@pytest.mark.parametrize("status", ["481 Call/Transaction Does Not Exist", "408 Request Timeout", ""])
async def test_when_one_has_vanished_the_call_ends_for_the_other(
    new_endpoint: NewEndpoint, new_peer: NewPeer, status: str
) -> None:
    switch, caller, phone = await asked_soon(new_endpoint, new_peer)
    await joined((switch, caller, phone))
    asked = await caller.expect("OPTIONS")
    if status:
        caller.answer(asked, status)
    await phone.expect("BYE")
    await asyncio.wait_for(switch.ended.wait(), 60)
    assert switch.endpoint.meter.counts[Count.CALLS_FAILED, "vanished"] == 1


async def test_a_hold_and_keys_reach_the_other_side(trio: Trio) -> None:
    _, caller, phone = trio
    hers, _, _ = await joined(trio)
    caller.send(caller.within(hers, "INVITE", body=sdp(40_000) + "a=sendonly\r\n"))
    held = await phone.expect("INVITE")
    assert "a=sendonly" in held.body
    phone.answer(held, "200 OK", body=sdp(40_100) + "a=recvonly\r\n")
    assert "a=recvonly" in (await caller.expect(200)).body
    caller.send(caller.within(hers, "ACK", number=hers.number))
    caller.send(caller.within(hers, "INFO", body="5", extra={"Content-Type": "application/dtmf"}))
    assert (await phone.expect("INFO")).body == "5"


async def test_media_that_the_other_side_refuses_leave_the_call_as_it_was(trio: Trio) -> None:
    switch, caller, phone = trio
    hers, its, _ = await joined(trio)
    caller.send(caller.within(hers, "INVITE", body=sdp(40_002)))
    phone.answer(await phone.expect("INVITE"), "488 Not Acceptable Here")
    await caller.expect(488)
    assert not switch.ended.is_set()
    phone.send(phone.within(its, "BYE"))
    await caller.expect("BYE")


async def test_another_party_put_through_without_an_offer_reaches_the_other_side(trio: Trio) -> None:
    switch, caller, phone = trio
    hers, _, _ = await joined(trio)
    caller.send(caller.within(hers, "INVITE"))
    assert "m=audio 40100" in (await caller.expect(200)).body
    caller.send(caller.within(hers, "ACK", number=hers.number, body=sdp(40_500)))
    again = await phone.expect("INVITE")
    assert "m=audio 40500" in again.body
    phone.answer(again, "488 Not Acceptable Here")
    await settled()
    assert not switch.ended.is_set(), "a refusal that nobody waits for ends no call"


async def test_who_offers_nothing_gets_the_phones_offer_and_the_phone_hears_the_answer(trio: Trio) -> None:
    _, caller, phone = trio
    invite = caller.request("INVITE")
    caller.send(invite)
    ringing = await phone.expect("INVITE")
    assert ringing.body == ""
    phone.answer(ringing, "200 OK", body=sdp(40_100))
    answer = await caller.expect(200)
    assert "m=audio 40100" in answer.body
    await phone.nothing("ACK", 0.1)
    caller.send(ack_of(invite, answer, sdp(40_300)))
    assert "m=audio 40300" in (await phone.expect("ACK")).body


@pytest.mark.parametrize("status", ["486 Busy Here", "603 Decline", "503 Service Unavailable", "404 Not Found"])
async def test_a_phone_that_refuses_says_why(status: str, trio: Trio) -> None:
    switch, caller, phone = trio
    caller.send(caller.request("INVITE", body=sdp()))
    phone.answer(await phone.expect("INVITE"), status)
    await phone.expect("ACK")
    await until(lambda: switch.unanswered)
    assert switch.unanswered == [int(status[:3])]


async def test_a_phone_that_sends_the_call_elsewhere_is_not_followed_and_its_refusal_is_confirmed_where_it_came_from(
    trio: Trio,
) -> None:
    switch, caller, phone = trio
    caller.send(caller.request("INVITE", body=sdp()))
    phone.answer(await phone.expect("INVITE"), "302 Moved Temporarily", extra={"Contact": "<sip:10231@127.0.0.1:9>"})
    await phone.expect("ACK")
    await until(lambda: switch.unanswered)
    assert switch.unanswered == [302]


async def test_a_phone_that_is_dead_counts_as_out_of_reach(trio: Trio) -> None:
    switch, caller, phone = trio
    caller.send(caller.request("INVITE", body=sdp()))
    await phone.expect("INVITE")
    await caller.expect(503)
    assert switch.unanswered == [408]


@pytest.mark.parametrize(
    "target",
    [
        "",
        "10231",
        "tel:+46701740605",
        "sip:pbx.example",
        "sip:1@[::1",
        "sips:1@x",
        "sip:1@x;transport=tcp",
        "sip:1@x\r\nX: y",
    ],
)
async def test_an_address_that_cannot_be_called_is_told_by_the_answer(target: str, trio: Trio) -> None:
    switch, caller, _ = trio
    switch.target = target
    caller.send(caller.request("INVITE", body=sdp()))
    await caller.expect(503)
    assert switch.unanswered == [484]


async def test_a_call_that_has_come_too_far_is_not_sent_farther(trio: Trio) -> None:
    switch, caller, phone = trio
    caller.send(caller.request("INVITE", body=sdp(), max_forwards="1"))
    await caller.expect(503)
    assert switch.unanswered == [483]
    await phone.nothing("INVITE")


async def test_a_caller_who_gives_up_stops_the_phone(trio: Trio) -> None:
    _, caller, phone = trio
    invite, ringing = await rung(caller, phone)
    caller.send(cancel_of(invite))
    await phone.expect("CANCEL")
    phone.answer(ringing, "487 Request Terminated")
    await phone.expect("ACK")


@pytest.fixture
async def patient_trio(new_endpoint: NewEndpoint, new_peer: NewPeer) -> Trio:
    """A switch that at its stop sends again what was not answered, a caller and a phone."""
    return await new_trio(new_endpoint, new_peer, replace(OPTIONS, last_words=timedelta(minutes=10)))


async def test_a_stop_waits_until_a_phone_that_rings_has_stopped(patient_trio: Trio) -> None:
    switch, caller, phone = patient_trio
    invite, ringing = await rung(caller, phone)
    stopping = asyncio.ensure_future(switch.endpoint.phone.stop())
    caller.send(ack_of(invite, await caller.expect(503)))
    await phone.expect("CANCEL")
    cancelled = await phone.expect("CANCEL")  # The first was lost.
    phone.answer(cancelled, "200 OK")
    assert not stopping.done()
    phone.answer(ringing, "487 Request Terminated")
    await phone.expect("ACK")
    await asyncio.wait_for(stopping, 60)


async def test_a_stop_says_good_bye_until_it_is_heard_and_takes_no_new_call(patient_trio: Trio) -> None:
    switch, caller, phone = patient_trio
    await joined(patient_trio)
    stopping = asyncio.ensure_future(switch.endpoint.phone.stop())
    for side in (caller, phone):
        await side.expect("BYE")
    caller.answer(await caller.expect("BYE"), "200 OK")
    invite = caller.request("INVITE", to="10232", body=sdp())
    caller.send(invite)
    caller.send(ack_of(invite, await caller.expect(503)))
    assert not stopping.done()
    phone.answer(await phone.expect("BYE"), "200 OK")
    await asyncio.wait_for(stopping, 60)


async def test_a_stop_does_not_wait_for_ever_for_a_phone_that_is_gone(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    trio = await new_trio(new_endpoint, new_peer, replace(OPTIONS, last_words=timedelta(seconds=2)))
    switch, _, _ = trio
    await joined(trio)
    began = asyncio.get_running_loop().time()
    await switch.endpoint.phone.stop()
    took_about(asyncio.get_running_loop().time() - began, 3, give=1.1)


async def test_a_phone_that_is_answered_while_it_is_cancelled_is_hung_up(trio: Trio) -> None:
    _, caller, phone = trio
    invite, ringing = await rung(caller, phone)
    caller.send(cancel_of(invite))
    await phone.expect("CANCEL")
    phone.answer(ringing, "200 OK", body=sdp(40_100))
    await phone.expect("BYE")


async def test_an_exchange_that_asks_for_a_login_gets_it(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    exchange = replace(OPTIONS.exchanges[0], login=LOGIN)
    _, caller, phone = await new_trio(new_endpoint, new_peer, replace(OPTIONS, exchanges=(exchange,)))
    caller.send(caller.request("INVITE", body=sdp()))
    challenge = 'Digest realm="pbx",nonce="n1",algorithm=MD5,qop="auth"'
    phone.answer(await phone.expect("INVITE"), "401 Unauthorized", extra={"WWW-Authenticate": challenge})
    again = await phone.expect("INVITE")
    assert 'username="trunk"' in again["authorization"]


async def test_our_calls_go_to_the_exchange_where_it_is_named(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    switch, caller, exchange = await new_trio(new_endpoint, new_peer)
    switch.endpoint.phone._door._exchanges = (replace(OPTIONS.exchanges[0], proxy=("127.0.0.1", exchange.port)),)
    switch.target = "sip:2231@phones.example"
    caller.send(caller.request("INVITE", body=sdp()))
    assert (await exchange.expect("INVITE")).start == "INVITE sip:2231@phones.example SIP/2.0"


async def test_a_name_is_looked_up_without_holding_up_anybody(trio: Trio) -> None:
    switch, caller, phone = trio
    switch.target = f"sip:2231@localhost:{phone.port}"
    caller.send(caller.request("INVITE", body=sdp()))
    await phone.expect("INVITE")


Does = Callable[[IncomingLeg, SipPhone], Awaitable[None]]


async def told(
    new_endpoint: NewEndpoint, new_peer: NewPeer, does: Does, options: SipOptions = OPTIONS
) -> tuple[SipPeer, Dialogue, Endpoint]:
    """Have a caller hear us, and do something with the call."""

    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        await does(call, endpoint.phone)
        await call.over()

    endpoint = new_endpoint(takes, options)
    peer = await new_peer(endpoint)
    _, dialogue = await peer.call()
    return peer, dialogue, endpoint


async def test_new_media_are_given_to_a_caller_and_its_answer_is_heard(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    heard: list[str] = []

    async def does(call: IncomingLeg, _: SipPhone) -> None:
        heard.append(await call.renegotiate(SessionDescription(sdp(41_500))))

    peer, _, _ = await told(new_endpoint, new_peer, does)
    again = await peer.expect("INVITE")
    assert "m=audio 41500" in again.body
    peer.answer(again, "200 OK", body=sdp(40_800))
    await peer.expect("ACK")
    await until(lambda: heard)
    assert heard == [sdp(40_800)]


async def test_new_media_that_the_caller_does_not_want_leave_the_call_alone(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    heard: list[str] = []

    async def does(call: IncomingLeg, _: SipPhone) -> None:
        try:
            await call.renegotiate(SessionDescription(sdp(41_500)))
        except NoCommonCodecError:
            heard.append("refused")

    peer, _, endpoint = await told(new_endpoint, new_peer, does)
    peer.answer(await peer.expect("INVITE"), "488 Not Acceptable Here")
    await until(lambda: heard)
    assert heard == ["refused"]
    assert not endpoint.calls[0].is_over


async def test_when_both_ask_at_once_we_ask_again_after_a_while(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    async def does(call: IncomingLeg, _: SipPhone) -> None:
        await call.renegotiate(SessionDescription(sdp(41_500)))

    peer, _, _ = await told(new_endpoint, new_peer, does)
    peer.answer(await peer.expect("INVITE"), "491 Request Pending")
    again = await peer.expect("INVITE", 6)
    peer.answer(again, "200 OK", body=sdp(40_800))
    await peer.expect("ACK")


async def test_a_caller_who_hangs_up_meanwhile_is_over(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    heard: list[str] = []

    async def does(call: IncomingLeg, _: SipPhone) -> None:
        try:
            await call.renegotiate(SessionDescription(sdp(41_500)))
        except CallOverError:
            heard.append("over")

    peer, dialogue, _ = await told(new_endpoint, new_peer, does)
    await peer.expect("INVITE")
    peer.send(peer.within(dialogue, "BYE"))
    await until(lambda: heard)
    assert heard == ["over"]


ATTENDANT = "sip:9000@pbx.example"


class Transferring:
    """A call that is transferred, and how it went."""

    def __init__(self) -> None:
        self.went: list[bool | str] = []
        self._decided = asyncio.Event()

    async def does(self, call: IncomingLeg, _: SipPhone) -> None:
        try:
            self.went.append(await call.refer(ATTENDANT))
        except CallerLostError:
            self.went.append("lost")
        except CallOverError:
            self.went.append("over")
        finally:
            self._decided.set()

    async def is_decided(self) -> None:
        """Return once it is known how it went."""
        await asyncio.wait_for(self._decided.wait(), 10)


def fragment(peer: SipPeer, dialogue: Dialogue, status: str, state: str = "active;expires=60") -> Message:
    """The NOTIFY that tells how a transfer goes (RFC 3515, 2.4.5)."""
    headers = {"Event": "refer", "Subscription-State": state, "Content-Type": "message/sipfrag;version=2.0"}
    return peer.within(dialogue, "NOTIFY", body=f"SIP/2.0 {status}\r\n", extra=headers)


async def test_a_transfer_asks_the_exchange_and_hangs_up_only_once_it_has_worked(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    refer = await peer.expect("REFER")
    assert refer["refer-to"] == f"<{ATTENDANT}>"
    assert "10231" in refer["referred-by"]
    peer.answer(refer, "202 Accepted")
    peer.send(fragment(peer, dialogue, "180 Ringing"))
    await peer.expect(200)
    await peer.nothing("BYE", 0.7)
    peer.send(fragment(peer, dialogue, "200 OK", "terminated;reason=noresource"))
    await peer.expect(200)
    await peer.expect("BYE")
    assert transfer.went == [True]


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "603 Decline", "500 Server Internal Error"])
async def test_a_transfer_that_is_refused_leaves_the_call_with_us(
    status: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, _, endpoint = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), status)
    await peer.nothing("BYE", 0.1)
    assert transfer.went == [False]
    assert not endpoint.calls[0].is_over


async def test_a_transfer_that_fails_later_leaves_the_call_with_us(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    peer.send(fragment(peer, dialogue, "486 Busy Here", "terminated;reason=noresource"))
    await peer.expect(200)
    await transfer.is_decided()
    assert transfer.went == [False]


async def test_an_exchange_that_says_nothing_at_all_has_not_transferred(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, _, _ = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    await until(lambda: transfer.went)
    assert transfer.went == [False]


async def test_an_exchange_that_accepts_and_ends_the_call_has_transferred(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    await settled()
    peer.send(peer.within(dialogue, "BYE"))
    await peer.expect(200)
    await until(lambda: transfer.went)
    assert transfer.went == [True]


async def test_a_subscription_that_ends_without_a_last_word_says_nothing_until_the_exchange_ends_the_call(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    peer.send(fragment(peer, dialogue, "100 Trying", "terminated;reason=timeout"))
    await peer.expect(200)
    assert transfer.went == []
    peer.send(peer.within(dialogue, "BYE"))
    await transfer.is_decided()
    assert transfer.went == [True]


@pytest.mark.parametrize("state", ["terminated;reason=rejected", "Terminated ; Reason=rejected;x=y"])
@pytest.mark.parametrize("status", ["", "100 Trying", "180 Ringing"])
async def test_a_transfer_that_is_rejected_without_a_final_status_has_failed(
    state: str, status: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, endpoint = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    news = fragment(peer, dialogue, status, state)
    peer.send(news if status else replace(news, body=""))
    await transfer.is_decided()
    assert transfer.went == [False]
    assert not endpoint.calls[0].is_over


@pytest.mark.parametrize("ends_first", [False, True])
async def test_a_caller_whom_the_exchange_drops_after_a_failed_transfer_is_lost_and_not_put_through(
    ends_first: bool, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    last = [fragment(peer, dialogue, "503 Service Unavailable", "terminated;reason=noresource")]
    last.insert(0 if ends_first else 1, peer.within(dialogue, "BYE"))
    for each in last:
        peer.send(each)
    await transfer.is_decided()
    assert transfer.went == ["lost"]


@pytest.mark.parametrize("status", ["481 Call/Transaction Does Not Exist", "408 Request Timeout", ""])
async def test_a_caller_who_vanishes_without_a_word_after_a_failed_transfer_is_noticed(
    status: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    soon = replace(OPTIONS, watched_every=timedelta(seconds=0.1), alive_reply=timedelta(seconds=0.3))
    peer, dialogue, endpoint = await told(new_endpoint, new_peer, transfer.does, soon)
    peer.answer(await peer.expect("REFER"), "202 Accepted")
    peer.send(fragment(peer, dialogue, "486 Busy Here", "terminated;reason=noresource"))
    peer.answer(await peer.expect("OPTIONS"), "200 OK")
    asked = await peer.expect("OPTIONS")
    assert not endpoint.calls[0].is_over
    if status:
        peer.answer(asked, status)
    await asyncio.wait_for(endpoint.calls[0].over(), 5)


async def test_a_caller_who_hangs_up_before_the_exchange_accepts_is_over(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    transfer = Transferring()
    peer, dialogue, _ = await told(new_endpoint, new_peer, transfer.does)
    await peer.expect("REFER")
    peer.send(peer.within(dialogue, "BYE"))
    await until(lambda: transfer.went)
    assert transfer.went == ["over"]


async def test_an_address_that_is_none_is_no_transfer(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    went: list[bool] = []

    async def does(call: IncomingLeg, _: SipPhone) -> None:
        went.append(await call.refer("fax:1"))

    peer, _, _ = await told(new_endpoint, new_peer, does)
    await peer.nothing("REFER", 0.1)
    assert went == [False]


async def test_news_of_a_transfer_that_nobody_asked_for_is_not_taken(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def does(_: IncomingLeg, __: SipPhone) -> None:
        return

    peer, dialogue, _ = await told(new_endpoint, new_peer, does)
    peer.send(fragment(peer, dialogue, "200 OK"))
    assert re.match("SIP/2.0 481", (await peer.expect(481)).start)
