"""An incoming call: ring it, answer it, redirect it or refuse it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sippy.CCEvents import (
    CCEventConnect,
    CCEventFail,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
)

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.errors import CallOverError
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.ports.phone import Called, Refusal, SessionDescription
from kalenderkoppling.telephony.sip.address import Address, Uri, read_uri, sip_uri
from kalenderkoppling.telephony.sip.called import addresses_in, index_of, read_called, read_caller
from kalenderkoppling.telephony.sip.leg import Leg
from kalenderkoppling.telephony.sip.options import SipExchange
from kalenderkoppling.telephony.sip.stack import SipStack, plain_header
from kalenderkoppling.telephony.sip.stack_headers import StackAddress

DEFAULT_HOPS = 70
_MOST_TARGETS = 5


class IncomingLeg(Leg):
    """The caller's side; see `ports.phone.IncomingCall`."""

    def __init__(self, stack: SipStack, exchange: SipExchange, request: Any) -> None:  # noqa: ANN401 - the stack's own type
        super().__init__(stack)
        self.exchange = exchange
        self.called: Called = read_called(str(request.getRURI()), _bodies(request, "diversion"), _history(request))
        self.caller: Caller = read_caller(
            str(request.getHF("from").body),
            _bodies(request, "p-asserted-identity"),
            _bodies(request, "privacy"),
            _bodies(request, "remote-party-id"),
        )
        self.hops = request.getHFBody("max-forwards").getNum() if request.countHFs("max-forwards") else DEFAULT_HOPS
        self.request_uri = str(request.getRURI())
        self._history = addresses_in(_history(request))
        self._diversions = addresses_in(_bodies(request, "diversion"))
        self._confirmed: asyncio.Future[SessionDescription | None] | None = None
        self._rings = False

    @property
    def tenant(self) -> TenantId:
        """The tenant whose exchange it came from."""
        return self.exchange.tenant

    @property
    def wants_redirects(self) -> bool:
        """Whether the exchange is set up for redirects (302)."""
        return self.exchange.wants_redirects

    @property
    def exchange_transfers(self) -> bool:
        """Whether the exchange keeps a caller whose transfer fails."""
        return self.exchange.transfers

    def our_address(self, user: str) -> str:
        """Return a SIP address of ours with this user."""
        host, port = self.stack.address
        return str(sip_uri(user, host, port))

    def ring(self) -> None:
        """Send 180 without media: the exchange plays the ringing tone."""
        if not self._rings and not self.is_over:
            self._rings = True
            self.tell(CCEventRing((180, "Ringing", None)))

    async def answer(self, ours: SessionDescription) -> SessionDescription | None:
        """Answer and wait for the ACK; return the description in the ACK where the INVITE had no offer."""
        if self.is_over:
            raise CallOverError
        offered = self.offer is not None
        self._confirmed = asyncio.get_running_loop().create_future()
        self.tell(CCEventPreConnect((200, "OK", self.body(ours))))
        theirs = await self.unless_over(self._confirmed)
        return None if offered else theirs

    def redirect(self, targets: Sequence[str]) -> None:
        """Redirect the call to the first of these SIP addresses that takes it (302, ordered by q values)."""
        written = [read_uri(target) for target in targets[:_MOST_TARGETS]]
        contacts = [
            StackAddress.of(Address(uri=uri, parameters=(("q", f"{1 - place / 10:.1f}"),) if written[1:] else ()))
            for place, uri in enumerate(written)
        ]
        event = CCEventRedirect((302, "Moved Temporarily", None, tuple(contacts)))
        event.extra_headers = self._told_of_diversion(written[0])
        self.tell(event)
        self._end()

    def refuse(self, refusal: Refusal) -> None:
        """Refuse the call."""
        if self.is_over:
            return
        self.tell(CCEventFail((refusal.code, refusal.phrase)))
        self._end()

    def hang_up(self) -> None:
        """End this side; an unanswered call is refused with 503, so that the exchange lets the phone ring."""
        if self._confirmed is None:
            self.refuse(Refusal.SERVICE_UNAVAILABLE)
        else:
            super().hang_up()

    def _told_of_diversion(self, target: Uri) -> tuple[Any, ...]:
        """Return headers that name the original callee (RFC 5806, section 5.2; RFC 7044, section 7.3)."""
        was = read_uri(self.request_uri)
        latest = Address(uri=was, parameters=(("reason", "unconditional"), ("counter", "1")))
        history = self._history or [Address(uri=was, parameters=(("index", "1"),))]
        last = ".".join(map(str, index_of(history[-1]) or (1,)))
        caused = read_uri(f"{target};cause=302") if not target.parameters else target
        history = [*history, Address(uri=caused, parameters=(("index", f"{last}.1"), ("mp", last)))]
        return (
            *(plain_header("Diversion", str(each)) for each in [latest, *self._diversions]),
            plain_header("History-Info", ", ".join(map(str, history))),
        )

    def _connected(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        if self._confirmed is not None and not self._confirmed.done() and isinstance(event, CCEventConnect):
            body = event.getData()[2]
            self._confirmed.set_result(None if body is None else SessionDescription(str(body)))
        else:
            super()._connected(event)


def _bodies(request: Any, name: str) -> list[str]:  # noqa: ANN401 - the stack's own type
    """Return the bodies of all headers of a name, in order and unparsed."""
    return [str(each.body) for each in request.getHFs(name)]


def _history(request: Any) -> list[str]:  # noqa: ANN401 - the stack's own type
    return _bodies(request, "history-info")
