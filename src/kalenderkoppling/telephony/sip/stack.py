"""The stack's set-up: one socket, its transactions, and the routing of requests that are outside of any dialog."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sippy import SipTransactionManager as StackTransactions
from sippy.SipAllow import SipAllow
from sippy.SipConf import SipConf
from sippy.SipGenericHF import SipGenericHF
from sippy.SipHeader import SipHeader

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.telephony.sip.clock import StackClock
from kalenderkoppling.telephony.sip.door import Door
from kalenderkoppling.telephony.sip.options import USER_AGENT, SipExchange, SipOptions
from kalenderkoppling.telephony.sip.silence import COMPLAINTS, NoLog, silence_the_stack
from kalenderkoppling.telephony.sip.stack_headers import teach_the_stack
from kalenderkoppling.telephony.sip.transactions import OneSocket, Transactions

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "NOTIFY")

_LOOKS_EVERY_SECONDS = 0.02

Request = Any
"""The stack's request: it has no types."""

TakeInvite = Callable[[Request, Any, SipExchange], Any]
TakeNotify = Callable[[Request], bool]


class SipStack:
    """Owns the socket, the transactions and the clock; the stack's objects are made with its `configuration`."""

    def __init__(self, options: SipOptions, door: Door, take_invite: TakeInvite) -> None:
        self.options = options
        self._door = door
        self._take_invite = take_invite
        self._notified: dict[str, TakeNotify] = {}
        self._clock = StackClock()
        self.configuration: dict[str, Any] = {
            "_sip_address": options.host,
            "_sip_port": options.port,
            "_sip_logger": NoLog(),
        }

    @property
    def transactions(self) -> Any:  # noqa: ANN401 - the stack's own type
        """The stack's transaction manager."""
        return self.configuration["_sip_tm"]

    @property
    def address(self) -> tuple[str, int]:
        """The address that is listened on, with the port that was bound."""
        host, port = self.transactions.l4r.getServer(None).getSIPaddr()[0]
        return str(host), int(port)

    def start(self) -> None:
        """Begin to listen, in the running loop.

        Raises:
            InvalidValueError: the address is not this machine's, or the port is taken.
        """
        silence_the_stack()
        teach_the_stack()
        StackTransactions.local4remote = OneSocket
        SipConf.my_uaname = USER_AGENT
        try:
            self.configuration["_sip_tm"] = Transactions(
                self.configuration, self._take, self._door, self._notified.__contains__
            )
        except OSError as error:
            where = f"{self.options.host}:{self.options.port}"
            raise InvalidValueError(f"cannot take SIP calls on {where}: {error.strerror}") from error
        self._clock.start()

    async def settle(self, within: timedelta) -> None:
        """Wait until our requests are answered, or for this long; they are retransmitted meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                while self.transactions.awaits_answers:  # noqa: ASYNC110 - the stack tells nobody
                    await asyncio.sleep(_LOOKS_EVERY_SECONDS)

    def stop(self) -> None:
        """Stop listening; open transactions are dropped."""
        self._clock.stop()
        self.transactions.cp_timer.cancel()
        self.transactions.l4r.shutdown()

    def on_notify(self, call_id: str, take: TakeNotify | None) -> None:
        """Set the handler of a subscription's NOTIFY, by Call-ID: True is answered 200, False 481; None removes it."""
        if take is None:
            self._notified.pop(call_id, None)
        else:
            self._notified[call_id] = take

    def _take(self, request: Request, transaction: Any) -> Any:  # noqa: ANN401 - the stack's own types
        """Answer a request outside of any dialog, also one that is not supported.

        Without an answer the stack would keep its transaction for minutes (S-14).
        """
        try:
            return self._route(request, transaction)
        except Exception as error:  # noqa: BLE001 - the stack reads headers late, and raises whatever comes
            COMPLAINTS.note(type(error).__name__)
            return request.genResponse(400, "Bad Request"), None, None

    def _route(self, request: Request, transaction: Any) -> Any:  # noqa: ANN401 - the stack's own types
        """Return (response, what to do when cancelled, what to do when not confirmed)."""
        method = request.getMethod()
        if method == "NOTIFY":
            return self._notify(request)
        if request.getHFBody("to").getTag() is not None:
            return request.genResponse(481, "Call/Transaction Does Not Exist"), None, None
        if method == "INVITE":
            return self._take_invite(request, transaction, request.exchange)
        if method == "OPTIONS":
            return with_abilities(request.genResponse(200, "OK")), None, None
        if method in METHODS:
            return request.genResponse(481, "Call/Transaction Does Not Exist"), None, None
        return with_abilities(request.genResponse(405, "Method Not Allowed")), None, None

    def _notify(self, request: Request) -> Any:  # noqa: ANN401 - the stack's own types
        take = self._notified.get(str(request.getHFBody("call-id")))
        if take is not None and take(request):
            return request.genResponse(200, "OK"), None, None
        return request.genResponse(481, "Subscription Does Not Exist"), None, None


def with_abilities(response: Any) -> Any:  # noqa: ANN401 - the stack's own type
    """Add Allow and the like to a response (RFC 3261, 11.2)."""
    response.appendHeader(SipHeader(name="allow", body=SipAllow(methods=METHODS)))
    response.appendHeader(SipHeader(name="accept", body=SipGenericHF("application/sdp", name="accept")))
    return response


def plain_header(name: str, value: str) -> Any:  # noqa: ANN401 - the stack's own type
    """Return a header with an unparsed value.

    Raises:
        InvalidValueError: the value has line breaks or other control characters.
    """
    if any(each in value for each in "\r\n\x00"):
        raise InvalidValueError("a header's value is one line")
    return SipHeader(name=name, body=SipGenericHF(value, name=name))
