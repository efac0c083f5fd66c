"""The web server: uvicorn, made to end live streams when it stops instead of waiting for their readers."""

from __future__ import annotations

import socket

import uvicorn
from litestar import Litestar

from kalenderkoppling.surfaces.web.shell import Shell


class WebServer(uvicorn.Server):
    """Serves an application of `create_app`; `port` 0 takes a free one, told by `bound_port` once it has started."""

    def __init__(self, app: Litestar, *, host: str, port: int, proxied: bool = False) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=proxied,
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)
        shell = app.state.shell
        if not isinstance(shell, Shell):
            raise TypeError
        self._streams = shell.streams

    @property
    def bound_port(self) -> int:
        """The port that was taken."""
        port = self.servers[0].sockets[0].getsockname()[1]
        return int(port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: the streams end at once with a last word, then the rest."""
        self._streams.stop()
        await super().shutdown(sockets)
