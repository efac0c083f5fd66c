"""One loopback address for the whole run: processes are replaced behind it, and a dead one closes connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from aiohttp import web

from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.calendar import NoticeAddress
from kalenderkoppling.scenarios.life import DiedError

Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
"""An ASGI application, as the surfaces are."""

HOST = "127.0.0.1"
_LARGEST_BODY = 2 * 1024 * 1024


class Door:
    """Passes requests to the application for a path; None stands for a process that is down."""

    def __init__(self) -> None:
        self.application_for: Callable[[str], Application] | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        self.application_for = None
        if self._runner is not None:
            await self._runner.cleanup()

    def address(self, tenant: TenantId, route: str, client_state: str) -> NoticeAddress:
        """Return the URL of a route's notices."""
        return addresses_under(self.url)(tenant, route, client_state)

    @property
    def guessed_url(self) -> str:
        """A URL of the right form that belongs to no subscription."""
        return self.address(TENANT, "guessed", "").changes_url

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.application_for is None:
            return _hung_up(request)
        try:
            return await _carried(self.application_for(request.path), request)
        except DiedError:
            return _hung_up(request)


def _hung_up(request: web.Request) -> web.Response:
    """Close the connection, as for a process that is down."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _carried(application: Application, request: web.Request) -> web.Response:
    """Send one request to an ASGI application; body and answer in one piece."""
    body = await request.read()
    unread = [{"type": "http.request", "body": body, "more_body": False}]
    answer: dict[str, Any] = {"status": 500, "headers": [], "body": b""}

    async def receive() -> Message:
        if unread:
            return unread.pop()
        await asyncio.get_running_loop().create_future()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer["status"], answer["headers"] = message["status"], message.get("headers", [])
        else:
            answer["body"] += message.get("body", b"")

    await application(_scope(request), receive, send)
    skipped = {b"content-length", b"transfer-encoding"}
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer["headers"] if k.lower() not in skipped]
    response = web.Response(status=answer["status"], body=answer["body"])
    response.headers.popall("Content-Type", None)
    for name, value in headers:
        response.headers.add(name, value)
    return response


def _scope(request: web.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.rel_url.raw_path.encode(),
        "query_string": request.rel_url.raw_query_string.encode(),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.raw_headers],
        "client": (HOST, 1),
        "server": (HOST, request.url.port),
        "state": {},
    }
