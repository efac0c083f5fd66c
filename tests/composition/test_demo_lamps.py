"""The lamps of the pretend telephones: who subscribes is told when somebody talks, and when it is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from kalenderkoppling.composition.demo.office import Office
from kalenderkoppling.domain.person import LineState, PersonId
from kalenderkoppling.sandbox.phones import PretendPhones
from kalenderkoppling.telephony.linestate.dialog_document import Dialogs, read_dialog_document
from kktest.web import someone

ENOUGH = 30


class Watching(asyncio.DatagramProtocol):
    """Somebody who subscribes to telephones, and what came."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[str] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.came.put_nowait(data.decode())

    def subscribe(self, phones: PretendPhones, user: str, *, expires: int = 600) -> None:
        host, port = self.transport.get_extra_info("sockname")[:2]
        lines = [
            f"SUBSCRIBE {phones.uri(user)} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKx",
            "From: <sip:us@127.0.0.1>;tag=ours",
            f"To: <{phones.uri(user)}>",
            f"Call-ID: watch-{user}",
            "CSeq: 1 SUBSCRIBE",
            f"Contact: <sip:us@{host}:{port}>",
            "Event: dialog",
            f"Expires: {expires}",
            "Content-Length: 0",
            "",
            "",
        ]
        self.transport.sendto("\r\n".join(lines).encode(), ("127.0.0.1", phones.port))

    async def notice(self) -> str:
        """Return the next NOTIFY; answers are let pass."""
        async with asyncio.timeout(10):
            while not (message := await self.came.get()).startswith("NOTIFY "):
                pass
        return message

    async def line(self) -> LineState:
        """Return what the next NOTIFY says of the line, as our own reader takes it."""
        body = (await self.notice()).partition("\r\n\r\n")[2]
        dialogs = Dialogs().after(read_dialog_document(body.encode()))
        assert dialogs is not None
        return dialogs.line


@asynccontextmanager
async def watching() -> AsyncIterator[Watching]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Watching, local_addr=("127.0.0.1", 0))
    protocol.transport = transport
    yield protocol
    transport.close()


async def nobody(_: str) -> bool:
    return False


async def everybody(_: str) -> bool:
    return True


async def test_who_subscribes_is_told_at_once_and_of_each_change() -> None:
    async with PretendPhones(nobody) as phones, watching() as watcher:
        watcher.subscribe(phones, "2001")
        assert await watcher.line() is LineState.FREE
        phones.talk("2002")
        phones.talk("2001")
        assert await watcher.line() is LineState.IN_CALL
        phones.hang_up("2001")
        assert await watcher.line() is LineState.FREE


async def test_a_subscription_is_answered_with_its_length_and_ended_by_none() -> None:
    async with PretendPhones(nobody) as phones, watching() as watcher:
        watcher.subscribe(phones, "2001", expires=120)
        answer = await watcher.came.get()
        assert answer.startswith("SIP/2.0 200 OK")
        assert "Expires: 120" in answer
        assert "Subscription-State: active;expires=1" in await watcher.notice()
        watcher.subscribe(phones, "2001", expires=0)
        assert "Subscription-State: terminated" in await watcher.notice()
        phones.talk("2001")
        phones.hang_up("2001")
        assert watcher.came.qsize() <= 1


@pytest.mark.parametrize("people", [1, 3, 40])
async def test_a_few_of_those_who_are_in_talk_and_later_others(people: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kalenderkoppling.composition.demo.office.TURN_SECONDS", 0.0)
    names = [str(2000 + number) for number in range(people)]
    office = Office([someone(PersonId(each), each, extension=each) for each in names])
    monkeypatch.setattr(office, "_answers", everybody)
    told: list[tuple[str, str]] = []
    stopping = asyncio.Event()

    def note(verb: str, user: str) -> None:
        told.append((verb, user))
        if len(told) >= ENOUGH:
            stopping.set()

    monkeypatch.setattr(office.phones, "talk", partial(note, "talks"))
    monkeypatch.setattr(office.phones, "hang_up", partial(note, "ends"))
    async with asyncio.timeout(10):
        await office.talk(stopping)
    talking: set[str] = set()
    for verb, user in told:
        assert (user in talking) is (verb == "ends")
        talking ^= {user}
        assert len(talking) <= max(people // 10, 1)
    assert {user for _, user in told} <= set(names)
