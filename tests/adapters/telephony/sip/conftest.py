"""An endpoint on loopback, told by each test what it does with a call, and peers that call it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network
from typing import cast

import pytest

from kalenderkoppling.ports.phone import IncomingCall
from kalenderkoppling.telephony.sip import Credentials, SipExchange, SipOptions, SipPhone
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kktest.house import CountingMeter
from kktest.keeping import ACME
from kktest.sip_peer import SipPeer, sip_peer

LOOPBACK = (IPv4Network("127.0.0.0/8"),)
OPTIONS = SipOptions(
    host="127.0.0.1",
    port=0,
    exchanges=(SipExchange(name="pbx", tenant=ACME, networks=LOOPBACK),),
    no_reply=timedelta(seconds=0.5),
    transfer_reply=timedelta(seconds=0.5),
    last_words=timedelta(),
)

Take = Callable[[IncomingLeg], Awaitable[None]]


@dataclass(slots=True)
class Endpoint:
    """The endpoint under test; what a call meets is what `takes` does."""

    phone: SipPhone
    meter: CountingMeter
    takes: Take
    calls: list[IncomingLeg] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    async def take(self, call: IncomingCall) -> None:
        """Take a call as the test said."""
        leg = cast("IncomingLeg", call)
        self.calls.append(leg)
        try:
            await self.takes(leg)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.errors.append(error)
            raise


NewEndpoint = Callable[..., Endpoint]


@pytest.fixture
async def new_endpoint() -> AsyncIterator[NewEndpoint]:
    """Open endpoints, closed after the test."""
    opened: list[Endpoint] = []

    def new(takes: Take, options: SipOptions = OPTIONS) -> Endpoint:
        meter = CountingMeter()
        endpoint = Endpoint(cast("SipPhone", None), meter, takes)
        endpoint.phone = SipPhone(options, meter, endpoint.take)
        endpoint.phone.start()
        opened.append(endpoint)
        return endpoint

    yield new
    for each in opened:
        await each.phone.stop()


NewPeer = Callable[[Endpoint], Awaitable[SipPeer]]


@pytest.fixture
async def new_peer() -> AsyncIterator[NewPeer]:
    """Open peers, closed after the test."""
    opened = []

    async def new(endpoint: Endpoint) -> SipPeer:
        context = sip_peer(endpoint.phone.address)
        peer = await context.__aenter__()
        opened.append(context)
        return peer

    yield new
    for context in opened:
        await context.__aexit__(None, None, None)


LOGIN = Credentials(user="trunk", password="correct horse")
