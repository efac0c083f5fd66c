"""A pretend Asterisk as far as its REST interface tells of devices, on loopback.

Source: Asterisk's own models (rest-api/api-docs/events.json, deviceStates.json) and res_ari.c: who comes without the
right user gets 401; the websocket is /ari/events with `app`, and tells of all devices with `subscribeAll`; a second
websocket of the same application takes over, and the first hears ApplicationReplaced and nothing more, but stays
open; a device is asked for by its name as one piece of the path; one that is not there is INVALID, not 404; the list
of all devices holds those alone that the interface itself controls.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from aiohttp import WSMsgType, web

USER, PASSWORD = "kalenderkoppling", "correct horse"
REALM = 'Basic realm="Asterisk REST Interface"'


@dataclass(slots=True)
class PretendAsterisk:
    """The Asterisk; `asked` is each path and query that was asked for.

    While it `is_down` it answers 503, while it `is_stalled` it takes what comes and says nothing. `answers` sets the
    status and body for a device, `delays` how many seconds its answer takes.
    """

    devices: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    is_stalled: bool = False
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""
    _applications: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)

    @property
    def listeners(self) -> int:
        """How many websockets are open."""
        return len(self._sockets)

    async def set(self, device: str, state: str) -> None:
        """Change a device's state, and tell whoever listens."""
        if self.devices.get(device) == state:
            return
        self.devices[device] = state
        await self.tell("DeviceStateChanged", device_state={"name": device, "state": state})

    async def tell(self, kind: str, **fields: object) -> None:
        """Tell an event of any kind."""
        for name, socket in list(self._applications.items()):
            event = {
                "type": kind,
                "application": name,
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
                "asterisk_id": "00:11:22:33:44:55",
                **fields,
            }
            await self._send(socket, json.dumps(event))

    async def send(self, text: str) -> None:
        """Send any text to whoever listens."""
        for socket in list(self._applications.values()):
            await self._send(socket, text)

    async def drop(self) -> None:
        """Close all websockets, as a restart does."""
        for socket in list(self._sockets):
            await socket.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        self.asked.append(request.raw_path)
        if self.is_down:
            return web.json_response({"message": "down"}, status=503)
        if not _is_known(request):
            return web.json_response(
                {"message": "Authentication required"}, status=401, headers={"WWW-Authenticate": REALM}
            )
        path = [unquote(each) for each in request.raw_path.partition("?")[0].split("/")[1:]]
        match path:
            case ["ari", "events"]:
                return await self._listen(request)
            case ["ari", "deviceStates"]:
                ours = [{"name": n, "state": s} for n, s in self.devices.items() if n.startswith("Stasis:")]
                return web.json_response(ours)
            case ["ari", "deviceStates", device] if request.method == "GET":
                return await self._device(device)
            case _:
                return web.json_response({"message": "Resource not found"}, status=404)

    async def _device(self, device: str) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        state = self.devices.get(device, "INVALID")
        try:
            await asyncio.sleep(self.delays.get(device, 0))
        finally:
            self.at_once -= 1
        status, body = self.answers.get(device, (200, json.dumps({"name": device, "state": state})))
        return web.Response(status=status, text=body, content_type="application/json")

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        application = request.query.get("app", "")
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.json_response({"message": "Upgrade Required"}, status=426)
        if not application:
            return web.json_response({"message": "HTTP request is missing param: [app]"}, status=400)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        replaced = self._applications.pop(application, None)
        if replaced is not None:
            await self._send(replaced, json.dumps({"type": "ApplicationReplaced", "application": application}))
        if request.query.get("subscribeAll") == "true":
            self._applications[application] = socket
        self._sockets.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.PING and not self.is_stalled:
                    await socket.pong(message.data)
        finally:
            self._sockets.discard(socket)
            if self._applications.get(application) is socket:
                del self._applications[application]
        return socket

    async def _send(self, socket: web.WebSocketResponse, text: str) -> None:
        if not self.is_stalled and not socket.closed:
            await socket.send_str(text)


def _is_known(request: web.Request) -> bool:
    credentials = f"{USER}:{PASSWORD}"
    wanted = base64.b64encode(credentials.encode()).decode()
    return request.headers.get("Authorization") == f"Basic {wanted}" or request.query.get("api_key") == credentials


@asynccontextmanager
async def pretend_asterisk() -> AsyncIterator[PretendAsterisk]:
    """Run a pretend Asterisk."""
    asterisk = PretendAsterisk()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", asterisk.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    asterisk.url = f"http://{host}:{port}/ari"
    try:
        yield asterisk
    finally:
        await asterisk.drop()
        await runner.cleanup()
