"""Pretend telephones of the pretend company: they ring, are answered where the person is in, and play a tone.

Whoever subscribes to one is told of its calls, including those among colleagues (`talk`).

Implements as much of SIP as one exchange on loopback needs (RFC 3261): each `sip:<user>@host:port` is a telephone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from kalenderkoppling.sandbox.phone_lamps import LONGEST_SECONDS, Lamps, Watcher
from kalenderkoppling.sandbox.tone import ToneSender

RINGS_SECONDS = 5.0
"""Ring time before a telephone is answered."""

GIVES_UP_SECONDS = 60.0
_HOST = "127.0.0.1"


@dataclass(slots=True)
class _Ringing:
    """A call to one of the telephones: its INVITE, and the last answer."""

    request: _Request
    said: bytes
    waiting: asyncio.Task[None]
    tone: ToneSender | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    user: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name]

    @property
    def call_id(self) -> str:
        return next(iter(self.all("call-id")), "")


class PretendPhones(asyncio.DatagramProtocol):
    """All telephones of a company on one UDP port.

    Args:
        answers: Whether the telephone of a user is answered; one that is not rings until the caller gives up.
        rings_seconds: How long a telephone that is answered rings before.
    """

    def __init__(self, answers: Callable[[str], Awaitable[bool]], *, rings_seconds: float = RINGS_SECONDS) -> None:
        self._answers = answers
        self._rings_seconds = rings_seconds
        self._calls: dict[str, _Ringing] = {}
        self._talking: set[str] = set()
        self._transport: asyncio.DatagramTransport
        self._lamps: Lamps

    @property
    def port(self) -> int:
        """The UDP port."""
        return int(self._transport.get_extra_info("sockname")[1])

    def uri(self, user: str) -> str:
        """Return the SIP address of a telephone."""
        return f"sip:{user}@{_HOST}:{self.port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(_HOST, 0))
        self._lamps = Lamps(self._transport.sendto, self._states, f"{_HOST}:{self.port}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for call in self._calls.values():
            self._silence(call)
        self._transport.close()

    def talk(self, user: str) -> None:
        """Have somebody talk on the telephone with a colleague."""
        self._talking.add(user)
        self._lamps.changed(user)

    def hang_up(self, user: str) -> None:
        """End what `talk` began."""
        self._talking.discard(user)
        self._lamps.changed(user)

    def _states(self, user: str) -> list[str]:
        calls = [each for each in self._calls.values() if each.request.user == user]
        states = ["early" if each.tone is None else "confirmed" for each in calls]
        return [*states, "confirmed"] if user in self._talking else states

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer requests of calls; ignore anything else."""
        request = _read(data)
        if request is None:
            return
        match request.method:
            case "INVITE":
                self._ring(request, addr)
            case "CANCEL":
                self._say(request, "200 OK", addr)
                self._end(request, addr, "487 Request Terminated")
            case "BYE":
                self._say(request, "200 OK", addr)
                self._end(request, addr, "")
            case "ACK":
                pass
            case "SUBSCRIBE":
                self._watch(request, addr)
            case _:
                self._say(request, "200 OK", addr)

    def _watch(self, request: _Request, addr: tuple[str, int]) -> None:
        wanted = next(iter(request.all("expires")), "")
        seconds = min(int(wanted), LONGEST_SECONDS) if wanted.isascii() and wanted.isdigit() else LONGEST_SECONDS
        self._say(request, "200 OK", addr, headers=(f"Expires: {seconds}",))
        to, sender, contact = (next(iter(request.all(name)), "") for name in ("to", "from", "contact"))
        self._lamps.watch(
            Watcher(
                user=request.user,
                uri=self.uri(request.user),
                target=contact.partition("<")[2].partition(">")[0] or contact,
                local=_tagged(to),
                remote=sender,
                call_id=request.call_id,
                addr=addr,
                ends_at=asyncio.get_running_loop().time() + seconds,
            )
        )

    def _ring(self, request: _Request, addr: tuple[str, int]) -> None:
        known = self._calls.get(request.call_id)
        if known is not None:
            self._transport.sendto(known.said, addr)  # A retransmission: send the answer again.
            return
        self._say(request, "100 Trying", addr)
        said = self._say(request, "180 Ringing", addr)
        waiting = asyncio.create_task(self._wait(request, addr))
        self._calls[request.call_id] = _Ringing(request=request, said=said, waiting=waiting)
        self._lamps.changed(request.user)

    async def _wait(self, request: _Request, addr: tuple[str, int]) -> None:
        await asyncio.sleep(self._rings_seconds)
        if await self._answers(request.user):
            self._answer(request, addr)
            return
        await asyncio.sleep(GIVES_UP_SECONDS - self._rings_seconds)
        self._end(request, addr, "480 Temporarily Unavailable")

    def _answer(self, request: _Request, addr: tuple[str, int]) -> None:
        call = self._calls[request.call_id]
        call.tone = ToneSender(request.body)
        call.said = self._say(request, "200 OK", addr, call.tone.session)
        call.tone.start()
        self._lamps.changed(request.user)

    def _end(self, request: _Request, addr: tuple[str, int], status: str) -> None:
        call = self._calls.pop(request.call_id, None)
        if call is None:
            return
        if status and call.tone is None:
            self._say(call.request, status, addr)
        self._silence(call)
        self._lamps.changed(call.request.user)

    def _silence(self, call: _Ringing) -> None:
        call.waiting.cancel()
        if call.tone is not None:
            call.tone.stop()

    def _say(
        self, request: _Request, status: str, addr: tuple[str, int], body: str = "", headers: Sequence[str] = ()
    ) -> bytes:
        lines = [f"SIP/2.0 {status}"]
        for name in ("via", "from", "call-id", "cseq", "record-route"):
            lines += [f"{name.title()}: {value}" for value in request.all(name)]
        to = next(iter(request.all("to")), "")
        lines.append(f"To: {to if status.startswith('100') else _tagged(to)}")
        lines += [f"Contact: <{self.uri(request.user)}>", *headers]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        said = "\r\n".join(lines).encode()
        self._transport.sendto(said, addr)
        return said


def _tagged(to: str) -> str:
    return to if "tag=" in to else f"{to};tag=phone"


def _read(data: bytes) -> _Request | None:
    head, ends, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    words = start.split(" ")
    if not ends or len(words) != 3 or words[2] != "SIP/2.0":  # noqa: PLR2004 - method, address, version
        return None
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    user = words[1].partition(":")[2].partition("@")[0]
    return _Request(method=words[0], user=user, headers=headers, body=body)
