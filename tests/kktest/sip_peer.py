"""The other end of SIP, word by word: a test writes what is sent and reads what comes, on a UDP socket of its own.

For what ready-made callers do not do: answers out of order, re-INVITEs without an offer, garbled messages. Real calls
are placed with sipp.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self

PATIENCE_SECONDS = 60.0
SDP = (
    "v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
)
_NUMBERS = count(1)


def sdp(port: int = 40_000) -> str:
    """A session description with A-law and telephone events."""
    return SDP.format(port=port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A SIP message: its first line, its headers in order, and its body."""

    start: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    @property
    def status(self) -> int:
        """The status of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of a request, and of what a response answers."""
        return self["cseq"].split()[1] if self.status else self.start.split()[0]

    def __getitem__(self, name: str) -> str:
        return self.all(name)[0]

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def all(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def datagram(self) -> bytes:
        """The message as it is sent."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        if self.body and "content-type" not in self:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(self.body.encode())}", "", self.body]
        return "\r\n".join(lines).encode()

    @classmethod
    def read(cls, datagram: bytes) -> Self:
        """Read a message that came."""
        head, _, body = datagram.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        return cls(start=start, headers=headers, body=body)


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """One call as the peer sees it: what its further requests bear."""

    call_id: str
    ours: str
    theirs: str
    target: str
    number: int = 1


@dataclass(slots=True)
class SipPeer(asyncio.DatagramProtocol):
    """A SIP end on loopback, that sends to the endpoint under test."""

    to: tuple[str, int]
    port: int = 0
    _transport: asyncio.DatagramTransport | None = None
    _came: asyncio.Queue[tuple[Message, tuple[str, int]]] = field(default_factory=asyncio.Queue)
    seen: list[Message] = field(default_factory=list)
    contact_more: str = ""
    """Parameters at the end of its address in every Contact, as `;transport=UDP`."""

    @property
    def contact(self) -> str:
        """Where it is reached within a call."""
        return f"<sip:peer@127.0.0.1:{self.port}{self.contact_more}>"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take what comes."""
        message = Message.read(data)
        self.seen.append(message)
        self._came.put_nowait((message, addr))

    def send(self, what: Message | bytes, to: tuple[str, int] | None = None) -> None:
        """Send a message, or whatever bytes."""
        assert self._transport is not None
        self._transport.sendto(what if isinstance(what, bytes) else what.datagram(), to or self.to)

    async def expect(self, wanted: int | str, within: float = PATIENCE_SECONDS) -> Message:
        """Return the next message of a status or method; others that come before are passed over."""
        seen = []
        try:
            async with asyncio.timeout(within):
                while True:
                    message, _ = await self._came.get()
                    seen.append(message.start)
                    if wanted in {message.status, None if message.status else message.method}:
                        return message
        except TimeoutError:
            raise AssertionError(f"no {wanted} came, but {seen}") from None

    async def expect_any(self, within: float = PATIENCE_SECONDS) -> Message:
        """Return the next message, whatever it is."""
        async with asyncio.timeout(within):
            return (await self._came.get())[0]

    async def nothing(self, unwanted: int | str, within: float = 0.3) -> None:
        """See that no message of a status or method comes for a while."""
        try:
            came = await self.expect(unwanted, within)
        except AssertionError:
            return
        raise AssertionError(f"{came.start} came")

    def request(
        self, method: str, *, to: str = "10231", body: str = "", extra: Mapping[str, str] | None = None, **fields: str
    ) -> Message:
        """Make a request outside of any dialogue; `fields` replace headers by name (`call_id`, `from_`, `contact`)."""
        number = next(_NUMBERS)
        standard = {
            "Via": f"SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK-{number};rport",
            "Max-Forwards": "70",
            "From": f'"Peer" <sip:+46701740605@127.0.0.1:{self.port}>;tag=t{number}',
            "To": f"<sip:{to}@127.0.0.1>",
            "Call-ID": f"call-{number}@127.0.0.1",
            "CSeq": f"1 {method}",
            "Contact": self.contact,
        }
        named = {name.replace("_", "-").strip("-").title(): value for name, value in fields.items()}
        named = {{"Call-Id": "Call-ID", "Cseq": "CSeq"}.get(name, name): value for name, value in named.items()}
        headers = standard | named | dict(extra or {})
        return Message(
            start=f"{method} sip:{to}@{self.to[0]}:{self.to[1]} SIP/2.0",
            headers=tuple((name, value) for name, value in headers.items() if value),
            body=body,
        )

    def digest(
        self, challenge: str, user: str, password: str, method: str = "INVITE", *, count: str = "00000001"
    ) -> str:
        """Answer a challenge (RFC 2617 with qop=auth, MD5)."""
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        uri, nonce_count, own = "sip:kk@127.0.0.1", count, "0a4f113b"

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        secret = md5(f"{user}:{given['realm']}:{password}")
        asked = md5(f"{method}:{uri}")
        response = md5(f"{secret}:{given['nonce']}:{nonce_count}:{own}:auth:{asked}")
        return (
            f'Digest username="{user}",realm="{given["realm"]}",nonce="{given["nonce"]}",uri="{uri}",'
            f'response="{response}",algorithm=MD5,qop=auth,nc={nonce_count},cnonce="{own}"'
        )

    async def call(self, to: str = "10231") -> tuple[Message, Dialogue]:
        """Place a call and confirm its answer."""
        invite = self.request("INVITE", to=to, body=sdp())
        self.send(invite)
        answer = await self.expect(200)
        dialogue = Dialogue(
            call_id=invite["call-id"], ours=invite["from"], theirs=answer["to"], target=answer["contact"].strip("<>")
        )
        self.send(self.within(dialogue, "ACK", number=1))
        return answer, dialogue

    def within(
        self,
        dialogue: Dialogue,
        method: str,
        *,
        body: str = "",
        number: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Message:
        """Make a request within a call."""
        if number is None:
            dialogue.number += 1
        headers = {
            "Via": f"SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK-{next(_NUMBERS)};rport",
            "Max-Forwards": "70",
            "From": dialogue.ours,
            "To": dialogue.theirs,
            "Call-ID": dialogue.call_id,
            "CSeq": f"{number or dialogue.number} {method}",
            "Contact": self.contact,
        } | dict(extra or {})
        return Message(start=f"{method} {dialogue.target} SIP/2.0", headers=tuple(headers.items()), body=body)

    def answer(
        self, request: Message, status: str, *, body: str = "", extra: Mapping[str, str] | None = None
    ) -> Dialogue:
        """Answer a request of the endpoint's; returns the dialogue that it makes."""
        tagged = request["to"] if "tag=" in request["to"] else f"{request['to']};tag=answer"
        headers = [
            (name, value) for name, value in request.headers if name.lower() in {"via", "from", "call-id", "cseq"}
        ]
        headers += [("To", tagged), ("Contact", self.contact), *dict(extra or {}).items()]
        self.send(Message(start=f"SIP/2.0 {status}", headers=tuple(headers), body=body))
        return Dialogue(
            call_id=request["call-id"],
            ours=tagged,
            theirs=request["from"],
            target=request["contact"].strip("<>") if "contact" in request else "",
            number=100,
        )


def altered(message: Message, **fields: str) -> Message:
    """A message with headers replaced by name, or left out where the value is empty."""
    named = {name.replace("_", "-").lower(): value for name, value in fields.items()}
    headers = [(name, named.get(name.lower(), value)) for name, value in message.headers]
    return replace(message, headers=tuple((name, value) for name, value in headers if value))


def ack_of(invite: Message, answer: Message, body: str = "") -> Message:
    """The ACK that confirms an answer to a call."""
    ack = altered(invite, to=answer["to"], cseq="1 ACK", content_type="")
    return replace(ack, start=invite.start.replace("INVITE", "ACK"), body=body)


def cancel_of(invite: Message) -> Message:
    """The CANCEL with which a caller gives up."""
    return replace(altered(invite, cseq="1 CANCEL"), start=invite.start.replace("INVITE", "CANCEL"), body="")


@asynccontextmanager
async def sip_peer(to: tuple[str, int], port: int = 0) -> AsyncIterator[SipPeer]:
    """Open a peer that talks to an endpoint, at a port or at any."""
    loop = asyncio.get_running_loop()
    transport, peer = await loop.create_datagram_endpoint(lambda: SipPeer(to), local_addr=("127.0.0.1", port))
    peer._transport = transport
    peer.port = transport.get_extra_info("sockname")[1]
    try:
        yield peer
    finally:
        transport.close()
