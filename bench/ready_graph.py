"""A Graph in a separate process that answers with prepared pages, so that its work is not measured."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from bench import pages
from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.sandbox import PretendGraph, World

PAGES = 40
"""How many different pages there are; mailbox number n gets page n modulo this."""

_MAILBOX = re.compile(rb"/users/m(\d+)@")
_START_SECONDS = 30


def mailbox(number: int) -> str:
    """Return the address of a mailbox."""
    return f"m{number}@bench.example"


def ready_pages(rows: int) -> list[bytes]:
    """Return the prepared pages."""
    return [pages.page(rows, seed=number) for number in range(PAGES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    port: int
    authority: str
    ca_file: str
    tenant_id: str
    client_id: str
    secret: str


@contextmanager
def ready_graph(rows: int) -> Iterator[Connection]:
    """Run it with pages of so many rows; yield how to connect."""
    # A fork would take this process's threads and connections along.
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    process = fresh.Process(target=_serve, args=(rows, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(_START_SECONDS):
            raise TimeoutError("the pretend Graph did not start")
        told: _Told = ours.recv()
        yield Connection(
            tenant_id=told.tenant_id,
            client_id=told.client_id,
            secret=told.secret,
            base_url=f"http://127.0.0.1:{told.port}/v1.0",
            authority=told.authority,
            ca_file=told.ca_file,
        )
    finally:
        ours.send("stop")
        process.join()


def _serve(rows: int, pipe: Pipe) -> None:
    asyncio.run(_run(rows, pipe))


async def _run(rows: int, pipe: Pipe) -> None:
    answers = [_answer(body) for body in ready_pages(rows)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(answers), "127.0.0.1", 0)
    # Signing in is the pretend Graph's own, over TLS; it happens once.
    async with PretendGraph(World(lambda: pages.NOW)) as graph, server:
        told = _Told(
            port=server.sockets[0].getsockname()[1],
            authority=graph.authority_url.rpartition("/")[0],
            ca_file=str(graph.ca_file),
            tenant_id=graph.world.tenant_id,
            client_id=graph.application.client_id,
            secret=graph.application.secret or "",
        )
        pipe.send(told)
        await asyncio.to_thread(pipe.recv)


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Answering(asyncio.Protocol):
    """Answers each request with the page of its mailbox."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            request, _, self._asked = self._asked.partition(b"\r\n\r\n")
            found = _MAILBOX.search(request)
            number = int(found[1]) if found else 0
            if isinstance(self._transport, asyncio.Transport):
                self._transport.write(self._answers[number % len(self._answers)])
