"""Reads a mailbox from its iCalendar file; nothing of the file is kept after the look."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.icalendar.door import Answer, Door, Edition
from kalenderkoppling.calendars.icalendar.look import view_of
from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields

_KEY_BYTES = 32
_DIGEST_BYTES = 32
_BETWEEN = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    mailbox: str
    window: Interval
    zone: ZoneInfo
    fields: Fields


class IcalendarFiles:
    """The calendar source (ports.calendar.CalendarSource) over iCalendar files.

    A validator consists of a keyed digest of the arguments, one of the file's bytes, and the file's edition. The key
    is random and never leaves the process.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._digest_key = secrets.token_bytes(_KEY_BYTES)

    async def view(self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
        """Return everything that overlaps the window; see the port for the promises and errors."""
        asked = _Asked(mailbox=mailbox, window=window, zone=zone, fields=fields)
        return await self._complete(asked, await self._door.read(mailbox, Edition()))

    async def view_if_changed(
        self, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, validator: Validator
    ) -> View | None:
        """Return None where the server says that the edition is the same, or the same bytes come; see the port."""
        asked = _Asked(mailbox=mailbox, window=window, zone=zone, fields=fields)
        terms, digest = validator[:_DIGEST_BYTES], validator[_DIGEST_BYTES : 2 * _DIGEST_BYTES]
        if not hmac.compare_digest(terms, self._digest(repr(asked).encode())):
            return await self.view(mailbox, window, zone, fields)
        answer = await self._door.read(mailbox, _edition_in(validator))
        if answer.body is None or hmac.compare_digest(digest, self._digest(answer.body)):
            return None
        return await self._complete(asked, answer)

    async def _complete(self, asked: _Asked, answer: Answer) -> View:
        body = answer.body or b""
        edition = _BETWEEN.join(each.encode() for each in (answer.edition.etag, answer.edition.last_modified))
        validator = Validator(self._digest(repr(asked).encode()) + self._digest(body) + edition)
        return await asyncio.to_thread(
            view_of, body, asked.mailbox, asked.window, asked.zone, asked.fields, validator=validator
        )

    def _digest(self, of: bytes) -> bytes:
        return hmac.digest(self._digest_key, of, hashlib.sha256().name)


def _edition_in(validator: Validator) -> Edition:
    etag, _, last_modified = validator[2 * _DIGEST_BYTES :].partition(_BETWEEN)
    return Edition(etag=etag.decode(), last_modified=last_modified.decode())
