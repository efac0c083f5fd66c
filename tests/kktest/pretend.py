"""Help for tests that talk to the pretend Microsoft 365: a clock that stands, and a plain client."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from yarl import URL

from kalenderkoppling.sandbox import PretendGraph

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY_MORNING = datetime(2027, 2, 1, 7, 0, tzinfo=STOCKHOLM)
PREFER = 'outlook.timezone="UTC", IdType="ImmutableId"'
WEEK = {"startDateTime": "2027-02-01T00:00:00Z", "endDateTime": "2027-02-08T00:00:00Z"}


@dataclass(slots=True)
class StandingClock:
    """A clock that moves only when it is told to."""

    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def advance(self, **by: float) -> None:
        """Move on; takes what timedelta takes."""
        self.now += timedelta(**by)


@dataclass(slots=True)
class Reply:
    """What the pretend Graph said."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class PlainClient:
    """Asks as a client does that does no more than it must."""

    graph: PretendGraph
    session: aiohttp.ClientSession
    headers: dict[str, str]

    async def get(self, path: str, query: Mapping[str, str] | None = None, prefer: str | None = PREFER) -> Reply:
        """GET a path below /v1.0, or a whole address as it stands."""
        url = URL(path, encoded=True) if path.startswith("http") else URL(self.graph.base_url + path)
        return await self.send("GET", str(url if query is None else url.with_query(query)), prefer=prefer)

    async def send(self, method: str, url: str, *, json: object = None, prefer: str | None = None) -> Reply:
        """Send any request to a whole address."""
        headers = {**self.headers, **({} if prefer is None else {"Prefer": prefer})}
        async with self.session.request(method, URL(url, encoded=True), json=json, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            body = await answer.json() if is_json else await answer.text()
            return Reply(answer.status, dict(answer.headers), body)

    async def view(self, user: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Read a whole calendarView, following every link with the headers it needs."""
        rows, reply = [], await self.get(f"/users/{user}/calendarView", {**WEEK, "$top": "1000", **(query or {})})
        while True:
            assert reply.status == 200, reply.body
            rows += reply.body["value"]
            if "@odata.nextLink" not in reply.body:
                return rows
            reply = await self.get(reply.body["@odata.nextLink"])


@asynccontextmanager
async def plain_client(graph: PretendGraph) -> AsyncIterator[PlainClient]:
    """Open a client with a token of the graph's own application."""
    async with aiohttp.ClientSession() as session:
        yield PlainClient(graph, session, {"Authorization": f"Bearer {graph.tokens.issue()}"})


@dataclass(slots=True)
class Listener:
    """A webhook that takes notifications and remembers them; `status` and `delay_seconds` make it a bad one."""

    url: str = ""
    status: int = 202
    repeats_token: bool = True
    delay_seconds: float = 0
    items: list[dict[str, Any]] = field(default_factory=list)
    posts: int = 0


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Run a webhook on loopback."""
    listener = Listener()

    async def hook(request: web.Request) -> web.Response:
        token = request.query.get("validationToken")
        if token is not None:
            return web.Response(text=token if listener.repeats_token else "hello")
        listener.posts += 1
        await asyncio.sleep(listener.delay_seconds)
        if listener.status < 300:
            listener.items += (await request.json())["value"]
        return web.Response(status=listener.status)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    listener.url = f"http://{host}:{port}/hook"
    try:
        yield listener
    finally:
        await runner.cleanup()
