"""Opens the source for the settings; nothing is read yet."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import SystemRandom

import aiohttp

from kalenderkoppling.calendars.icalendar.door import DEADLINE_SECONDS, Door, FileDoor, HttpDoor
from kalenderkoppling.calendars.icalendar.place import PathTemplate, UrlTemplate
from kalenderkoppling.calendars.icalendar.reach import CheckedResolver, Reach
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.calendars.icalendar.source import IcalendarFiles
from kalenderkoppling.calendars.retry_after import Jitter
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.settings.part import Secret

AT_ONCE = 32
"""Connections at once: as many as mailboxes are read at once, so that no read waits for one within its deadline."""

_CHANCE = SystemRandom()


@asynccontextmanager
async def open_files(
    settings: Icalendar,
    clock: Clock,
    *,
    jitter: Jitter = _CHANCE.random,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> AsyncIterator[IcalendarFiles]:
    """Open the source in the running event loop.

    Raises:
        InvalidValueError: neither or both of `url` and `file` are set, or a value does not fit.
    """
    if (settings.url is None) == (not settings.file):
        raise InvalidValueError("icalendar: name url or file, not both and not neither")
    if settings.url is None:
        yield IcalendarFiles(FileDoor(PathTemplate(settings.file)))
        return
    template = UrlTemplate(settings.url.read() if isinstance(settings.url, Secret) else settings.url)
    reach = Reach(settings.networks)
    trust: ssl.SSLContext | bool = ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else True
    connector = aiohttp.TCPConnector(
        limit=AT_ONCE, ssl=trust, resolver=CheckedResolver(reach, only_listed=not template.is_encrypted)
    )
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        door: Door = HttpDoor(
            template, reach, session, clock, jitter, login=_login(settings), deadline_seconds=deadline_seconds
        )
        yield IcalendarFiles(door)


def _login(settings: Icalendar) -> str | None:
    """Return the Authorization header, None without a login."""
    if bool(settings.user) != (settings.password is not None) or ":" in settings.user:
        raise InvalidValueError("icalendar: user and password go together, and a user has no colon")
    if settings.password is None:
        return None
    return aiohttp.encode_basic_auth(settings.user, settings.password.read(), encoding="utf-8")
