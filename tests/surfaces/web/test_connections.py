"""Clients that are slow, silent or too many: each has its deadline, and nobody who asks at once waits for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.connections import ConnectionLimits, LimitedProtocol
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.server import WebServer
from kktest.waiting import settled, until
from kktest.web import TENANT, Company

PATIENCE_SECONDS = 60.0
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HALF = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
NO_LIMIT = 1_000_000.0
PATIENT = ConnectionLimits(header_seconds=NO_LIMIT, body_seconds=NO_LIMIT, write_seconds=NO_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def rest(self) -> bytes:
        """What the server still says until it ends the connection; a reset is an end, too."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                return await self.reader.read()
            return b""

    async def is_open(self) -> bool:
        """Whether a whole request is still answered on this connection that has sent half of one."""
        self.writer.write(b"Connection: close\r\n\r\n")
        return (await self.rest()).startswith(b"HTTP/1.1 200")


@asynccontextmanager
async def serving(company: Company, limits: ConnectionLimits) -> AsyncIterator[WebServer]:
    """Serve the addresses of health within the limits."""
    app = machine_app(company.core, WebOptions(tenant=TENANT), surfaces=[operations_surface()])
    server = WebServer(app, host="127.0.0.1", port=0, limits=limits)
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def connected(server: WebServer, sent: bytes = b"") -> AsyncIterator[Client]:
    """Connect, and send something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.bound_port)
    writer.write(sent)
    try:
        yield Client(reader=reader, writer=writer)
    finally:
        writer.close()


async def until_open(server: WebServer, count: int) -> None:
    """Wait until the server has as many connections."""
    await until(lambda: len(server.open_connections) == count)


@pytest.mark.parametrize("sent", [b"", HALF, b"G"])
async def test_headers_that_do_not_come_in_time_end_the_connection(company: Company, sent: bytes) -> None:
    async with (
        serving(company, ConnectionLimits(header_seconds=1.0, body_seconds=NO_LIMIT)) as server,
        connected(server, sent) as client,
    ):
        assert (await client.rest()).startswith(b"HTTP/1.1 408 ")


async def test_headers_that_trickle_do_not_move_the_deadline(company: Company) -> None:
    async with (
        serving(company, ConnectionLimits(header_seconds=1.0, body_seconds=NO_LIMIT)) as server,
        connected(server, HALF) as client,
    ):
        ended = asyncio.create_task(client.rest())
        while not ended.done():
            with contextlib.suppress(ConnectionError):
                client.writer.write(b"X: y\r\n")
                await client.writer.drain()
            await settled()
        assert b"200" not in await ended


async def test_a_body_that_does_not_come_in_time_ends_the_connection(company: Company) -> None:
    head = b"POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345"
    async with (
        serving(company, ConnectionLimits(header_seconds=NO_LIMIT, body_seconds=1.0)) as server,
        connected(server, head) as client,
    ):
        await client.rest()
        await until_open(server, 0)


async def test_a_request_that_comes_in_pieces_within_its_time_is_answered(company: Company) -> None:
    async with serving(company, PATIENT) as server, connected(server, HALF) as client:
        await until_open(server, 1)
        assert await client.is_open()


async def test_of_too_many_half_requests_the_oldest_make_room_and_whole_ones_are_answered(company: Company) -> None:
    limits = ConnectionLimits(waiting_per_address=20, header_seconds=NO_LIMIT)
    async with contextlib.AsyncExitStack() as stack, serving(company, limits) as server:
        halves = [await stack.enter_async_context(connected(server, HALF)) for _ in range(60)]
        for _ in range(5):
            async with connected(server, WHOLE) as client:
                assert (await client.rest()).startswith(b"HTTP/1.1 200 ")
        assert len(server.open_connections) <= 20
        assert await halves[0].rest() == b""
        assert await halves[-1].is_open()


async def test_the_connections_in_all_are_bounded_and_whoever_waits_longest_makes_room(company: Company) -> None:
    limits = ConnectionLimits(most=10, waiting_per_address=1_000, header_seconds=NO_LIMIT)
    async with contextlib.AsyncExitStack() as stack, serving(company, limits) as server:
        for _ in range(30):
            await stack.enter_async_context(connected(server, HALF))
        async with connected(server, WHOLE) as client:
            assert (await client.rest()).startswith(b"HTTP/1.1 200 ")
        assert len(server.open_connections) <= 10


async def test_an_upgrade_to_another_protocol_does_not_leave_the_bounds(company: Company) -> None:
    upgrade = (
        b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with serving(company, PATIENT) as server, connected(server, upgrade) as client:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert (await client.reader.readline()).startswith(b"HTTP/1.1 200 ")


async def test_a_stop_ends_a_connection_that_does_not_end_by_itself(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that was accepted after all open ones had been told to end: its socket must not outlive the loop."""
    monkeypatch.setattr(LimitedProtocol, "shutdown", lambda _: None)
    async with serving(company, PATIENT) as server, connected(server) as client:
        await until_open(server, 1)
        server.config.timeout_graceful_shutdown = 0
        server.should_exit = True
        assert await client.rest() == b""
    assert len(server.open_connections) == 0
