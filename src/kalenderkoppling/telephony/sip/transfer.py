"""A transfer by REFER (RFC 3515), with its progress by NOTIFY; the call stays with us until it has succeeded.

The stack's own transfer hangs up as soon as REFER is accepted, and answers the NOTIFY with 500.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipReferredBy import SipReferredBy
from sippy.SipReferTo import SipReferTo

from kalenderkoppling.domain.errors import CallOverError, InvalidValueError
from kalenderkoppling.telephony.sip.address import read_uri
from kalenderkoppling.telephony.sip.dialog import Dialog
from kalenderkoppling.telephony.sip.stack_headers import StackAddress, StackUri

LONGEST_PROGRESS = timedelta(minutes=2)
"""How long a transfer may ring once the exchange has reported ringing."""

LAST_WORD_SECONDS = 0.5
"""How long to wait for the second of two related messages: the result of a transfer, and the BYE of the caller's side.

Asterisk sends NOTIFY 503 and then BYE; others send them in the other order.
"""

_STATUS = re.compile(r"SIP/2\.0[ \t]+([1-6][0-9]{2})")
_STATE = re.compile(r"[ \t]*terminated[ \t]*(?:;(.*))?", re.IGNORECASE)
_REFUSING = re.compile(r"(?:^|;)[ \t]*reason[ \t]*=[ \t]*(?:rejected|giveup|probation)\b", re.IGNORECASE)
_PROVISIONAL, _REFUSED, _DECLINED = 200, 300, 603


class Transferred(StrEnum):
    """How a transfer went."""

    THROUGH = "through"
    """The exchange has connected the caller."""
    REFUSED = "refused"
    """The exchange does not transfer; the caller is with us."""
    FAILED = "failed"
    """The exchange accepted the transfer, which failed; as far as is known the caller is with us."""
    LOST = "lost"
    """The exchange accepted the transfer, which failed, and has ended the caller's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One report on a transfer: a status, None where there is none; `is_last` ends the subscription."""

    status: int | None
    is_last: bool = False


class Transfer:
    """One attempt to have the exchange transfer a call."""

    def __init__(self, dialog: Dialog, patience: timedelta) -> None:
        self._dialog = dialog
        self._patience = patience.total_seconds()
        self._news: asyncio.Queue[News] = asyncio.Queue()

    async def carry_out(self, target: str, over: asyncio.Event) -> Transferred:
        """Send REFER and wait for the result.

        Raises:
            CallOverError: the call ended before the exchange had accepted.
        """
        try:
            uri = read_uri(target)
        except InvalidValueError:
            return Transferred.REFUSED  # The target is not an address.
        if uri.scheme not in {"sip", "sips", "tel"}:
            return Transferred.REFUSED
        self._dialog.on_fragment = self._take_fragment
        ending: asyncio.Future[bool] = asyncio.ensure_future(_is_set(over))
        try:
            self._ask(StackUri(uri))
            accepted = await self._next(ending, self._patience)
            if accepted is None and over.is_set():
                raise CallOverError
            if accepted is None or (accepted.status or _DECLINED) >= _REFUSED:
                return Transferred.REFUSED
            return await self._goes_through(ending)
        finally:
            ending.cancel()
            self._dialog.on_fragment = None

    def _ask(self, url: Any) -> None:  # noqa: ANN401 - the stack's own type
        request = self._dialog.genRequest("REFER")
        request.appendHeader(SipHeader(name="refer-to", body=SipReferTo(address=StackAddress(url=url))))
        by = StackAddress(url=self._dialog.lUri.getUrl())
        request.appendHeader(SipHeader(name="referred-by", body=SipReferredBy(address=by)))
        self._dialog.newTransaction(request, resp_cb=self._take_response)

    async def _goes_through(self, ending: asyncio.Future[bool]) -> Transferred:
        """Follow the reports to the last; only a final 2xx, or a BYE of our side without any failure, is success."""
        patience = self._patience
        while True:
            news = await self._next(ending, patience)
            if news is None and ending.done():
                return await self._ended()
            if news is None:
                return Transferred.FAILED
            if news.status is not None and news.status >= _PROVISIONAL:
                return await self._told(news.status, ending)
            # No status in the last report: an exchange that sends BYE to our side has connected the caller.
            patience = self._patience if news.is_last else LONGEST_PROGRESS.total_seconds()

    async def _told(self, status: int, ending: asyncio.Future[bool]) -> Transferred:
        """Return the result of a final status: after a failure, some exchanges end the caller's side as well."""
        if status < _REFUSED:
            return Transferred.THROUGH
        await asyncio.wait([ending], timeout=LAST_WORD_SECONDS)
        return Transferred.LOST if ending.done() else Transferred.FAILED

    async def _ended(self) -> Transferred:
        """Return the result where our side has ended: unless a failure is reported, the caller is connected."""
        try:
            async with asyncio.timeout(LAST_WORD_SECONDS):
                while (status := (await self._news.get()).status or 0) < _PROVISIONAL:
                    pass
        except TimeoutError:
            return Transferred.THROUGH
        return Transferred.THROUGH if status < _REFUSED else Transferred.LOST

    async def _next(self, ending: asyncio.Future[bool], patience: float) -> News | None:
        """Return the next report, None where the call ended or none came in time."""
        news = asyncio.ensure_future(self._news.get())
        both: list[asyncio.Future[Any]] = [news, ending]
        try:
            await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            return news.result() if news.done() else None
        finally:
            news.cancel()

    def _take_response(self, response: Any) -> None:  # noqa: ANN401 - the stack's own type
        code = int(response.getSCode()[0])
        if code >= _PROVISIONAL:
            self._news.put_nowait(News(status=code))

    def _take_fragment(self, fragment: str, state: str) -> None:
        self._news.put_nowait(read_news(fragment, state))


def read_news(fragment: str, state: str) -> News:
    """Read a NOTIFY of a transfer: its body (a status line, RFC 3515, section 2.4.5) and its Subscription-State.

    One that terminates without a final status is a failure if its reason says so (RFC 6665, section 4.1.3).
    """
    found = _STATUS.match(fragment.strip())
    status = int(found[1]) if found else None
    ended = _STATE.fullmatch(state)
    is_final = status is not None and status >= _PROVISIONAL
    if ended is not None and not is_final and _REFUSING.search(ended[1] or ""):
        status = _DECLINED
    return News(status=status, is_last=ended is not None)


async def _is_set(event: asyncio.Event) -> bool:
    return await event.wait()
