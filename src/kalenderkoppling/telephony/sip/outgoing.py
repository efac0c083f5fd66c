"""A call that we make: to a person's phone, or to the attendant."""

from __future__ import annotations

import asyncio
from typing import Any

from sippy.CCEvents import CCEventConnect, CCEventRing, CCEventTry
from sippy.SipFrom import SipFrom

from kalenderkoppling.domain.errors import InvalidValueError, UnansweredError
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.sip.address import Address, read_uri, sip_uri, value_of
from kalenderkoppling.telephony.sip.incoming import IncomingLeg
from kalenderkoppling.telephony.sip.leg import Leg
from kalenderkoppling.telephony.sip.options import SIP_PORT
from kalenderkoppling.telephony.sip.stack import SipStack
from kalenderkoppling.telephony.sip.stack_headers import StackAddress, StackUri

TIMED_OUT = 408
TOO_MANY_HOPS = 483
BAD_ADDRESS = 484
ENDED = 487

_ANONYMOUS = "anonymous"
"""The user of a caller whose number is hidden (RFC 3323, section 4.1)."""


class OutgoingLeg(Leg):
    """The side that we call; see `ports.phone.OutgoingCall`."""

    def __init__(
        self, stack: SipStack, target: str, offer: SessionDescription | None, on_behalf_of: IncomingLeg
    ) -> None:
        super().__init__(stack)
        self._rings = asyncio.Event()
        self._heard = asyncio.Event()
        self._answered: asyncio.Future[SessionDescription] = asyncio.get_running_loop().create_future()
        self._pending_confirmation = False
        url = _sip_url(target)
        if url is None:
            self._give_up(BAD_ADDRESS)
        elif on_behalf_of.hops <= 1:
            self._give_up(TOO_MANY_HOPS)
        else:
            self._dial(url, offer, on_behalf_of)

    async def ringing(self) -> None:
        """Return when the phone rings."""
        await self.unless_over(self._rings.wait())

    async def answered(self) -> SessionDescription:
        """Return the session description of the answering side.

        Raises:
            UnansweredError: busy, refused, redirected, or no reply in time.
        """
        patience = self.stack.options.no_reply.total_seconds()
        heard = asyncio.ensure_future(self._heard.wait())
        both: list[asyncio.Future[Any]] = [heard, self._answered]
        try:
            await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heard.cancel()
        if not self._heard.is_set() and not self._answered.done():
            self.hang_up()
            raise UnansweredError(TIMED_OUT)
        return await asyncio.shield(self._answered)

    def confirm(self, theirs: SessionDescription | None) -> None:
        """Send the ACK of an answer that was an offer (RFC 3261, 13.2.2.4), with the caller's description."""
        if self._pending_confirmation:
            self._pending_confirmation = False
            self.tell(CCEventConnect(("ACK", "ACK", None if theirs is None else self.body(theirs))))

    def hang_up(self) -> None:
        """End the call, or cancel it while it is not answered."""
        super().hang_up()
        self._settle_answer(ENDED)

    def _dial(self, url: Any, offer: SessionDescription | None, call: IncomingLeg) -> None:  # noqa: ANN401 - the stack's own type
        exchange = call.exchange
        self.dialog.setNextHop(exchange.proxy or (url.host, url.port or SIP_PORT), "udp")
        if exchange.login is not None:
            self.dialog.setAuth(exchange.login.user, exchange.login.password)
        caller = call.caller
        body = None if offer is None else self.body(offer)
        event = _Dialling((None, _ANONYMOUS, url.username, body, None, None))
        event.url = url
        host, _ = self.stack.address
        event.sender = Address(name=caller.name, uri=sip_uri(caller.number or _ANONYMOUS, host))
        event.max_forwards = call.hops - 1
        event.extra_headers = None
        self.tell(event)

    def _progressed(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        if isinstance(event, CCEventRing):
            self._heard.set()
            if event.getData()[0] > 100:  # noqa: PLR2004 - 100 says only that the exchange has it
                self._rings.set()

    def _connected(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        if self._answered.done():
            super()._connected(event)
            return
        self._heard.set()
        body = event.getData()[2]
        self._pending_confirmation = not isinstance(event, CCEventConnect)
        if body is None:
            self.hang_up()
        else:
            self._answered.set_result(SessionDescription(str(body)))

    def _failed(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        if self._answered.done():
            super()._failed(event)
            return
        data = event.getData()
        self._settle_answer(int(data[0]) if data else TIMED_OUT)
        self._end()

    def _end(self) -> None:
        super()._end()
        self._settle_answer(ENDED)

    def _give_up(self, code: int) -> None:
        self._settle_answer(code)
        self._over.set()

    def _settle_answer(self, code: int) -> None:
        self._heard.set()
        if not self._answered.done():
            self._answered.set_exception(UnansweredError(code))
            self._answered.exception()  # Retrieved, so that asyncio logs no unawaited error.


class _Dialling(CCEventTry):  # type: ignore[misc] # the stack has no types
    """The event that starts a call, with the unparsed address."""

    url: Any = None
    sender: Address

    def onUacSetupComplete(self, uac: Any) -> None:  # noqa: ANN401, N802 - the stack's name
        """Set both complete addresses in the request; the stack knows only user, host and name, unescaped."""
        tag = uac.lUri.getTag()
        uac.lUri = SipFrom(address=StackAddress.of(self.sender))
        uac.lUri.setTag(tag)
        uac.rTarget = self.url.getCopy()
        uac.rUri.getUrl().host = self.url.host
        uac.lContact.getUrl().username = "kalenderkoppling"


def _sip_url(target: str) -> Any:  # noqa: ANN401 - the stack's own type
    """Return an address in the stack's type, None if it is not a SIP address over UDP with a user."""
    try:
        found = read_uri(target)
    except InvalidValueError:
        return None
    is_udp = (value_of(found.parameters, "transport") or "udp").lower() == "udp"
    return StackUri(found) if found.scheme == "sip" and found.user and is_udp and not found.headers else None
