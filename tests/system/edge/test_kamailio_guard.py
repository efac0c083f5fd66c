"""What Kamailio, with the configuration of docs/phones, does not do: for strangers, in circles, and over HTTP."""

import http.client
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kktest.edge_scene import NUMBER, edge_scene
from kktest.kamailio import Kamailio, kamailio, living
from kktest.ports import LOOPBACK
from kktest.sip_peer import Message, SipPeer, altered, sip_peer
from kktest.sipp import silent_phone, sipp
from kktest.sipp_scenarios import announcement, caller, caller_refused, phone_answers, phone_refuses

pytestmark = pytest.mark.calls

ELSEWHERE = "127.0.0.2"


# ── strangers ───────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller_refused(403), host=ELSEWHERE)
        scene.call(caller_refused(403), number="5678", host=ELSEWHERE)
        assert scene.phone.messages == []
        assert scene.endpoint.messages == []


def test_a_network_that_may_call_is_one_of_several(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement(), peers="192.0.2.0/24,127.0.0.2/32") as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller_refused(403))
        scene.call(caller(), host=ELSEWHERE)
        assert scene.endpoint.wait().succeeded


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "SUBSCRIBE", "MESSAGE", "BYE", "REFER"])
def test_a_stranger_may_do_nothing_else_either(edge: Kamailio, method: str) -> None:
    assert ask_from(ELSEWHERE, edge, method).status == 403


def test_a_stranger_is_not_relayed_by_a_route_of_its_own(edge: Kamailio) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind((LOOPBACK, 0))
        victim.settimeout(0.3)
        there = f"<sip:{LOOPBACK}:{victim.getsockname()[1]};lr>"
        extra = {"Route": f"<sip:{LOOPBACK}:{edge.sip_port};lr>, {there}", "To": f"{there};tag=x"}
        assert ask_from(ELSEWHERE, edge, "BYE", extra=extra).status == 403
        with pytest.raises(TimeoutError):
            victim.recv(2_000)


async def test_a_new_call_is_not_relayed_by_a_route_that_it_brings_along(tmp_path: Path) -> None:
    async with sip_peer((LOOPBACK, 9)) as elsewhere:
        with edge_scene(tmp_path, phone=phone_refuses(486)) as scene:
            elsewhere.to = (LOOPBACK, scene.edge.sip_port)
            route = f"<sip:{scene.address};lr>, <sip:{LOOPBACK}:{elsewhere.port};lr>"
            elsewhere.send(elsewhere.request("INVITE", to=NUMBER, extra={"Route": route}))
            await elsewhere.expect(486)
            assert scene.phone.first("INVITE").header("Route") == []
            assert not any(each.method == "INVITE" and not each.status for each in elsewhere.seen)


# ── what is no call ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", 200), ("REGISTER", 405), ("SUBSCRIBE", 405), ("MESSAGE", 405), ("PUBLISH", 405), ("BYE", 405)],
)
def test_what_is_no_call_is_answered_for_what_it_is(edge: Kamailio, method: str, status: int) -> None:
    answer = ask_from(LOOPBACK, edge, method)
    assert answer.status == status
    assert ("allow" in answer) == (status == 405)


def test_a_request_within_a_call_that_nobody_knows_is_refused(edge: Kamailio) -> None:
    assert ask_from(LOOPBACK, edge, "BYE", extra={"To": "<sip:1234@127.0.0.1>;tag=unknown"}).status == 481


def test_a_call_that_has_gone_too_far_is_refused(edge: Kamailio) -> None:
    assert ask_from(LOOPBACK, edge, "INVITE", extra={"Max-Forwards": "0"}).status == 483


def test_a_call_to_nobody_is_refused(edge: Kamailio) -> None:
    assert ask_from(LOOPBACK, edge, "INVITE", start=f"INVITE sip:{LOOPBACK} SIP/2.0").status == 484


def test_a_garbled_request_is_refused(edge: Kamailio) -> None:
    assert ask_from(LOOPBACK, edge, "INVITE", extra={"CSeq": "1 BYE"}).status == 400


async def test_a_name_that_is_not_fit_for_a_header_is_never_announced(tmp_path: Path) -> None:
    name = "1%0D%0AEvil%3A%201"
    async with sip_peer((LOOPBACK, 9)) as peer:
        with edge_scene(tmp_path, phone=phone_refuses(486), endpoint=announcement()) as scene:
            peer.to = (LOOPBACK, scene.edge.sip_port)
            scene.edge.put(name, "direct")
            peer.send(peer.request("INVITE", to=name))
            await peer.expect(486)
            assert scene.phone.first("INVITE").header("Evil") == []


# ── circles ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_call_that_comes_back_is_refused(tmp_path: Path) -> None:
    """The exchange sends what it is to ring back to the edge."""
    async with sip_peer((LOOPBACK, 9)) as exchange:
        with edge_scene(tmp_path, phone=f"{LOOPBACK}:{exchange.port}", endpoint=announcement()) as scene:
            exchange.to = (LOOPBACK, scene.edge.sip_port)
            with sipp(caller_refused(482), tmp_path, to=scene.address, number=NUMBER):
                came = await exchange.expect("INVITE")
                exchange.send(forwarded(exchange, came))
                loop = await exchange.expect(482)
            assert loop.start == "SIP/2.0 482 Loop Detected"


