"""What an exchange is told of a request that cannot be parsed: something, at once; and strangers at a real socket."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kalenderkoppling.ports.phone import Refusal, SessionDescription
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kktest.sip_peer import Message, ack_of, altered, sdp
from kktest.torture import GARBLED, invite

from .conftest import LOGIN, OPTIONS, NewEndpoint, NewPeer

OURS = SessionDescription(sdp(41_000))


async def refuses(call: IncomingLeg) -> None:
    call.refuse(Refusal.UNAVAILABLE)


@pytest.mark.parametrize("changed", [pytest.param(value, id=name) for name, value in GARBLED.items()])
async def test_no_request_of_an_exchange_is_met_by_silence(
    changed: dict[str, str], new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    given = dict(changed)
    if given.get("via"):
        given["via"] = given["via"].replace("127.0.0.1;", f"127.0.0.1:{peer.port};") + ";rport"
    peer.send(invite(peer, **given))
    while (answer := await peer.expect_any()).status < 200:
        pass
    assert answer.status >= 400


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("INVITE tel:+46850810231 SIP/2.0", 480),
        ("INVITE tel:+46-8-508-10231;phone-context=+46;npdi SIP/2.0", 480),
        ("INVITE tel:10231;phone-context=+468508 SIP/2.0", 480),
        ("INVITE TEL:10231;ext SIP/2.0", 480),
        ("INVITE sip:10231@127.0.0.1;user=phone;x SIP/2.0", 480),
        ("INVITE sips:10231@127.0.0.1 SIP/2.0", 480),
        ("INVITE fax:+46850810231 SIP/2.0", 416),
        ("INVITE urn:service:sos SIP/2.0", 416),
        ("INVITE http://example.com SIP/2.0", 416),
        ("INVITE tel: SIP/2.0", 400),
        ("INVITE sip:1@2@3 SIP/2.0", 400),
        ("INVITE 10231 SIP/2.0", 400),
        ("INVITE <sip:10231@127.0.0.1> SIP/2.0", 400),
        ("INVITE sip:10231@127.0.0.1 SIP/3.0", 505),
        ("INVITE sip:10231@127.0.0.1", 400),
        ("INVITE SIP/2.0", 400),
        ("invite sip:10231@127.0.0.1 SIP/2.0", 400),
    ],
)
async def test_a_request_line_that_is_not_understood_is_told_so_at_once(
    start: str, status: int, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(refuses))
    peer.send(replace(peer.request("INVITE", body=sdp()), start=start))
    await peer.expect(status)


@pytest.mark.parametrize("name", ["from", "to", "contact"])
@pytest.mark.parametrize(
    "value",
    [
        "<tel:+46701740605>",
        "<tel:0701740605;phone-context=+46;npdi>",
        "tel:+46701740605",
        '"A, \\"B" <tel:+46-70-174-06-05;isub=1>',
    ],
)
async def test_a_tel_uri_is_read_wherever_an_address_may_stand(
    name: str, value: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        call.hang_up()

    endpoint = new_endpoint(takes)
    peer = await new_peer(endpoint)
    asked = peer.request("INVITE", body=sdp(), extra={name.title(): value + (";tag=1" if name == "from" else "")})
    peer.send(asked)
    peer.send(ack_of(asked, await peer.expect(200)))
    await peer.expect("BYE")


async def test_tel_uris_name_caller_and_called(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    extra = {
        "Diversion": "<tel:10440;phone-context=+468508>;reason=no-answer, tel:+4685010512;reason=unconditional",
        "P-Asserted-Identity": "<tel:+46701740606>",
    }
    peer.send(replace(peer.request("INVITE", body=sdp(), extra=extra), start="INVITE tel:10231;x SIP/2.0"))
    await peer.expect(480)
    call = endpoint.calls[0]
    assert call.called.candidates == ("10231", "10440;phone-context=+468508", "+4685010512")
    assert call.caller.number == "+46701740606"


@pytest.mark.parametrize("name", ["expires", "session-expires", "record-route", "contact", "content-type", "reason"])
async def test_a_header_that_cannot_be_read_costs_no_answer(
    name: str, new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(refuses))
    for value in ("nonsense", '"', "<", "-1", ",,", "\xff\xfe"):
        peer.send(peer.request("INVITE", body=sdp(), extra={name.title(): value}))
        while (await peer.expect_any()).status < 300:
            pass


async def test_what_is_too_large_is_told_so_and_an_ack_never_is_answered(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(refuses))
    peer.send(peer.request("INVITE", body=sdp() + "a=x\r\n" * 5_000))
    await peer.expect(513)
    for broken in (b"", b"\r\n\r\n", b"hello", b"\x00" * 40, altered(peer.request("ACK"), to="").datagram()):
        peer.send(broken)
    peer.send(b"\r\n\r\n" + peer.request("OPTIONS").datagram())
    assert (await peer.expect_any()).status == 200, "nothing else was answered"


async def test_a_request_within_a_call_that_cannot_be_parsed_is_answered_and_the_call_goes_on(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        await call.over()

    peer = await new_peer(new_endpoint(takes))
    _, dialogue = await peer.call()
    peer.send(peer.within(dialogue, "INVITE", body=sdp(), extra={"Max-Forwards": "many"}))
    await peer.expect(400)
    peer.send(peer.within(dialogue, "BYE"))
    await peer.expect(200)


REPORTS = Path(__file__).parent / "reports"


@pytest.mark.parametrize("name", sorted(each.name for each in REPORTS.iterdir()))
async def test_what_troubled_others_is_a_call_here(name: str, new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(refuses)
    peer = await new_peer(endpoint)
    text = (REPORTS / name).read_text().replace("{port}", str(peer.port))
    head, _, body = text.partition("\n\n")
    lines = [*head.split("\n"), f"Content-Length: {len(body) + body.count(chr(10))}", "", body]
    peer.send("\n".join(lines).replace("\n", "\r\n").encode())
    await peer.expect(480)
    call = endpoint.calls[0]
    assert call.called.wanted in {"10231", "+46850810231"}
    assert "m=audio 40000" in str(call.offer)
    assert "ABC" not in str(call.offer)


async def test_strangers_leave_nothing_behind(new_endpoint: NewEndpoint, new_peer: NewPeer) -> None:
    endpoint = new_endpoint(refuses, replace(OPTIONS, exchanges=()))
    peer = await new_peer(endpoint)
    transactions = endpoint.phone.stack.transactions
    for method in ("INVITE", "OPTIONS", "BYE", "SUBSCRIBE") * 3:
        peer.send(peer.request(method, body=sdp()))
        await peer.expect(403)
    for number in range(50):
        peer.send(
            f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z{number}\r\nFrom: <sip:a@b>;tag=1\r\n"
            f"To: <sip:a@b>\r\nCall-ID: {number}\r\nCSeq: 1 INVITE\r\n\r\n".encode()
        )
    await peer.nothing("", 0.1)
    assert not transactions.tserver
    assert not transactions.l1rcache
    assert endpoint.calls == []


async def test_a_stranger_is_refused_once_and_not_again_until_it_confirms(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    peer = await new_peer(new_endpoint(refuses, replace(OPTIONS, exchanges=())))
    peer.send(peer.request("INVITE", body=sdp()))
    await peer.expect(403)
    await peer.nothing(403, 0.8)


async def test_a_call_that_logged_in_from_any_address_is_carried_to_its_end(
    new_endpoint: NewEndpoint, new_peer: NewPeer
) -> None:
    ended = asyncio.Event()

    async def takes(call: IncomingLeg) -> None:
        await call.answer(OURS)
        await call.over()
        ended.set()

    exchange = replace(OPTIONS.exchanges[0], networks=(), asks_login=LOGIN)
    endpoint = new_endpoint(takes, replace(OPTIONS, exchanges=(exchange,)))
    peer = await new_peer(endpoint)
    first = peer.request("INVITE", body=sdp())
    peer.send(first)
    header = peer.digest((await peer.expect(401))["www-authenticate"], LOGIN.user, LOGIN.password)
    again = altered(first, via=first["via"].replace("z9hG4bK", "z9hG4bKb"), cseq="2 INVITE")
    again = replace(again, headers=(*again.headers, ("Authorization", header)))
    peer.send(again)
    answer = await peer.expect(200)
    confirmed = altered(ack_of(again, answer), cseq="2 ACK")
    peer.send(confirmed)
    bye = altered(confirmed, cseq="3 BYE", via=f"SIP/2.0/UDP 127.0.0.1:{peer.port};branch=z9hG4bKbye;rport")
    peer.send(Message(start=bye.start.replace("ACK", "BYE"), headers=bye.headers))
    await peer.expect(200)
    await asyncio.wait_for(ended.wait(), 5)
