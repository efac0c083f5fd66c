"""Pushes decisions to a Kamailio: items of a hash table, each with an expiry, by JSON-RPC over HTTP.

Source: Kamailio 5.6, modules htable (RPC commands), jsonrpcs and core.uptime; what the documents leave open was tried
on Debian's 5.6.3. `htable.setxs` sets value and expiry atomically, so that no item is without one. An item that is set
for n seconds expires after n to n + 1: Kamailio compares whole seconds of its own clock. It ignores seconds that are
not a JSON number. It does not answer JSON-RPC batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from math import floor

import aiohttp
import msgspec

from kalenderkoppling.domain.errors import EdgeUnavailableError
from kalenderkoppling.ports.edge import EdgeReferral

DEADLINE_SECONDS = 2.0
AT_ONCE = 4
"""How many requests are in progress at once: as many as Kamailio has TCP workers."""

_NOT_FOUND = 404
_A_MILLISECOND = timedelta(milliseconds=1)
_DIRECT = "direct"

_Param = str | int


class _Refusal(msgspec.Struct, frozen=True):
    code: int


class _Answer(msgspec.Struct, frozen=True):
    """A JSON-RPC 2.0 response; what the result means depends on the method."""

    id: int
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _Refusal | None = None


class _Uptime(msgspec.Struct, frozen=True):
    up_since: str


class KamailioEdge:
    """A Kamailio at `rpc_url`; `table` is the hash table that its configuration reads."""

    def __init__(self, rpc_url: str, table: str, session: aiohttp.ClientSession) -> None:
        self._url = rpc_url
        self._table = table
        self._session = session
        self._deadline = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)

    async def put(self, referrals: Sequence[EdgeReferral]) -> None:
        """See the port."""
        now = asyncio.get_running_loop().time()
        await self._in_lanes([self._put(each, now + each.holds_for.total_seconds()) for each in referrals])

    async def remove(self, numbers: Sequence[str]) -> None:
        """See the port."""
        await self._in_lanes([self._remove(each) for each in numbers])

    async def generation(self) -> str:
        """See the port."""
        answer = await self._ask("core.uptime")
        try:
            return msgspec.json.decode(answer.result, type=_Uptime).up_since
        except (msgspec.MsgspecError, RecursionError):
            raise EdgeUnavailableError("malformed answer") from None

    async def _put(self, referral: EdgeReferral, runs_out: float) -> None:
        """Set an item that expires by `runs_out` (seconds of the loop's clock), however long the request takes."""
        clock = asyncio.get_running_loop().time
        while (seconds := floor(runs_out - clock()) - 1) >= 1:
            await self._set("htable.setxs", self._table, referral.number, _value(referral.ring), seconds)
            if clock() + seconds + 1 <= runs_out:
                return
        await self._remove(referral.number)

    async def _set(self, method: str, *params: _Param) -> None:
        answer = await self._ask(method, *params)
        if answer.error is not None:
            raise EdgeUnavailableError(f"refused with {answer.error.code}")

    async def _remove(self, number: str) -> None:
        answer = await self._ask("htable.delete", self._table, number)
        if answer.error is not None and answer.error.code != _NOT_FOUND:
            raise EdgeUnavailableError(f"refused with {answer.error.code}")

    async def _in_lanes(self, work: Sequence[Coroutine[object, object, None]]) -> None:
        """Run requests with limited concurrency; the first failure cancels the rest."""
        waiting = list(reversed(work))

        async def lane() -> None:
            while waiting:
                await waiting.pop()

        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(AT_ONCE, len(work))):
                    lanes.create_task(lane())
        except ExceptionGroup as failures:
            # Not `except*`: on Debian 12's Python 3.11.2 what is raised there is wrapped in a group.
            unavailable, others = failures.split(EdgeUnavailableError)
            if unavailable is None or others is not None:
                raise
            raise EdgeUnavailableError(str(unavailable.exceptions[0])) from None
        finally:
            for each in waiting:
                each.close()

    async def _ask(self, method: str, *params: _Param) -> _Answer:
        asked = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        try:
            # Kamailio may have closed an idle connection; the request is idempotent, so it is retried.
            try:
                body = await self._send(asked)
            except aiohttp.ServerDisconnectedError:
                body = await self._send(asked)
            return msgspec.json.decode(body, type=_Answer)
        except TimeoutError:
            raise EdgeUnavailableError("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            # Only the error's type: the library's messages quote the request.
            raise EdgeUnavailableError(type(error).__name__) from None
        except (msgspec.MsgspecError, RecursionError):
            raise EdgeUnavailableError("malformed answer") from None

    async def _send(self, asked: bytes) -> bytes:
        if self._session.closed:
            raise EdgeUnavailableError("shutting down")
        async with self._session.post(
            self._url,
            data=asked,
            headers={"Content-Type": "application/json"},
            timeout=self._deadline,
            allow_redirects=False,
        ) as response:
            return await response.read()


def _value(ring: timedelta | None) -> str:
    """Return the value that the configuration reads: `direct`, or `open:` and the ring time in milliseconds."""
    return _DIRECT if ring is None else f"open:{max(round(ring / _A_MILLISECOND), 1)}"
