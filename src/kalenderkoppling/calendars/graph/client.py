"""The HTTP client of Graph: it reads, and writes nothing but subscriptions (S-5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.refusal import refusal
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.calendars.retry_after import Jitter
from kalenderkoppling.domain.errors import (
    BlockedReason,
    InvalidValueError,
    MailboxBlockedError,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.ports.clock import Clock

PREFER = 'outlook.timezone="UTC", IdType="ImmutableId"'
"""Sent with every request, also for next pages: their links do not keep it."""

BYTES_AT_MOST = 32 * 1024 * 1024
DEADLINE_SECONDS = 30.0
AT_ONCE = 32

_UNAUTHORIZED = 401
_REFUSED_FROM = 300


def user_segment(mailbox: str) -> str:
    """Return a mailbox's id or address as one segment of a path.

    Raises:
        MailboxBlockedError: NOT_FOUND: it cannot be the name of a mailbox.
    """
    if not mailbox.strip("./ "):
        raise MailboxBlockedError(BlockedReason.NOT_FOUND)
    return quote(mailbox, safe="@")


class Verb(StrEnum):
    """The methods used with Graph; all but GET only under /subscriptions."""

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class GraphClient:
    """Sends requests to Graph with a token, a deadline and limits; refusals are raised as our errors.

    Raises (all verbs): ReadFailedError, MailboxBlockedError, PausedError, as `refusal` says.
    """

    def __init__(
        self,
        connection: Connection,
        session: aiohttp.ClientSession,
        sign_in: SignIn,
        clock: Clock,
        jitter: Jitter,
        *,
        at_once: int = AT_ONCE,
        deadline_seconds: float = DEADLINE_SECONDS,
        bytes_at_most: int = BYTES_AT_MOST,
    ) -> None:
        self.base = URL(connection.base_url.rstrip("/"), encoded=True)
        self._proxy = connection.proxy
        self._session = session
        self._sign_in = sign_in
        self._clock = clock
        self._jitter = jitter
        self._turn = asyncio.Semaphore(at_once)
        self._deadline = aiohttp.ClientTimeout(total=deadline_seconds)
        self._bytes_at_most = bytes_at_most

    async def read(self, url: URL) -> bytes:
        """Return the body of an answer to GET."""
        return (await self._ask(Verb.GET, url, None)).body

    async def subscribe(self, wish: Mapping[str, str]) -> bytes:
        """Create a subscription."""
        return (await self._ask(Verb.POST, self._subscriptions, wish)).body

    async def renew(self, subscription_id: str, wish: Mapping[str, str]) -> bytes:
        """Renew a subscription."""
        return (await self._ask(Verb.PATCH, self._subscription(subscription_id), wish)).body

    async def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription."""
        await self._ask(Verb.DELETE, self._subscription(subscription_id), None)

    @property
    def _subscriptions(self) -> URL:
        return self.base / "subscriptions"

    def _subscription(self, subscription_id: str) -> URL:
        if not subscription_id or not subscription_id.replace("-", "").isalnum() or not subscription_id.isascii():
            raise InvalidValueError("a subscription's id is made of letters, digits and hyphens")
        return self._subscriptions / subscription_id

    async def _ask(self, verb: Verb, url: URL, wish: Mapping[str, str] | None) -> _Answer:
        """Send a request, and once more with a new token after a 401."""
        self._guard(verb, url)
        async with self._turn:
            token = await self._sign_in.token()
            answer = await self._send(verb, url, wish, token)
            if answer.status == _UNAUTHORIZED:
                self._sign_in.forget(token)
                answer = await self._send(verb, url, wish, await self._sign_in.token())
        if answer.status >= _REFUSED_FROM:
            raise refusal(
                answer.status,
                answer.headers,
                answer.body,
                now=self._clock.now(),
                jitter=self._jitter,
                subscribing=verb is not Verb.GET,
            )
        return answer

    def _guard(self, verb: Verb, url: URL) -> None:
        """Refuse to send a token to another host, or to write to anything but subscriptions."""
        if url.origin() != self.base.origin():
            raise ReadFailedError(ReadProblem.MALFORMED, "a link to another host than Graph")
        if verb is not Verb.GET and self._subscriptions.raw_path not in {url.raw_path, url.parent.raw_path}:
            raise InvalidValueError("nothing but subscriptions is ever written to Graph")

    async def _send(self, verb: Verb, url: URL, wish: Mapping[str, str] | None, token: str) -> _Answer:
        headers = {"Authorization": f"Bearer {token}", "Prefer": PREFER, "Accept": "application/json"}
        if wish is not None:
            headers["Content-Type"] = "application/json"
        began = False
        try:
            async with self._session.request(
                verb,
                url,
                headers=headers,
                data=msgspec.json.encode(wish) if wish is not None else None,
                allow_redirects=False,
                timeout=self._deadline,
                proxy=self._proxy,
            ) as response:
                began = True
                body = await self._body(response)
                return _Answer(status=response.status, headers=response.headers, body=body)
        except TimeoutError:
            raise ReadFailedError(ReadProblem.UNREACHABLE, "no complete answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            # Only the type of the error: aiohttp's messages contain addresses, which name people.
            problem = ReadProblem.CUT_SHORT if began else ReadProblem.UNREACHABLE
            raise ReadFailedError(problem, type(error).__name__) from None

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._bytes_at_most:
                raise ReadFailedError(ReadProblem.MALFORMED, "the answer is too large")
            parts.append(part)
        return b"".join(parts)
