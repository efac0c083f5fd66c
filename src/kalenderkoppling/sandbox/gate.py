"""Middleware of every request: journal, faults, token, limits, and the form of the answer."""

from __future__ import annotations

import asyncio
import socket
import struct
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
from aiohttp import web

from kalenderkoppling.sandbox import broken, refusal
from kalenderkoppling.sandbox.faults import Door, Fault, FaultKind, FaultPlan
from kalenderkoppling.sandbox.journal import Asked, Journal, without_secrets
from kalenderkoppling.sandbox.mailbox import Blocked, Mailbox
from kalenderkoppling.sandbox.odata import Cursor
from kalenderkoppling.sandbox.refusal import Refusal
from kalenderkoppling.sandbox.row import Json
from kalenderkoppling.sandbox.tokens import Application, TokenOffice
from kalenderkoppling.sandbox.world import World

JSON_TYPE = "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An endpoint's answer before faults are applied; `encoded` is the body in bytes where it was cached."""

    body: Json | None
    encoded: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE


@dataclass(slots=True, kw_only=True)
class Limits:
    """Graph's limits per application and mailbox (concurrent requests), latency, and compression of answers."""

    at_once: int = 4
    latency: timedelta = timedelta(0)
    gzip: bool = True


Opened = Callable[[web.Request, Application, "Mailbox | None"], Awaitable[Answer]]


