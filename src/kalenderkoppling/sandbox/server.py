"""The pretend Graph as a server on loopback: start it, point the product at it, and inspect its journal."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from kalenderkoppling.sandbox.courier import Courier
from kalenderkoppling.sandbox.doors import Doors
from kalenderkoppling.sandbox.faults import FaultPlan
from kalenderkoppling.sandbox.gate import Gate, Limits
from kalenderkoppling.sandbox.journal import Journal
from kalenderkoppling.sandbox.subscriptions import SubscriptionBook
from kalenderkoppling.sandbox.tls import LoopbackCertificate
from kalenderkoppling.sandbox.tokens import Application, TokenOffice
from kalenderkoppling.sandbox.view import PageManners
from kalenderkoppling.sandbox.world import Change, World

_HOST = "127.0.0.1"
_TICK_SECONDS = 0.2


class PretendGraph:
    """Microsoft Graph v1.0, its token endpoint and its notifications, for one `World`.

    Use it as `async with PretendGraph(world) as graph:`. All times are the world's clock.

    - `base_url`: `http://127.0.0.1:PORT/v1.0`, what the product takes for `https://graph.microsoft.com/v1.0`.
    - `authority_url`: `https://127.0.0.1:PORT2/<tenant id>` for msal, with `instance_discovery=False` and
      `verify=str(graph.ca_file)`. `token_url` is the same endpoint without TLS.
    - `tokens`: applications, scope, `issue()` for a token at once, `revoke_all()`.
    - `faults`: `arm(kind, ...)`, `sow(seed, share)`, `clear()`.
    - `courier`: notifications: `delivery` (copies, lose, late_by, batched, ...), `hold`, `release`, `counts`,
      `tell_lifecycle`, `end_subscription`, `forge`. `book`: the subscriptions, and their lifetimes.
    - `journal`: requests asked, statuses, `most_at_once`. `manners`: page size and empty pages. `limits`.

    A `sleep` other than asyncio's serves the slow faults in virtual time.
    """

    def __init__(
        self,
        world: World,
        *,
        application: Application | None = None,
        port: int = 0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        clock = world.clock
        self.world = world
        self.manners = PageManners()
        self.limits = Limits()
        self.journal = Journal()
        self.faults = FaultPlan(clock)
        self.tokens = TokenOffice(clock, world.tenant_id)
        self.application = self.tokens.register(application or Application())
        self.book = SubscriptionBook(clock, lambda user: world.mailbox(user).user_id)
        self.courier = Courier(clock, world.tenant_id, self.book)
        self._gate = Gate(world, self.tokens, self.faults, self.journal, self.limits, sleep)
        self._port = port
        self._tls_port = 0
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._certificate: LoopbackCertificate | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        world.on_change(self._changed)

    # Start and stop

    async def start(self) -> Self:
        """Listen on 127.0.0.1, on the port given or any free one."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        await self.courier.start()
        app = web.Application(client_max_size=1024 * 1024)
        self._doors().put_up(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        self._port = await self._listen()
        self._certificate = LoopbackCertificate.make()
        secure = web.TCPSite(self._runner, _HOST, 0, ssl_context=self._certificate.context)
        await secure.start()
        self._tls_port = _port_of(secure)
        self._ticker = self._loop.create_task(self._tick())
        return self

    async def stop(self) -> None:
        """Stop listening, let go of notifications under way, delete the certificate."""
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        await self.courier.stop()
        self._hang_up()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._certificate is not None:
            self._certificate.remove()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # Addresses

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{_HOST}:{self._port}"

    @property
    def base_url(self) -> str:
        """In place of `https://graph.microsoft.com/v1.0`."""
        return f"{self.origin}/v1.0"

    @property
    def authority_url(self) -> str:
        """In place of `https://login.microsoftonline.com/<tenant id>`; https, as msal demands."""
        return f"https://{_HOST}:{self._tls_port}/{self.world.tenant_id}"

    @property
    def token_url(self) -> str:
        """The token endpoint without TLS, for clients that take one."""
        return f"{self.origin}/{self.world.tenant_id}/oauth2/v2.0/token"

    @property
    def ca_file(self) -> Path:
        """The certificate that clients must trust to reach `authority_url`.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._certificate is None:
            raise RuntimeError("the pretend Graph has not been started")
        return self._certificate.ca_file

    @property
    def refused_writes(self) -> int:
        """Number of requests that tried to write anything but a subscription; it must stay 0."""
        return self.journal.refused_writes

    # The service as a whole

    async def go_down(self) -> None:
        """Refuse every connection and hold notifications until `come_up`."""
        self.courier.hold()
        if self._site is not None and self._runner is not None:
            await self._site.stop()
            self._site = None
            self._hang_up()

    async def come_up(self) -> None:
        """Listen again on the same port, and deliver held notifications."""
        if self._site is None:
            await self._listen()
        self.courier.release()

    async def settle(self) -> None:
        """Wait until every notification that is due by the clock has been answered."""
        await self.courier.settle()

    # Inside

    async def _listen(self) -> int:
        if self._runner is None:
            raise RuntimeError("the pretend Graph has not been started")
        self._site = web.TCPSite(self._runner, _HOST, self._port, reuse_address=True)
        await self._site.start()
        return _port_of(self._site)

    def _doors(self) -> Doors:
        return Doors(
            world=self.world,
            gate=self._gate,
            tokens=self.tokens,
            faults=self.faults,
            journal=self.journal,
            book=self.book,
            courier=self.courier,
            manners=lambda: self.manners,
        )

    def _changed(self, change: Change) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        if threading.get_ident() == self._thread:
            self.courier.tell(change)
        else:
            self._loop.call_soon_threadsafe(self.courier.tell, change)

    def _hang_up(self) -> None:
        server = None if self._runner is None else self._runner.server
        for connection in () if server is None else server.connections:
            if connection.transport is not None:
                # An orderly close would wait for a client that keeps its TLS connection open.
                connection.transport.abort()

    async def _tick(self) -> None:
        # Late and repeated notifications fall due while nobody calls `settle` (the demo).
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.courier.flush()


def _port_of(site: web.TCPSite) -> int:
    server = site._server  # noqa: SLF001 - the only place where aiohttp keeps the port it was given
    sockets: Sequence[socket.socket] = getattr(server, "sockets", ())
    return int(sockets[0].getsockname()[1])
