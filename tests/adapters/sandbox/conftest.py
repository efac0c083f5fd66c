"""A pretend Microsoft 365 with one mailbox, on a clock that stands at Monday 2027-02-01 07:00 in Stockholm."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kalenderkoppling.sandbox import Mailbox, PretendGraph, World
from kktest.pretend import Listener, PlainClient, StandingClock, listening, plain_client


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def world(clock: StandingClock) -> World:
    return World(clock)


@pytest.fixture
def kim(world: World) -> Mailbox:
    return world.add_mailbox("kim@kommun.example", display_name="Kim Åberg")


@pytest_asyncio.fixture
async def graph(world: World) -> AsyncIterator[PretendGraph]:
    async with PretendGraph(world) as running:
        yield running


@pytest_asyncio.fixture
async def client(graph: PretendGraph) -> AsyncIterator[PlainClient]:
    async with plain_client(graph) as opened:
        yield opened


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as hook:
        yield hook
