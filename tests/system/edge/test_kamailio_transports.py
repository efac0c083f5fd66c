"""Calls over TCP and TLS reach an endpoint that speaks UDP alone: Kamailio is in between."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kktest.edge_scene import NUMBER, EdgeScene, edge_scene
from kktest.ports import LOOPBACK
from kktest.sip_peer import Message, sdp
from kktest.sipp_scenarios import announcement, caller, pause, phone_answers, phone_refuses

pytestmark = pytest.mark.calls


def test_a_call_over_tcp_is_announced(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller(), transport="t1")
        assert scene.endpoint.wait().succeeded
        assert scene.endpoint.first("INVITE").header("Via")[0].startswith("SIP/2.0/UDP ")


def test_a_call_over_tls_is_announced(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        with secure_caller(scene) as call:
            call.place()
            call.send("BYE", 2)
            assert call.receive().start == "SIP/2.0 200 OK"
        assert scene.endpoint.wait().succeeded
        assert scene.endpoint.first("INVITE").header("Via")[0].startswith("SIP/2.0/UDP ")


def test_the_endpoint_hangs_up_a_call_over_tls(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement(pause(0.1), hangs_up=True)) as scene:
        scene.edge.put(NUMBER, "direct")
        with secure_caller(scene) as call:
            call.place()
            bye = call.receive()
            assert bye.method == "BYE"
            call.answer(bye)
            assert scene.endpoint.wait().succeeded


def test_S_13_a_call_over_tls_that_nobody_announces_rings_the_phone(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=phone_refuses(503)) as scene:
        scene.edge.put(NUMBER, "direct")
        with secure_caller(scene) as call:
            call.place()
            call.send("BYE", 2)
            assert call.receive().start == "SIP/2.0 200 OK"
        assert scene.phone.wait().succeeded


def test_a_stranger_over_tls_is_refused(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement(), peers="192.0.2.0/24") as scene:
        scene.edge.put(NUMBER, "direct")
        with secure_caller(scene) as call:
            call.send("INVITE", 1, sdp())
            assert call.receive().status == 403


@dataclass(slots=True, kw_only=True)
class SecureCaller:
    """A caller on a TLS connection, who trusts the edge's certificate and no other."""

    connection: ssl.SSLSocket
    came: bytes = b""
    answered: Message | None = None

    def place(self) -> None:
        """Call, and confirm the answer."""
        self.send("INVITE", 1, sdp())
        while (answer := self.receive()).status < 200:
            pass
        assert answer.status == 200
        self.answered = answer
        self.send("ACK", 1)

    def send(self, method: str, number: int, body: str = "") -> None:
        """Send a request, within the call where it is answered."""
        port = self.connection.getsockname()[1]
        answer = self.answered
        headers = [
            ("Via", f"SIP/2.0/TLS {LOOPBACK}:{port};branch=z9hG4bK-{method}-{number}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:+46701740605@{LOOPBACK}>;tag=ours"),
            ("To", answer["to"] if answer else f"<sip:{NUMBER}@{LOOPBACK}>"),
            ("Call-ID", "over-tls"),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<sip:caller@{LOOPBACK}:{port};transport=tls>"),
        ]
        # The route of the one who called is the recorded one backwards (RFC 3261, section 12.1.2).
        headers += [("Route", each) for each in reversed(answer.all("record-route") if answer else [])]
        target = answer["contact"].strip("<>") if answer else f"sip:{NUMBER}@{LOOPBACK}"
        self._send(Message(start=f"{method} {target} SIP/2.0", headers=tuple(headers), body=body))

    def answer(self, request: Message) -> None:
        """Answer a request within the call."""
        kept = [each for each in request.headers if each[0].lower() in {"via", "from", "to", "call-id", "cseq"}]
        self._send(Message(start="SIP/2.0 200 OK", headers=tuple(kept)))

    def receive(self) -> Message:
        """Return the next message."""
        while not (head := re.match(rb".*?\r\n\r\n", self.came, re.DOTALL)):
            self.came += self._more()
        length = int(Message.read(head.group())["content-length"])
        while len(self.came) < head.end() + length:
            self.came += self._more()
        message, self.came = self.came[: head.end() + length], self.came[head.end() + length :]
        return Message.read(message)

    def _send(self, message: Message) -> None:
        self.connection.sendall(message.datagram())

    def _more(self) -> bytes:
        came = self.connection.recv(8_000)
        assert came, "the edge closed the connection"
        return came


@contextmanager
def secure_caller(scene: EdgeScene) -> Iterator[SecureCaller]:
    """Connect to the edge over TLS."""
    trust = ssl.create_default_context(cafile=str(scene.edge.folder / "ca.pem"))
    with (
        socket.create_connection((LOOPBACK, scene.edge.tls_port), timeout=10) as plain,
        trust.wrap_socket(plain, server_hostname=LOOPBACK) as connection,
    ):
        yield SecureCaller(connection=connection)
