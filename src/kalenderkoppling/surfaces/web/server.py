"""The web server: uvicorn with limited connections; at a stop it ends live streams instead of waiting for them."""

from __future__ import annotations

import asyncio
import resource
import socket
from dataclasses import replace
from functools import partial

import uvicorn
from litestar import Litestar

from kalenderkoppling.surfaces.web.connections import ConnectionLimits, Connections, LimitedProtocol
from kalenderkoppling.surfaces.web.shell import Shell

MOST_FILE_HANDLES = 65_536


class WebServer(uvicorn.Server):
    """Serves an application of `create_app`; `port` 0 takes a free one, which `bound_port` returns after the start."""

    def __init__(
        self,
        app: Litestar,
        *,
        host: str,
        port: int,
        proxied: bool = False,
        limits: ConnectionLimits | None = None,
    ) -> None:
        self.open_connections = Connections(_within_file_handles(limits or ConnectionLimits()))
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=proxied,
            timeout_graceful_shutdown=5,
            http=partial(LimitedProtocol, self.open_connections),  # type: ignore[arg-type] # uvicorn only calls it
            ws="none",  # No WebSockets: an upgraded connection would escape the limits.
        )
        super().__init__(config)
        shell = app.state.shell
        if not isinstance(shell, Shell):
            raise TypeError
        self._streams = shell.streams

    @property
    def bound_port(self) -> int:
        """The port that was bound."""
        port = self.servers[0].sockets[0].getsockname()[1]
        return int(port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: end the streams at once with an `end` event, then the rest; abort what is left after the grace time.

        uvicorn leaves connections open that do not end in time, or that were accepted during the shutdown.
        """
        self._streams.stop()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # Sockets are closed in the next round of the event loop, which may be its last.
        await asyncio.sleep(0)


def _within_file_handles(limits: ConnectionLimits) -> ConnectionLimits:
    """Return the limits with at most a third of the file handles that this process can have as connections.

    The soft limit is raised to the hard one first: 1,024 is usual, and a process has several servers, a database and
    calls. Without a free handle no connection could be accepted, and the event loop would retry in a busy loop.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILE_HANDLES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILE_HANDLES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return replace(limits, most=min(limits.most, soft // 3))
