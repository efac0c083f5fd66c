"""Calls that come in: rung, answered, refused, sent on, and ended from either side."""

import asyncio
from dataclasses import replace

import pytest

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.errors import CallOverError, NoCommonCodecError
from kalenderkoppling.ports.phone import Refusal, SessionDescription
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kktest.sip_peer import ack_of, cancel_of, sdp
from kktest.waiting import settled, until

from .conftest import LOGIN, OPTIONS, NewEndpoint, NewPeer

OURS = SessionDescription(sdp(41_000))


async def answers(call: IncomingLeg) -> None:
    await call.answer(OURS)
    await call.over()


async def refuses(call: IncomingLeg) -> None:
    call.refuse(Refusal.UNAVAILABLE)


async def waits(call: IncomingLeg) -> None:
    await call.over()


async def test_a_call_is_answered_with_our_media_and_100_goes_ahead_of_200(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(answers))
    answer, _ = await peer.call()
    assert [each.status for each in peer.seen] == [100, 200]
    assert "m=audio 41000" in answer.body


async def test_our_contact_is_ours_and_not_anonymous(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(answers)
    answer, _ = await (await new_peer(endpoint)).call()
    assert answer["contact"] == f"<sip:kalenderkoppling@127.0.0.1:{endpoint.phone.address[1]}>"


async def test_an_answer_is_through_once_it_is_confirmed(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    confirmed = asyncio.Event()

    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        confirmed.set()
        await call.over()

    peer = await new_peer(new_endpoint(takes))
    invite = peer.request("INVITE", body=sdp())
    peer.send(invite)
    await peer.expect(200)
    await peer.expect(200)  # It is sent again until it is confirmed.
    assert not confirmed.is_set()
    answer = peer.seen[-1]
    peer.send(ack_of(invite, answer))
    await asyncio.wait_for(confirmed.wait(), 60)


async def test_a_caller_who_offers_nothing_is_made_an_offer_and_heard(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    heard: list[SessionDescription | None] = []

    async def takes(call: IncomingLeg) -> None:
        heard.append(call.offer)
        heard.append(await call.answer(OURS))
        heard.append(call.offer)
        await call.over()

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    invite = peer.request("INVITE")
    peer.send(invite)
    answer = await peer.expect(200)
    assert "m=audio 41000" in answer.body
    peer.send(ack_of(invite, answer, sdp(40_200)))
    await until(lambda: len(heard) >= 3)
    assert heard == [None, sdp(40_200), sdp(40_200)]


async def test_ringing_is_told_once(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    async def takes(call: IncomingLeg) -> None:
        call.ring()
        call.ring()
        await call.over()

    peer = await new_peer(new_endpoint(takes))
    peer.send(peer.request("INVITE", body=sdp()))
    ringing = await peer.expect(180)
    assert ringing.body == ""
    await peer.nothing(180)


@pytest.mark.parametrize("refusal", Refusal)
async def test_a_call_is_refused_in_the_words_of_the_port(
    refusal: Refusal, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        call.refuse(refusal)

    peer = await new_peer(new_endpoint(takes))
    peer.send(peer.request("INVITE", body=sdp()))
    assert (await peer.expect(refusal.code)).start == f"SIP/2.0 {refusal}"


async def test_a_caller_who_gives_up_ends_the_call(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    ended = asyncio.Event()

    async def takes(call: IncomingLeg) -> None:
        call.ring()
        await call.over()
        ended.set()

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    invite = peer.request("INVITE", body=sdp())
    peer.send(invite)
    await peer.expect(180)
    peer.send(cancel_of(invite))
    await peer.expect(487)
    await asyncio.wait_for(ended.wait(), 60)


async def test_a_caller_who_hangs_up_ends_the_call_and_what_waits_hears_of_it(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    heard: list[str] = []

    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        try:
            await call.digit()
        except CallOverError:
            heard.append("over")

    peer = await new_peer(new_endpoint(takes))
    _, dialogue = await peer.call()
    peer.send(peer.within(dialogue, "BYE"))
    await peer.expect(200)
    await until(lambda: heard)
    assert heard == ["over"]


@pytest.mark.parametrize("rings", [False, True])
async def test_S_13_a_call_that_we_end_before_it_was_answered_is_refused_as_when_we_are_out(
    rings: bool, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        if rings:
            call.ring()
        call.hang_up()

    peer = await new_peer(new_endpoint(takes))
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(503)


async def test_S_13_a_stop_lets_exchanges_ring_by_themselves_for_calls_that_were_not_answered(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        call.ring()
        try:
            await call.over()
        finally:
            call.hang_up()

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(180)
    await endpoint.phone.stop()
    await peer.expect(503)


async def test_we_hang_up(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        call.hang_up()
        call.hang_up()

    peer = await new_peer(new_endpoint(takes))
    await peer.call()
    await peer.expect("BYE")
    peer.answer(peer.seen[-1], "200 OK")
    await peer.nothing("BYE")


async def test_keys_come_by_sip_info(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    keys: list[str] = []

    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        while True:
            keys.append(await call.digit())

    peer = await new_peer(new_endpoint(takes))
    _, dialogue = await peer.call()
    for body, kind in (("Signal=1\r\nDuration=160\r\n", "application/dtmf-relay"), ("*", "application/dtmf")):
        peer.send(peer.within(dialogue, "INFO", body=body, extra={"Content-Type": kind}))
        await peer.expect(200)
    await until(lambda: len(keys) >= 2)
    assert keys == ["1", "*"]


async def test_S_14_a_flood_of_keys_is_cut(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(answers)
    peer = await new_peer(endpoint)
    _, dialogue = await peer.call()
    for _ in range(60):
        peer.send(peer.within(dialogue, "INFO", body="1", extra={"Content-Type": "application/dtmf"}))
        await peer.expect(200)
    assert endpoint.calls[0]._digits.qsize() < 60


async def test_a_hold_is_answered_by_whoever_plays(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    async def takes(call: IncomingLeg) -> None:
        async def hold(theirs: SessionDescription) -> SessionDescription:
            assert "a=sendonly" in theirs
            return SessionDescription(OURS + "a=recvonly\r\n")

        call.when_offered(hold)
        await call.answer(OURS)
        await call.over()

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    first, dialogue = await peer.call()
    peer.send(peer.within(dialogue, "INVITE", body=sdp() + "a=sendonly\r\n"))
    answer = await peer.expect(200)
    assert "a=recvonly" in answer.body
    versions = [body.partition("o=- ")[2].split()[:2] for body in (first.body, answer.body)]
    assert versions[0][0] == versions[1][0]
    assert [version for _, version in versions] == ["1", "2"]
    assert endpoint.errors == []


async def test_a_new_offer_that_nobody_can_take_is_refused_and_the_call_goes_on(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        async def never(_: SessionDescription) -> SessionDescription:
            raise NoCommonCodecError

        call.when_offered(never)
        await call.answer(OURS)
        await call.over()

    peer = await new_peer(new_endpoint(takes))
    _, dialogue = await peer.call()
    peer.send(peer.within(dialogue, "INVITE", body=sdp(40_002)))
    await peer.expect(488)
    peer.send(peer.within(dialogue, "OPTIONS"))
    await peer.expect(200)


async def test_a_refresh_without_an_offer_gets_what_we_said_last_and_silences_nobody(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    offered: list[SessionDescription] = []

    async def takes(call: IncomingLeg) -> None:
        async def take(theirs: SessionDescription) -> SessionDescription:
            offered.append(theirs)
            return OURS

        call.when_offered(take)
        await call.answer(OURS)
        await call.over()

    peer = await new_peer(new_endpoint(takes))
    _, dialogue = await peer.call()
    for port in (40_000, 40_006):
        peer.send(peer.within(dialogue, "INVITE"))
        assert "m=audio 41000" in (await peer.expect(200)).body
        peer.send(peer.within(dialogue, "ACK", number=dialogue.number, body=sdp(port)))
        await settled()
    assert offered == [sdp(40_006)], "only what has changed is told"
    peer.send(peer.within(dialogue, "BYE"))
    await peer.expect(200)


@pytest.mark.parametrize("method", ["UPDATE", "MESSAGE", "PRACK", "SUBSCRIBE"])
async def test_a_request_within_a_call_that_we_do_not_know_is_answered_with_what_we_do(
    method: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(answers))
    _, dialogue = await peer.call()
    peer.send(peer.within(dialogue, method))
    assert "INVITE" in (await peer.expect(405))["allow"]


async def test_what_is_asked_of_a_call_that_does_not_exist_is_told_so(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(answers))
    for method in ("BYE", "INFO", "INVITE", "NOTIFY"):
        peer.send(peer.request(method, to="10231", extra={"To": "<sip:10231@127.0.0.1>;tag=gone"}))
        await peer.expect(481)


async def test_options_tell_what_we_understand(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    peer = await new_peer(new_endpoint(answers))
    peer.send(peer.request("OPTIONS"))
    answer = await peer.expect(200)
    assert (answer["allow"], answer["accept"]) == (
        "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY",
        "application/sdp",
    )


async def test_whom_the_call_is_for_and_who_calls_are_read(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    peer.send(
        peer.request(
            "INVITE",
            to="vm",
            body=sdp(),
            extra={
                "Diversion": "<sip:10231@pbx>;reason=unconditional",
                "P-Asserted-Identity": '"Åsa" <sip:+46701740606@pbx>',
            },
        )
    )
    await peer.expect(480)
    call = endpoint.calls[0]
    assert call.called.candidates == ("vm", "10231")
    assert call.caller == Caller(number="+46701740606", name="Åsa")


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (420, {"Require": "100rel"}),
        (483, {"Max-Forwards": "0"}),
        (415, {"Content-Type": "text/plain"}),
        (400, {"Contact": "*"}),
    ],
)
async def test_a_request_that_cannot_become_a_call_is_told_why(
    status: int, change: dict[str, str], new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    endpoint = new_endpoint(answers)
    peer = await new_peer(endpoint)
    peer.send(peer.request("INVITE", body=sdp(), extra=change))
    await peer.expect(status)
    assert endpoint.calls == []


async def test_beyond_the_most_calls_a_call_goes_back_to_the_exchange(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(waits, replace(OPTIONS, most_calls=1)))
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(100)
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(503)


async def test_a_stranger_is_turned_away(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(answers, replace(OPTIONS, exchanges=()))
    peer = await new_peer(endpoint)
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(403)
    assert endpoint.calls == []


async def test_an_exchange_that_logs_in_is_let_in_from_any_address(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    exchange = replace(OPTIONS.exchanges[0], networks=(), asks_login=LOGIN)
    endpoint = new_endpoint(refuses, replace(OPTIONS, exchanges=(exchange,)))
    peer = await new_peer(endpoint)
    for given, status in (("wrong", 401), (LOGIN.password, 480)):
        peer.send(peer.request("INVITE", body=sdp()))
        challenge = (await peer.expect(401))["www-authenticate"]
        peer.send(
            peer.request("INVITE", body=sdp(), extra={"Authorization": peer.digest(challenge, LOGIN.user, given)})
        )
        await peer.expect(status)


@pytest.mark.parametrize("garbled", ["Digest", "Digest username", "Basic dHJ1bms6eA==", 'Digest username="trunk"'])
async def test_a_garbled_login_is_none(garbled: str, new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    exchange = replace(OPTIONS.exchanges[0], networks=(), asks_login=LOGIN)
    endpoint = new_endpoint(refuses, replace(OPTIONS, exchanges=(exchange,)))
    peer = await new_peer(endpoint)
    peer.send(peer.request("INVITE", body=sdp(), extra={"Authorization": garbled}))
    await peer.expect(401)
    assert endpoint.calls == []


async def test_S_13_an_error_of_ours_leaves_no_caller_hanging(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    async def breaks(call: IncomingLeg) -> None:
        raise ZeroDivisionError

    async def breaks_later(call: IncomingLeg) -> None:
        await call.answer(OURS)
        raise ZeroDivisionError

    peer = await new_peer(new_endpoint(breaks))
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(503)
    peer = await new_peer(new_endpoint(breaks_later))
    await peer.call()
    await peer.expect("BYE")


async def test_a_redirect_tells_where_to_and_whom_the_call_was_for(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        call.redirect(["sip:2231@pbx.example", call.our_address("announcement-10231")])

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    peer.send(
        peer.request(
            "INVITE",
            body=sdp(),
            extra={"Diversion": "<sip:10440@pbx>;reason=no-answer", "History-Info": "<sip:10440@pbx>;index=1"},
        )
    )
    moved = await peer.expect(302)
    port = endpoint.phone.address[1]
    assert moved.all("contact") == [
        "<sip:2231@pbx.example>;q=1.0",
        f"<sip:announcement-10231@127.0.0.1:{port}>;q=0.9",
    ]
    assert moved.all("diversion") == [
        f"<sip:10231@127.0.0.1:{port}>;reason=unconditional;counter=1",
        "<sip:10440@pbx>;reason=no-answer",
    ]
    assert moved["history-info"] == "<sip:10440@pbx>;index=1, <sip:2231@pbx.example;cause=302>;index=1.1;mp=1"
