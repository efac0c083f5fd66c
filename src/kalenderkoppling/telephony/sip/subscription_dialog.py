"""The dialog of a subscription: its tags, numbers and route (RFC 3261, section 12; RFC 6665, section 4.4.1)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from secrets import token_hex
from typing import Any

from sippy.SipAddress import SipAddress
from sippy.SipCallId import SipCallId
from sippy.SipContact import SipContact
from sippy.SipExpires import SipExpires
from sippy.SipFrom import SipFrom
from sippy.SipRequest import SipRequest
from sippy.SipRoute import SipRoute
from sippy.SipTo import SipTo
from sippy.SipURL import SipURL

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.telephony.linestate.subscriptions import SubscriptionFailedError
from kalenderkoppling.telephony.sip.address import read_uri
from kalenderkoppling.telephony.sip.options import SIP_PORT, USER_AGENT, SipExchange
from kalenderkoppling.telephony.sip.stack import SipStack
from kalenderkoppling.telephony.sip.stack_headers import StackUri

_USER = "kalenderkoppling"
_BAD_ADDRESS = 484


class SubscriptionDialog:
    """The dialog state of one subscription: makes its requests and recognises its NOTIFY.

    Raises:
        SubscriptionFailedError: `target` is not a SIP address.
    """

    def __init__(self, stack: SipStack, exchange: SipExchange, target: str) -> None:
        url = _sip_url(target)
        host, port = stack.address
        user, home = (exchange.login.user, url.host) if exchange.login else (_USER, host)
        self.call_id = token_hex(16)
        self.remote_tag: str | None = None
        self._first_hop = exchange.proxy
        self._own_tag = token_hex(16)
        self._to, self._target = url.getCopy(), url
        self._from = SipURL(username=user, host=home)
        self._contact = SipURL(username=_USER, host=host, port=port)
        self._routes: list[Any] = []
        self._number = 0
        self._their_number = -1

    @property
    def uri(self) -> str:
        """The request URI of further requests."""
        return str(self._target)

    def request(self, expires: timedelta) -> Any:  # noqa: ANN401 - the stack's own type
        """Make the next SUBSCRIBE."""
        self._number += 1
        sender, to = SipFrom(address=SipAddress(url=self._from)), SipTo(address=SipAddress(url=self._to))
        sender.setTag(self._own_tag)
        if self.remote_tag is not None:
            to.setTag(self.remote_tag)
        return SipRequest(
            method="SUBSCRIBE",
            ruri=self._target.getCopy(),
            to=to,
            fr0m=sender,
            cseq=self._number,
            callid=SipCallId(self.call_id),
            contact=SipContact(address=SipAddress(url=self._contact.getCopy())),
            expires=SipExpires(number=int(expires.total_seconds())),
            routes=tuple(each.getCopy() for each in self._routes),
            target=(self._next_hop(), "udp"),
            user_agent=USER_AGENT,
        )

    def accepted(self, response: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Create the dialog from a response, unless a NOTIFY that came before it has done so."""
        theirs = response.getHFBody("to").getTag()
        if self.remote_tag is None:
            self.remote_tag = theirs
            self._routes = _routes(response)[::-1]
        if theirs == self.remote_tag:
            self._take_target(response)

    def has(self, request: Any) -> bool:  # noqa: ANN401 - the stack's own type
        """Tell whether a NOTIFY belongs to this dialog; the first one creates it (RFC 6665, section 4.4.1)."""
        theirs = request.getHFBody("from").getTag()
        if request.getHFBody("to").getTag() != self._own_tag or theirs is None:
            return False
        if self.remote_tag is None:
            self.remote_tag = theirs
            self._routes = _routes(request)
        if theirs != self.remote_tag:
            return False
        self._take_target(request)
        return True

    def is_next(self, request: Any) -> bool:  # noqa: ANN401 - the stack's own type
        """Tell whether a NOTIFY is newer than all before it."""
        number = request.getHFBody("cseq").getCSeqNum()
        is_newer = number > self._their_number
        self._their_number = max(number, self._their_number)
        return bool(is_newer)

    def _take_target(self, message: Any) -> None:  # noqa: ANN401 - the stack's own type
        if message.countHFs("contact"):
            contact = message.getHFBody("contact")
            if not contact.asterisk and contact.getUrl().host:
                self._target = contact.getUrl().getCopy()

    def _next_hop(self) -> tuple[str, int]:
        if self.remote_tag is None and self._first_hop is not None:
            return self._first_hop
        url = self._routes[0].getUrl() if self._routes else self._target
        return str(url.host), int(url.port or SIP_PORT)


def _routes(message: Any) -> list[Any]:  # noqa: ANN401 - the stack's own type
    return [SipRoute(address=each.address.getCopy()) for each in message.getHFBodys("record-route")]


def _sip_url(target: str) -> Any:  # noqa: ANN401 - the stack's own type
    """Return an address in the stack's type.

    Raises:
        SubscriptionFailedError: it is not a SIP address.
    """
    with suppress(InvalidValueError):
        found = read_uri(target)
        if found.scheme == "sip" and not found.headers:
            return StackUri(found)
    raise SubscriptionFailedError(_BAD_ADDRESS)
