"""Debian's Kamailio, with the configuration of docs/phones, keeps the promises of the port."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest

from kalenderkoppling.telephony.kamailio import KamailioEdge
from kktest.edge_contract import Bench, EdgeContract, Met
from kktest.kamailio import Kamailio, kamailio
from kktest.waiting import settled

pytestmark = pytest.mark.calls


class KamailioBench(Bench):
    def __init__(self, server: Kamailio, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.edge: KamailioEdge = KamailioEdge(server.rpc_url, "ref", session)

    async def met(self, number: str) -> Met:
        match self.server.meets(number):
            case None:
                return "phone"
            case "direct":
                return "announcement"
            case means:
                return timedelta(milliseconds=int(means.removeprefix("open:")))

    async def pass_time(self, time: timedelta) -> None:
        await settled(time.total_seconds())

    async def pull_out(self) -> None:
        self.server.stop(at_once=True)

    async def start_anew(self) -> None:
        self.server.stop(at_once=True)
        self.server.start()


@pytest.fixture(scope="module")
def server() -> Iterator[Kamailio]:
    with kamailio(phones="127.0.0.1:9", endpoint="127.0.0.1:9") as running:
        yield running


class TestKamailioEdge(EdgeContract):
    @pytest.fixture
    async def bench(self, server: Kamailio) -> AsyncIterator[Bench]:
        if server.process is None:
            server.start()
        server.rpc("htable.flush", "ref")
        async with aiohttp.ClientSession() as session:
            yield KamailioBench(server, session)
