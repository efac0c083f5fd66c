"""The telephone system (ports.phone) over SIP: incoming calls, outgoing calls, joined sides."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import Any, cast

import structlog
from sippy.SipGenericHF import SipGenericHF
from sippy.SipHeader import SipHeader

from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.phone import CallLeg, IncomingCall, OutgoingCall, Refusal, SessionDescription
from kalenderkoppling.telephony.sip.body import SESSION
from kalenderkoppling.telephony.sip.door import Door
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kalenderkoppling.telephony.sip.leg import Leg
from kalenderkoppling.telephony.sip.liveness import until_one_is_gone
from kalenderkoppling.telephony.sip.options import SipExchange, SipOptions
from kalenderkoppling.telephony.sip.outgoing import OutgoingLeg
from kalenderkoppling.telephony.sip.stack import SipStack

TakeCall = Callable[[IncomingCall], Awaitable[None]]

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}")

_log = structlog.get_logger("sip")


class SipPhone:
    """Takes calls from exchanges, each in a task of its own; see `ports.phone.Phone`."""

    def __init__(self, options: SipOptions, meter: Meter, take_call: TakeCall) -> None:
        self._options = options
        self._meter = meter
        self._take_call = take_call
        self._door = Door(options, monotonic, lambda: meter.count(Count.CALLS_REFUSED, "stranger"))
        self._calls: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self.stack = SipStack(options, self._door, self._take_invite)

    @property
    def address(self) -> tuple[str, int]:
        """The address that is listened on."""
        return self.stack.address

    @property
    def calls(self) -> int:
        """How many calls are in progress."""
        return len(self._calls)

    def exchange(self, name: str) -> SipExchange:
        """Return an exchange by its name.

        Raises:
            KeyError: there is none of that name.
        """
        return {each.name: each for each in self._options.exchanges}[name]

    def start(self) -> None:
        """Begin to take calls, in the running loop.

        Raises:
            InvalidValueError: the address is not this machine's, or the port is taken.
        """
        self.stack.start()

    async def stop(self) -> None:
        """End all calls, refuse new ones, and stop listening when the other sides have answered.

        A side that does not answer is waited for `last_words` at most.
        """
        self._is_stopping = True
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self.stack.settle(self._options.last_words)
        self.stack.stop()

    def dial(self, target: str, offer: SessionDescription | None, *, on_behalf_of: IncomingCall) -> OutgoingCall:
        """Call a SIP address on behalf of an incoming call."""
        return OutgoingLeg(self.stack, target, offer, cast("IncomingLeg", on_behalf_of))

    async def join(self, caller: CallLeg, other: CallLeg, confirmed: SessionDescription | None = None) -> None:
        """Pass events between two sides; return when the call is over.

        `confirmed` is the caller's answer, where the offer was the other side's.
        """
        this, that = cast("Leg", caller), cast("Leg", other)
        for leg in (this, that):
            if isinstance(leg, OutgoingLeg):
                leg.confirm(confirmed)
        if this.is_over or that.is_over:
            this.hang_up()
            that.hang_up()
            return
        this.join(that)
        that.join(this)
        try:
            await self._talk(this, that)
        finally:
            this.join(None)
            that.join(None)
            this.hang_up()
            that.hang_up()

    async def _talk(self, this: Leg, that: Leg) -> None:
        """Return when both sides have ended, or one of them is gone without a BYE."""
        options = self._options
        vanishing = asyncio.ensure_future(
            until_one_is_gone((this.dialog, that.dialog), options.alive_every, options.alive_reply)
        )
        ending = asyncio.ensure_future(_both_over(this, that))
        try:
            await asyncio.wait([vanishing, ending], return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                self._meter.count(Count.CALLS_FAILED, "vanished")
        finally:
            vanishing.cancel()
            ending.cancel()

    def _take_invite(self, request: Any, transaction: Any, exchange: SipExchange) -> Any:  # noqa: ANN401 - the stack's own types
        """Accept an exchange's call, or refuse it: (response, when cancelled, when not confirmed)."""
        refusal = self._unfit(request)
        if refusal is not None:
            return refusal, None, None
        leg = IncomingLeg(self.stack, exchange, request)
        answered = leg.dialog.recvRequest(request, transaction)
        task = asyncio.get_running_loop().create_task(self._carry(leg))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return answered

    def _unfit(self, request: Any) -> Any:  # noqa: ANN401 - the stack's own type
        """Return the refusal of a request that cannot become a call (RFC 3261, 8.2.2, 16.3), or None."""
        if self._is_stopping:
            return request.genResponse(503, "Service Unavailable")
        if len(self._calls) >= self._options.most_calls:
            self._meter.count(Count.CALLS_REFUSED, "too_many")
            return request.genResponse(503, "Service Unavailable")
        if request.countHFs("max-forwards") and request.getHFBody("max-forwards").getNum() <= 0:
            return request.genResponse(483, "Too Many Hops")
        if request.countHFs("require"):
            response = request.genResponse(420, "Bad Extension")
            wanted = ", ".join(_tokens(each.body for each in request.getHFs("require")))
            response.appendHeader(SipHeader(name="unsupported", body=SipGenericHF(wanted, name="unsupported")))
            return response
        if not _has_contact(request):
            return request.genResponse(400, "Bad Request - Contact cannot be called")
        body = request.getBody()
        is_packed = any(each not in {"", "identity"} for each in _tokens(_bodies(request, "content-encoding")))
        if body is not None and (body.getType() != SESSION or is_packed):
            response = request.genResponse(415, "Unsupported Media Type")
            response.appendHeader(SipHeader(name="accept", body=SipGenericHF("application/sdp", name="accept")))
            return response
        return None

    async def _carry(self, leg: IncomingLeg) -> None:
        """Handle a call to its end; whatever fails, the caller's side is ended too (S-13)."""
        try:
            await self._take_call(leg)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - one call's trouble is no other's
            self._meter.count(Count.CALLS_FAILED, type(error).__name__)
            _log.error("call_failed", error=type(error).__name__)
        finally:
            if not leg.is_over:
                if leg.dialog.isConnected():
                    leg.hang_up()
                else:
                    leg.refuse(Refusal.SERVICE_UNAVAILABLE)


def _has_contact(request: Any) -> bool:  # noqa: ANN401 - the stack's own type
    """Tell whether a request has a usable Contact: a host, or a number, which is reached by its source address."""
    if not request.countHFs("contact") or request.getHFBody("contact").asterisk:
        return False
    url = request.getHFBody("contact").getUrl()
    return bool(url.host) or url.scheme == "tel"


def _bodies(request: Any, name: str) -> list[str]:  # noqa: ANN401 - the stack's own type
    return [str(each.body) for each in request.getHFs(name)]


def _tokens(bodies: Iterable[object]) -> list[str]:
    """Return the tokens of headers that list tokens; other elements are ignored."""
    words = (each.strip().lower() for body in bodies for each in str(body).split(","))
    return [each for each in words if _TOKEN.fullmatch(each)]


async def _both_over(this: Leg, that: Leg) -> None:
    await this.over()
    await that.over()