async def test_a_call_that_is_forwarded_to_somebody_else_is_no_circle(tmp_path: Path) -> None:
    async with sip_peer((LOOPBACK, 9)) as exchange:
        with edge_scene(tmp_path, phone=f"{LOOPBACK}:{exchange.port}", endpoint=announcement()) as scene:
            exchange.to = (LOOPBACK, scene.edge.sip_port)
            exchange.send(exchange.request("INVITE", to=NUMBER))
            came = await exchange.expect("INVITE")
            exchange.send(forwarded(exchange, came, to="5678"))
            assert (await exchange.expect("INVITE")).start.startswith("INVITE sip:5678@")


def test_a_circle_that_leaves_no_trace_ends_after_fifty_calls(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_refuses(486), calls=60) as scene:
        with sipp(caller_refused(486), tmp_path, to=scene.address, number=NUMBER, calls=60, rate=200) as calls:
            assert not calls.wait().succeeded
        assert 45 <= calls.received.count("486") <= 50
        assert calls.received.count("482") >= 10
        scene.call(caller_refused(486), number="5678")


async def test_a_call_of_our_own_endpoint_goes_to_the_phone_whatever_holds(tmp_path: Path) -> None:
    async with sip_peer((LOOPBACK, 9)) as endpoint:
        ours = f"{LOOPBACK}:{endpoint.port}"
        with edge_scene(tmp_path, phone=phone_refuses(486), endpoint=ours, peers="192.0.2.0/24") as scene:
            endpoint.to = (LOOPBACK, scene.edge.sip_port)
            scene.edge.put(NUMBER, "direct")
            endpoint.send(endpoint.request("INVITE", to=NUMBER))
            await endpoint.expect(486)
            assert scene.phone.received[0] == "INVITE"
            assert not any(each.method == "INVITE" and not each.status for each in endpoint.seen)


# ── what is told over HTTP ──────────────────────────────────────────────────────────────────────


def test_nothing_is_told_at_the_ports_for_calls(edge: Kamailio) -> None:
    assert post(edge.sip_port) == 403
    assert post(edge.rpc_port) == 200


def test_the_port_for_telling_is_open_on_the_loopback_alone(edge: Kamailio) -> None:
    sockets = Path("/proc/net/tcp").read_text().splitlines()
    assert [line.split()[1] for line in sockets if f":{edge.rpc_port:04X} 00000000:0000 0A" in line] == [
        f"0100007F:{edge.rpc_port:04X}"
    ]


def test_the_port_for_telling_takes_no_calls(edge: Kamailio) -> None:
    options = request("OPTIONS", edge.rpc_port, "TCP")
    with socket.create_connection((LOOPBACK, edge.rpc_port), timeout=0.3) as connection:
        connection.sendall(options.datagram())
        with pytest.raises(TimeoutError):
            connection.recv(2_000)


def test_it_leaves_no_process_behind() -> None:
    with kamailio(phones=f"{LOOPBACK}:9", endpoint=f"{LOOPBACK}:9") as server:
        assert server.process is not None
        group = server.process.pid
        assert len(living(group)) > 1
        folder = server.folder
    assert living(group) == []
    assert not folder.exists()


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def edge() -> Iterator[Kamailio]:
    with silent_phone() as silence, kamailio(phones=silence, endpoint=silence) as server:
        yield server


def request(method: str, port: int, transport: str = "UDP") -> Message:
    made = SipPeer((LOOPBACK, port), port=5).request(method, to=NUMBER)
    return altered(made, via=made["via"].replace("UDP", transport))


def ask_from(
    host: str, edge: Kamailio, method: str, extra: Mapping[str, str] | None = None, start: str = ""
) -> Message:
    """Send a request from an address of this machine and return the answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind((host, 0))
        ours.settimeout(5)
        asked = request(method, edge.sip_port)
        headers = dict(asked.headers) | dict(extra or {})
        asked = replace(asked, start=start or asked.start, headers=tuple(headers.items()))
        ours.sendto(asked.datagram(), (LOOPBACK, edge.sip_port))
        while (answer := Message.read(ours.recv(4_000))).status < 200:
            pass
        return answer


def forwarded(exchange: SipPeer, call: Message, to: str = NUMBER) -> Message:
    """What an exchange sends on: the same call, perhaps to another number."""
    via = f"SIP/2.0/UDP {LOOPBACK}:{exchange.port};branch=z9hG4bK-on"
    start = f"INVITE sip:{to}@{LOOPBACK}:{exchange.to[1]} SIP/2.0"
    headers = altered(call, content_length="").headers  # It is written anew.
    return replace(call, start=start, headers=(("Via", via), *headers))


def post(port: int) -> int:
    """Ask by HTTP; return the status."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        asked = b'{"jsonrpc":"2.0","id":1,"method":"core.uptime"}'
        connection.request("POST", "/RPC", asked, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()
