"""The pretend Outlook as a server on loopback: start it and open its address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from kalenderkoppling.sandbox.company import CompanyPerson
from kalenderkoppling.sandbox.outlook.grid import grid_css
from kalenderkoppling.sandbox.outlook.guard import add_headers, guarded
from kalenderkoppling.sandbox.outlook.render import CardAddress, Renderer
from kalenderkoppling.sandbox.outlook.routes import Routes
from kalenderkoppling.sandbox.world import World

_HOST = "127.0.0.1"
_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY_BYTES = 1024 * 1024


class OutlookPage:
    """A week calendar of each pretend person, with forms that book, move, hide and delete.

    Use it as `async with OutlookPage(world, people, clock) as outlook:` and open `outlook.url`.

    Args:
        world: Whose calendars are shown and changed, by its own methods only.
        people: Who can be chosen; each has a mailbox in the world.
        clock: The present, aware: which day is today. Normally the world's own clock.
        directory_url: Address of the product's directory, without a trailing slash; None leaves the link out.
        card_url: Returns the address of a person's card by user id; `{directory_url}/people/{user id}` if None.
        port: On 127.0.0.1; 0 takes any free one.
    """

    def __init__(
        self,
        world: World,
        people: Sequence[CompanyPerson],
        clock: Callable[[], datetime],
        *,
        directory_url: str | None = None,
        card_url: CardAddress | None = None,
        port: int = 0,
    ) -> None:
        if card_url is None and directory_url is not None:
            card_url = _cards_below(directory_url)
        self._routes = Routes(world, people, clock, Renderer(world, people, clock, card_url))
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT/`: the first page, once it is started."""
        return f"http://{_HOST}:{self._port}/"

    def url_of(self, user_id: str) -> str:
        """Return the address of one person's calendar."""
        return f"{self.url}people/{user_id}"

    async def start(self) -> Self:
        """Listen on 127.0.0.1.

        Raises:
            OSError: the port is taken.
        """
        app = web.Application(
            middlewares=[guarded(lambda: self._port), self._routes.say_what_is_missing],
            client_max_size=_LARGEST_BODY_BYTES,
        )
        app.on_response_prepare.append(add_headers)
        self._routes.put_up(app)
        app.router.add_get("/grid.css", _grid)
        app.router.add_static("/static", _STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def _grid(_: web.Request) -> web.Response:
    return web.Response(text=grid_css(), content_type="text/css")


def _cards_below(directory_url: str) -> CardAddress:
    return lambda user_id: f"{directory_url.rstrip('/')}/people/{user_id}"
