"""Opens the connection to a tenant: all parts of this package on one HTTP session and one sign-in."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from random import SystemRandom

import aiohttp

from kalenderkoppling.calendars.graph.check import GraphCheck
from kalenderkoppling.calendars.graph.client import AT_ONCE, DEADLINE_SECONDS, GraphClient
from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.notices import GraphNotices
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.calendars.graph.source import GraphCalendar
from kalenderkoppling.calendars.retry_after import Jitter
from kalenderkoppling.ports.clock import Clock

_CHANCE = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One tenant's connection; `close` it in the event loop that opened it."""

    calendar: GraphCalendar
    notices: GraphNotices
    check: GraphCheck
    sign_in: SignIn
    session: aiohttp.ClientSession

    async def close(self) -> None:
        """Close all connections."""
        await self.session.close()
        self.sign_in.close()


async def open_graph(
    connection: Connection,
    clock: Clock,
    *,
    jitter: Jitter = _CHANCE.random,
    at_once: int = AT_ONCE,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Graph:
    """Open a tenant's connection inside the running event loop; no request is sent yet."""
    trust: ssl.SSLContext | bool = ssl.create_default_context(cafile=connection.ca_file) if connection.ca_file else True
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=at_once, ssl=trust),
        # Graph's cookies are not stored: requests for different mailboxes must not affect each other.
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    sign_in = SignIn(connection, clock, jitter)
    client = GraphClient(
        connection, session, sign_in, clock, jitter, at_once=at_once, deadline_seconds=deadline_seconds
    )
    calendar = GraphCalendar(client)
    return Graph(
        calendar=calendar,
        notices=GraphNotices(client),
        check=GraphCheck(sign_in, calendar, clock),
        sign_in=sign_in,
        session=session,
    )
