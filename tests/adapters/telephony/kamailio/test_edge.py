"""What goes over the wire to a Kamailio, and what becomes of answers that no Kamailio should give."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.ports.edge import EdgeReferral
from kalenderkoppling.telephony.kamailio import KamailioEdge
from kalenderkoppling.telephony.kamailio.edge import AT_ONCE
from kktest.ports import LOOPBACK, free_ports

Answer = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]
SECRET = "+46850812345"


async def well(_: dict[str, Any]) -> web.StreamResponse:
    return web.json_response({"jsonrpc": "2.0", "result": "Ok. Key set to new value.", "id": 1})


def refused(code: int, message: str = "") -> Answer:
    async def answer(_: dict[str, Any]) -> web.StreamResponse:
        said = {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": 1}
        return web.json_response(said, status=code)

    return answer


def bare(body: bytes, status: int = 200) -> Answer:
    async def answer(_: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=body, status=status)

    return answer


@dataclass(slots=True)
class Pretend:
    """Something that is asked as a Kamailio is."""

    answer: Answer = well
    asked: list[dict[str, Any]] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/json"
        asked = msgspec.json.decode(await request.read())
        self.asked.append(asked)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            return await self.answer(asked)
        finally:
            self.open_now -= 1

    @property
    def wishes(self) -> list[list[Any]]:
        return [[each["method"], *each["params"]] for each in self.asked]


@asynccontextmanager
async def edge_of(pretend: Pretend) -> AsyncIterator[KamailioEdge]:
    application = web.Application()
    application.router.add_post("/RPC", pretend.take)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        yield KamailioEdge(str(server.make_url("/RPC")), "ref", session)


HALF = timedelta(seconds=0.5)
"""What is left over of whole seconds."""


def referral(number: str = SECRET, holds_for: timedelta = timedelta(hours=1) + HALF) -> EdgeReferral:
    return EdgeReferral(number=number, holds_for=holds_for)


async def test_value_and_end_go_in_one_request_and_the_end_is_a_number() -> None:
    async with edge_of(pretend := Pretend()) as edge:
        await edge.put(
            [referral(), EdgeReferral(number="1234", holds_for=timedelta(minutes=1) + HALF, ring=timedelta(seconds=15))]
        )
    first, second = sorted(pretend.asked, key=lambda each: str(each["params"][1]))
    assert first == {"jsonrpc": "2.0", "id": 1, "method": "htable.setxs", "params": ["ref", SECRET, "direct", 3599]}
    assert second["params"] == ["ref", "1234", "open:15000", 59]


async def test_what_holds_for_less_than_two_seconds_is_taken_away() -> None:
    async with edge_of(pretend := Pretend()) as edge:
        await edge.put([referral(holds_for=timedelta(seconds=1.99))])
    assert pretend.wishes == [["htable.delete", "ref", SECRET]]


async def test_an_end_that_came_nearer_while_it_was_told_is_told_again() -> None:
    async def slow(asked: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(0.4 if asked["params"][-1] == 3 else 0)
        return await well(asked)

    async with edge_of(pretend := Pretend(slow)) as edge:
        await edge.put([referral(holds_for=timedelta(seconds=4.3))])
    assert [each[-1] for each in pretend.wishes] == [3, 2]


async def test_an_end_that_passed_while_it_was_told_is_taken_away() -> None:
    async def slow(asked: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        return await well(asked)

    async with edge_of(pretend := Pretend(slow)) as edge:
        await edge.put([referral(holds_for=timedelta(seconds=2.3))])
    assert [each[0] for each in pretend.wishes] == ["htable.setxs", "htable.delete"]


async def test_many_go_some_at_a_time() -> None:
    async def slow(asked: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(0.002)
        return await well(asked)

    async with edge_of(pretend := Pretend(slow)) as edge:
        await edge.put([referral(str(number)) for number in range(50)])
    assert len(pretend.asked) == 50
    assert pretend.most_open == AT_ONCE


async def test_a_number_that_is_not_there_is_removed_with_nothing_said() -> None:
    async with edge_of(Pretend(refused(404))) as edge:
        await edge.remove(["1234"])


@pytest.mark.parametrize(
    "answer",
    [
        refused(500, f"No such htable {SECRET}"),
        bare(b""),
        bare(b"", 403),
        bare(b"<html>" + SECRET.encode() + b"</html>"),
        bare(b'{"jsonrpc":"2.0","result":{\n}\n}'),
        bare(b"[]"),
        bare(b"\xff\xfe"),
        bare(b"null"),
        bare(b'{"id":1,"error":"' + SECRET.encode() + b'"}'),
        bare(b"", 302),
    ],
)
async def test_F_25_any_other_answer_is_told_as_an_edge_out_of_reach_and_names_no_number(answer: Answer) -> None:
    async with edge_of(Pretend(answer)) as edge:
        for asking in (edge.put([referral()]), edge.remove([SECRET]), edge.generation()):
            with pytest.raises(EdgeUnavailableError) as caught:
                await asking
            assert SECRET not in str(caught.value)
            assert caught.value.__cause__ is None


async def test_F_25_an_answer_that_does_not_come_is_not_waited_for() -> None:
    async def never(_: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(5)
        raise AssertionError

    async with edge_of(Pretend(never)) as edge:
        began = asyncio.get_running_loop().time()
        with pytest.raises(EdgeUnavailableError, match="no answer in time"):
            await edge.put([referral(str(number)) for number in range(100)])
        assert asyncio.get_running_loop().time() - began < 3


async def test_F_25_the_first_failure_ends_the_whole() -> None:
    async with edge_of(pretend := Pretend(refused(500))) as edge:
        with pytest.raises(EdgeUnavailableError):
            await edge.put([referral(str(number)) for number in range(1_000)])
    assert len(pretend.asked) <= 2 * AT_ONCE


async def test_F_25_nobody_there_is_told_as_an_edge_out_of_reach() -> None:
    (port,) = free_ports(1)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(EdgeUnavailableError, match=r"^[A-Za-z]+$") as caught:
            await KamailioEdge(f"http://{LOOPBACK}:{port}/RPC", "ref", session).generation()
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/RPC", "http://"])
async def test_an_address_that_is_none_is_told_as_an_edge_out_of_reach(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(EdgeUnavailableError):
            await KamailioEdge(url, "ref", session).generation()


async def test_a_session_that_was_closed_is_told_as_an_edge_out_of_reach() -> None:
    async with edge_of(Pretend()) as edge:
        await edge._session.close()
        with pytest.raises(EdgeUnavailableError):
            await edge.put([referral()])


async def test_a_connection_that_was_kept_and_closed_meanwhile_costs_nothing() -> None:
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        body = b'{"jsonrpc":"2.0","result":"Ok","id":1}'
        for turn in range(2):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break  # The client has no more to ask.
            length = int(
                next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split()[1]
            )
            await reader.readexactly(length)
            asked += 1
            if turn:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as session:
        edge = KamailioEdge(f"http://{LOOPBACK}:{port}/RPC", "ref", session)
        await edge.put([referral()])
        await edge.put([referral()])
    assert asked == 3
