"""A transfer by REFER (RFC 3515), told by NOTIFY how it goes; the call stays with us until it has worked.

The stack's own transfer hangs up as soon as REFER is accepted, and answers the NOTIFY with 500.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipReferredBy import SipReferredBy
from sippy.SipReferTo import SipReferTo

from kalenderkoppling.domain.errors import CallOverError, InvalidValueError
from kalenderkoppling.telephony.sip.address import read_uri
from kalenderkoppling.telephony.sip.dialog import Dialog
from kalenderkoppling.telephony.sip.stack_headers import StackAddress, StackUri

LONGEST_PROGRESS = timedelta(minutes=2)
"""How long a transfer may ring once the exchange has told that it does."""

_STATUS = re.compile(r"SIP/2\.0 +([1-6][0-9]{2})")
_PROVISIONAL, _REFUSED = 200, 300


class Transfer:
    """One attempt to have the exchange put a call through."""

    def __init__(self, dialog: Dialog, patience: timedelta) -> None:
        self._dialog = dialog
        self._patience = patience.total_seconds()
        self._news: asyncio.Queue[int] = asyncio.Queue()

    async def carry_out(self, target: str, over: asyncio.Event) -> bool:
        """Ask for the transfer and wait how it goes: True once it has worked.

        Raises:
            CallOverError: the call ended before the exchange had accepted.
        """
        try:
            uri = read_uri(target)
        except InvalidValueError:
            return False  # An address that is none leads nowhere.
        if uri.scheme not in {"sip", "sips", "tel"}:
            return False
        self._dialog.on_fragment = self._take_fragment
        ending: asyncio.Future[bool] = asyncio.ensure_future(_is_set(over))
        try:
            self._ask(StackUri(uri))
            accepted = await self._next(ending, self._patience)
            if accepted is None:
                if over.is_set():
                    raise CallOverError
                return False
            return accepted < _REFUSED and await self._goes_through(ending)
        finally:
            ending.cancel()
            self._dialog.on_fragment = None

    def _ask(self, url: Any) -> None:  # noqa: ANN401 - the stack's own type
        request = self._dialog.genRequest("REFER")
        request.appendHeader(SipHeader(name="refer-to", body=SipReferTo(address=StackAddress(url=url))))
        by = StackAddress(url=self._dialog.lUri.getUrl())
        request.appendHeader(SipHeader(name="referred-by", body=SipReferredBy(address=by)))
        self._dialog.newTransaction(request, resp_cb=self._take_response)

    async def _goes_through(self, ending: asyncio.Future[bool]) -> bool:
        """Follow the news until the last; an exchange that has accepted and then ends the call has put it through."""
        patience = self._patience
        while True:
            status = await self._next(ending, patience)
            if status is None:
                return ending.done()
            if status >= _PROVISIONAL:
                return status < _REFUSED
            patience = LONGEST_PROGRESS.total_seconds()

    async def _next(self, ending: asyncio.Future[bool], patience: float) -> int | None:
        """Return the next status, None where the call ended or nothing came in time."""
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
            self._news.put_nowait(code)

    def _take_fragment(self, fragment: str, state: str) -> None:
        found = _STATUS.match(fragment.strip())
        status = int(found.group(1)) if found else 100
        if status < _PROVISIONAL and state.lower().startswith("terminated"):
            status = 200  # No more will be told (RFC 3515, 2.4.4): it went on without a last word.
        self._news.put_nowait(status)


async def _is_set(event: asyncio.Event) -> bool:
    return await event.wait()