@dataclass(slots=True)
class Gate:
    """Wraps all endpoints of the pretend Graph."""

    world: World
    tokens: TokenOffice
    faults: FaultPlan
    journal: Journal
    limits: Limits
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def door(self, door: Door, opened: Opened) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Wrap a handler."""

        async def through(request: web.Request) -> web.StreamResponse:
            asked = Asked(
                at=self.world.clock(),
                method=request.method,
                path=request.path,
                query=dict(request.query),
                headers=without_secrets(request.headers),
            )
            self.journal.open(asked)
            response = await self._answered(request, door, opened, asked)
            self.journal.close(asked, response.status)
            return response

        return through

    async def _answered(self, request: web.Request, door: Door, opened: Opened, asked: Asked) -> web.StreamResponse:
        mailbox = self._mailbox(request)
        asked.user_id = None if mailbox is None else mailbox.user_id
        fault = self.faults.take(door, asked.user_id, _page(request))
        if fault is not None and fault.kind is FaultKind.RESET_BEFORE_ANSWER:
            _reset(request)
            return web.Response(status=499)
        await self._wait(fault)
        try:
            _refused(fault)
            answer = await self._let_in(request, door, opened, mailbox)
        except Refusal as refused:
            return self._said_no(request, refused)
        return await self._sent(request, answer, fault)

    async def _let_in(self, request: web.Request, door: Door, opened: Opened, mailbox: Mailbox | None) -> Answer:
        application = Application()
        if door is not Door.TOKEN:
            application = self.tokens.application_of(request.headers.get("Authorization"))
        if "user" not in request.match_info:
            return await opened(request, application, None)
        if mailbox is None:
            raise refusal.no_such_user(request.match_info["user"])
        self._check_mailbox(application, mailbox)
        return await self._inside(request, application, mailbox, opened)

    async def _inside(self, request: web.Request, application: Application, mailbox: Mailbox, opened: Opened) -> Answer:
        try:
            if self.journal.enter(mailbox.user_id) > self.limits.at_once:
                raise refusal.throttled(None, "Application is over its MailboxConcurrency limit.")
            if self.limits.latency:
                await self.sleep(self.limits.latency.total_seconds())
            return await opened(request, application, mailbox)
        finally:
            self.journal.leave(mailbox.user_id)

    def _check_mailbox(self, application: Application, mailbox: Mailbox) -> None:
        if not application.reaches(mailbox.user_id):
            raise refusal.access_denied()
        match mailbox.block_at(self.world.clock()):
            case Blocked.NO_SUCH_USER:
                raise refusal.no_such_user(mailbox.principal_name)
            case Blocked.ACCESS_DENIED:
                raise refusal.access_denied()
            case Blocked.NOT_ENABLED:
                raise refusal.mailbox_not_enabled()
            case None:
                return

    def _mailbox(self, request: web.Request) -> Mailbox | None:
        try:
            return self.world.mailbox(request.match_info["user"])
        except KeyError:
            return None

    async def _wait(self, fault: Fault | None) -> None:
        if fault is not None and fault.kind is FaultKind.SLOW:
            await self.sleep(fault.delay.total_seconds())

    def _said_no(self, request: web.Request, refused: Refusal) -> web.Response:
        body = refusal.error_body(refused, self.world.clock(), request.headers.get("client-request-id"))
        return web.Response(
            status=refused.status,
            body=msgspec.json.encode(body),
            headers={**_ids(request), **refused.headers, "Content-Type": "application/json"},
        )

    async def _sent(self, request: web.Request, answer: Answer, fault: Fault | None) -> web.StreamResponse:
        body, content_type = _written(request, answer, fault)
        headers = {**_ids(request), **answer.headers, "Content-Type": content_type}
        if fault is not None and fault.kind in {FaultKind.RESET_IN_BODY, FaultKind.HALF_READ_BODY}:
            return await _cut_off(request, answer.status, body, headers, reset=fault.kind is FaultKind.RESET_IN_BODY)
        response = web.Response(status=answer.status, body=body, headers=headers)
        if self.limits.gzip and body and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response


def _refused(fault: Fault | None) -> None:
    """Raise the error that a fault stands for, if any."""
    if fault is None:
        return
    seconds = None if fault.retry_after is None else int(fault.retry_after.total_seconds())
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    match fault.kind:
        case FaultKind.THROTTLED:
            raise refusal.throttled(seconds)
        case FaultKind.UNAVAILABLE:
            raise Refusal(503, "ServiceUnavailable", "The service is temporarily unavailable.", headers)
        case FaultKind.GATEWAY_TIMEOUT:
            raise Refusal(504, "UnknownError", "The server, while acting as a proxy, did not get an answer in time.")
        case FaultKind.SERVER_ERROR:
            raise Refusal(500, "InternalServerError", "Value cannot be null.\r\nParameter name: type")
        case FaultKind.UNAUTHORIZED:
            raise refusal.unauthorized()
        case FaultKind.GONE:
            raise Refusal(410, "SyncStateNotFound", "The sync state generation is not found.")
        case _:
            return


def _written(request: web.Request, answer: Answer, fault: Fault | None) -> tuple[bytes, str]:
    if answer.body is None:
        return b"", answer.content_type
    if fault is None:
        return answer.encoded or msgspec.json.encode(answer.body), answer.content_type
    if fault.kind is FaultKind.ENDLESS_LINKS:
        body = {**answer.body, "@odata.nextLink": str(request.url)}
        return msgspec.json.encode(body), answer.content_type
    return broken.spoiled(fault.kind, answer.body)


async def _cut_off(
    request: web.Request, status: int, body: bytes, headers: Mapping[str, str], *, reset: bool
) -> web.StreamResponse:
    """Announce the whole body, send half of it, and close the connection: in order, or with a reset."""
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if reset:
        _reset(request)
    elif request.transport is not None:
        request.transport.close()
    return response


def _reset(request: web.Request) -> None:
    """Close the connection with RST, as a crashed proxy does."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _page(request: web.Request) -> int:
    token = request.query.get("$skiptoken")
    if token is None:
        return 1
    try:
        return Cursor.read(token).page
    except ValueError:
        return 1


def _ids(request: web.Request) -> dict[str, str]:
    request_id = str(uuid.uuid4())
    return {
        "request-id": request_id,
        "client-request-id": request.headers.get("client-request-id", request_id),
        "Cache-Control": "private",
    }
