"""Reads a mailbox's file, over HTTP or from a folder, completely and within limits, or raises an error."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Protocol

import aiohttp
from yarl import URL

from kalenderkoppling.calendars.icalendar.place import PathTemplate, UrlTemplate
from kalenderkoppling.calendars.icalendar.reach import Reach
from kalenderkoppling.calendars.retry_after import Jitter, retry_after
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.ports.clock import Clock

BYTES_AT_MOST = 16 * 1024 * 1024
DEADLINE_SECONDS = 30.0

STRONG_AFTER = timedelta(seconds=60)
"""A Last-Modified younger than this at the time of the answer may miss a change (RFC 9110, section 8.8.2.2)."""

_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WAIT = frozenset({429, 503})
_SERVER_FAILED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The validators of a file (ETag, Last-Modified) for a conditional request; empty where the server sends none."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete file and its edition; `body` is None where the known edition is current."""

    body: bytes | None
    edition: Edition


class Door(Protocol):
    """Reads the file of a mailbox."""

    async def read(self, mailbox: str, known: Edition) -> Answer:
        """Return the file, unless the known edition is current. Raises: the errors of `CalendarSource.view`."""
        ...


class FileDoor:
    """Reads files of this machine."""

    def __init__(self, template: PathTemplate, *, bytes_at_most: int = BYTES_AT_MOST) -> None:
        self._template = template
        self._bytes_at_most = bytes_at_most

    async def read(self, mailbox: str, known: Edition) -> Answer:  # noqa: ARG002 - files are always read
        """See the protocol."""
        return Answer(body=await asyncio.to_thread(self._read, mailbox), edition=Edition())

    def _read(self, mailbox: str) -> bytes:
        try:
            # Not blocking: opening a pipe must not block the thread.
            handle = os.open(self._template.of(mailbox), os.O_RDONLY | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise ReadFailedError(ReadProblem.MALFORMED, "not a file")
                body = file.read(self._bytes_at_most + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise MailboxBlockedError(BlockedReason.NOT_FOUND) from None
        except PermissionError:
            raise MailboxBlockedError(BlockedReason.FORBIDDEN) from None
        except OSError as error:
            raise ReadFailedError(ReadProblem.UNREACHABLE, type(error).__name__) from None
        if len(body) > self._bytes_at_most:
            raise ReadFailedError(ReadProblem.MALFORMED, "the file is too large")
        return body


class HttpDoor:
    """Reads files over HTTP: no redirect is followed, no private address is reached that is not listed."""

    def __init__(
        self,
        template: UrlTemplate,
        reach: Reach,
        session: aiohttp.ClientSession,
        clock: Clock,
        jitter: Jitter,
        *,
        login: str | None = None,
        bytes_at_most: int = BYTES_AT_MOST,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._template = template
        self._reach = reach
        self._session = session
        self._clock = clock
        self._jitter = jitter
        self._login = login
        self._bytes_at_most = bytes_at_most
        self._deadline = aiohttp.ClientTimeout(total=deadline_seconds)

    async def read(self, mailbox: str, known: Edition) -> Answer:
        """See the protocol."""
        url = self._template.of(mailbox)
        self._guard(url)
        began = False
        try:
            async with self._session.get(
                url, headers=self._headers(known), allow_redirects=False, timeout=self._deadline
            ) as response:
                began = True
                if response.status == _NOT_MODIFIED and known:
                    return Answer(body=None, edition=known)
                if response.status != _OK:
                    raise self._refusal(response)
                body = await self._body(response)
                return Answer(body=body, edition=_edition(response.headers))
        except TimeoutError:
            raise ReadFailedError(ReadProblem.UNREACHABLE, "no complete answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Only the type of the error: the library's messages contain addresses, which name people or are secret.
            problem = ReadProblem.CUT_SHORT if began else ReadProblem.UNREACHABLE
            raise ReadFailedError(problem, type(error).__name__) from None

    def _headers(self, known: Edition) -> dict[str, str]:
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
        if self._login is not None:
            headers["Authorization"] = self._login
        if known.etag:
            headers["If-None-Match"] = known.etag
        elif known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers

    def _guard(self, url: URL) -> None:
        """Check a host that is an IP address: the resolver, which checks the others, is used for names only."""
        host = url.host or ""
        try:
            ip_address(host)
        except ValueError:
            return
        allowed = self._reach.allows(host) if self._template.is_encrypted else self._reach.is_listed(host)
        if not allowed:
            raise ReadFailedError(ReadProblem.UNREACHABLE, "the address lies in a network that is not listed")

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise ReadFailedError(ReadProblem.MALFORMED, "compressed, although identity was requested")
        parts, size = [], 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._bytes_at_most:
                raise ReadFailedError(ReadProblem.MALFORMED, "the file is too large")
            parts.append(part)
        return b"".join(parts)

    def _refusal(self, response: aiohttp.ClientResponse) -> CalendarError:
        status = response.status
        wait = retry_after(response.headers, now=self._clock.now(), jitter=self._jitter) if status in _WAIT else None
        if wait is not None:
            return PausedError(PauseScope.MAILBOX, wait)
        match status:
            case 401:
                return ReadFailedError(ReadProblem.SIGN_IN_REFUSED, str(status))
            case 403:
                return MailboxBlockedError(BlockedReason.FORBIDDEN)
            case 404 | 410:
                return MailboxBlockedError(BlockedReason.NOT_FOUND)
            case 429:
                return ReadFailedError(ReadProblem.THROTTLED, str(status))
            case _ if status in _REDIRECTS:
                return ReadFailedError(ReadProblem.MALFORMED, "the address redirects")
            case _ if status >= _SERVER_FAILED:
                return ReadFailedError(ReadProblem.SERVER_ERROR, str(status))
            case _:
                return ReadFailedError(ReadProblem.MALFORMED, str(status))


def _edition(headers: Mapping[str, str]) -> Edition:
    """Return the strong validators, which change with every change of the file (RFC 9110, 8.8.1)."""
    etag = headers.get("ETag", "")
    if etag.startswith('"') and etag.endswith('"') and len(etag) > 1 and etag.isprintable():
        return Edition(etag=etag)
    modified, answered = (_moment(headers.get(name, "")) for name in ("Last-Modified", "Date"))
    if modified is not None and answered is not None and answered - modified >= STRONG_AFTER:
        return Edition(last_modified=headers["Last-Modified"])
    return Edition()


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else None
