"""Run servers and the worker together until the process is told to stop; then everything stops cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass

import uvicorn

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.surfaces.web.server import WebServer

START_DEADLINE_SECONDS = 30.0


class _WithoutSignals:
    """Several servers run in one process: signals are handled once, below."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PageServer(_WithoutSignals, WebServer):
    """Serves the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A server and the socket that it listens on, taken before anybody is told the address."""

    server: uvicorn.Server
    socket: socket.socket


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 takes any free one.

    Raises:
        InvalidValueError: the port is taken, or the address is not this machine's.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise InvalidValueError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listening


async def run(
    servers: Sequence[Listening],
    background: Sequence[Coroutine[object, object, None]],
    stopping: asyncio.Event,
    when_started: Callable[[], None],
) -> None:
    """Run until `stopping` is set, by a signal too, or until a part ends or fails; then stop all."""
    loop = asyncio.get_running_loop()
    for caught in (signal.SIGINT, signal.SIGTERM):
        # A test runs this in a thread, where signals cannot be caught and do not come.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(caught, stopping.set)
    parts = [asyncio.create_task(each.server.serve(sockets=[each.socket])) for each in servers]
    parts += [asyncio.create_task(each) for each in background]
    waiting = asyncio.create_task(stopping.wait())
    greeting = asyncio.create_task(_greet(servers, when_started))
    await asyncio.wait([waiting, *parts], return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    greeting.cancel()
    for each in servers:
        each.server.should_exit = True
    for result in await asyncio.gather(*parts, waiting, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


async def _greet(servers: Sequence[Listening], when_started: Callable[[], None]) -> None:
    async with asyncio.timeout(START_DEADLINE_SECONDS):
        while not all(each.server.started for each in servers):  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    when_started()
