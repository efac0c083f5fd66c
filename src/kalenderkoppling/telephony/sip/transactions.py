"""The stack's transaction manager on one socket; each message is checked here before the stack sees it."""

from __future__ import annotations

import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sippy import SipTransactionManager as StackTransactions
from sippy.MsgBody import MsgBody
from sippy.SipRequest import SipRequest
from sippy.SipResponse import SipResponse

from kalenderkoppling.telephony.sip.body import NotUnderstoodError, session_in
from kalenderkoppling.telephony.sip.door import Door
from kalenderkoppling.telephony.sip.envelope import (
    BAD_REQUEST,
    TOO_LARGE,
    Envelope,
    Status,
    answer_to,
    fault_of,
    read_envelope,
)
from kalenderkoppling.telephony.sip.guard import LARGEST_BYTES, as_it_came, taken_in
from kalenderkoppling.telephony.sip.options import SipExchange
from kalenderkoppling.telephony.sip.silence import COMPLAINTS
from kalenderkoppling.telephony.sip.udp import SipSocket, SocketOptions

TakeRequest = Callable[[Any, Any], Any]
"""Handles a request of the stack with its transaction; returns (response, when cancelled, when not confirmed)."""

IsOurs = Callable[[str], bool]
"""Tells whether a Call-ID is one of ours."""

MOST_LOGGED_IN = 4_096
"""How many calls with a login are remembered whose ACK or CANCEL may still come."""


class OneSocket:
    """Replaces the stack's choice of a socket per address: there is one socket.

    The stack's own opens sockets on trial and never closes one of them.
    """

    def __init__(self, configuration: Mapping[str, Any], handle: Any, *_kinds: type) -> None:  # noqa: ANN401 - the stack's own type
        address = configuration["_sip_address"], configuration["_sip_port"]
        self._socket = SipSocket(configuration, SocketOptions(address, handle))

    def getServer(self, _address: object, is_local: bool = False) -> SipSocket:  # noqa: ARG002, FBT001, FBT002, N802 - its signature
        """Return the socket."""
        return self._socket

    def rotateCache(self) -> None:  # noqa: N802 - the stack's name
        """Do nothing: no entry can expire."""

    def shutdown(self) -> None:
        """Close the socket."""
        self._socket.shutdown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a message arrived: a checksum of its bytes, its source (the stack's type), the socket, the time."""

    checksum: bytes
    remote: Any
    server: SipSocket
    at: Any

    @property
    def source(self) -> tuple[str, int]:
        """Its source host and port."""
        return str(self.remote.address[0]), int(self.remote.address[1])


class Transactions(StackTransactions.SipTransactionManager):  # type: ignore[misc] # the stack has no types
    """The stack's transaction manager on our socket."""

    def __init__(self, configuration: Mapping[str, Any], take: TakeRequest, door: Door, is_ours: IsOurs) -> None:
        self._door = door
        self._is_ours = is_ours
        self._logged_in: OrderedDict[str, None] = OrderedDict()
        super().__init__(configuration, take)

    def handleIncoming(self, datagram: bytes, remote: Any, server: Any, now: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Handle a datagram: requests of exchanges are always answered, those of others never reach the stack."""
        arrival = Arrival(checksum=hashlib.sha256(datagram).digest(), remote=remote, server=server, at=now)
        known = self.l1rcache.get(arrival.checksum) or self.l2rcache.get(arrival.checksum)
        if known is not None:
            if known.data is not None:
                self.transmitData(known.userv, known.data, known.address)
            return
        message = taken_in(datagram)
        if message is not None and message.startswith("SIP/2.0 "):
            self._take_response(message, arrival)
            return
        envelope = read_envelope(as_it_came(datagram) if message is None else message)
        if envelope is None:
            return
        exchange = self._door.by_address(arrival.source[0])
        if exchange is None and not self._is_under_way(envelope):
            exchange = self._door.by_login(envelope, arrival.source[0], datagram)
            if exchange is None:
                self._turn_away(envelope, arrival, len(datagram))
                return
            self._remember(envelope.first("call-id"))
        fault = TOO_LARGE if len(datagram) > LARGEST_BYTES else fault_of(envelope)
        if message is None or fault is not None:
            self._refuse(envelope, fault or BAD_REQUEST, arrival)
            return
        try:
            self._take_request(message, exchange, arrival)
        except Exception as error:  # noqa: BLE001 - the stack raises whatever comes, and nobody shall be left waiting
            COMPLAINTS.note(type(error).__name__)
            self._refuse(envelope, BAD_REQUEST, arrival)

    def newTransaction(self, msg: Any, resp_cb: Any = None, *rest: Any, **named: Any) -> Any:  # noqa: ANN401, N802 - its signature
        """Send a request on our socket, whatever transport the other side's address names.

        The stack would choose by the address and raise at `;transport=UDP` and TCP, so that the BYE of a call would not
        be sent. A side that took a call by UDP takes its BYE by UDP.
        """
        named["userv"] = named.get("userv") or self.l4r.getServer(None)
        return super().newTransaction(msg, resp_cb, *rest, **named)

    def transmitReq(self, t: Any, msg: Any, address: Any, checksum: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Send a request; the ACK of a refusal goes where the INVITE went (RFC 3261, 17.1.1.3), not to the Contact.

        The stack would send the ACK of a 302 to wherever the redirect points.
        """
        refused = msg.getMethod() == "ACK" and msg.getHFBody("via").getBranch() == t.tid[-1]
        super().transmitReq(t, msg, t.address if refused or not address[0] else address, checksum)

    def _is_under_way(self, envelope: Envelope) -> bool:
        """Tell whether a request belongs to a transaction or dialog of an exchange or of ours."""
        if not envelope.is_within_dialog:
            return False
        call_id = envelope.first("call-id")
        return call_id in self.req_consumers or call_id in self._logged_in or self._is_ours(call_id)

    def _remember(self, call_id: str) -> None:
        """Accept requests that follow a login without one of their own, such as the ACK of a refusal."""
        self._logged_in[call_id] = None
        if len(self._logged_in) > MOST_LOGGED_IN:
            self._logged_in.popitem(last=False)

    def _turn_away(self, envelope: Envelope, arrival: Arrival, received_bytes: int) -> None:
        refusal = self._door.refusal(envelope, arrival.source, received_bytes)
        if refusal is not None:
            arrival.server.send_to(*refusal)

    def _refuse(self, envelope: Envelope, status: Status, arrival: Arrival) -> None:
        """Answer without a transaction; the same datagram again gets the same answer."""
        if envelope.method != "ACK":
            answer, address = answer_to(envelope, status, arrival.source)
            self.transmitData(arrival.server, answer, address, arrival.checksum)

    def _take_request(self, message: str, exchange: SipExchange | None, arrival: Arrival) -> None:
        request = SipRequest(message)
        numbers = request.getTIds()
        _note_where_from(request.getHFBody("via"), arrival.remote.address)
        request.rtime, request.exchange = arrival.at, exchange
        request.setSource(arrival.remote)
        _keep_session(request)
        self.incomingRequest(request, arrival.checksum, numbers, arrival.server)

    def _take_response(self, message: str, arrival: Arrival) -> None:
        """Handle a response; one without a transaction is dropped."""
        try:
            response = SipResponse(message)
            transaction = self.tclient.get(response.getTId(True, True))  # noqa: FBT003 - its signature
        except Exception as error:  # noqa: BLE001 - the stack raises whatever comes
            COMPLAINTS.note(type(error).__name__)
            return
        if transaction is None:
            return
        response.rtime = arrival.at
        response.setSource(arrival.remote)
        _keep_session(response)
        self.incomingResponse(response, transaction, arrival.checksum)

    @property
    def awaits_answers(self) -> bool:
        """Whether a request of ours is unanswered, or an answer of ours to an INVITE has no ACK."""
        asked = any(each.state is not StackTransactions.TERMINATED for each in self.tclient.values())
        return asked or any(
            each.needack and each.state is StackTransactions.COMPLETED for each in self.tserver.values()
        )


def _note_where_from(via: Any, source: tuple[str, int]) -> None:  # noqa: ANN401 - the stack's own type
    """Set the source address in a Via (RFC 3261, 18.2.1; RFC 3581), whatever the sender wrote there."""
    via.params.pop("received", None)
    if "rport" in via.params:
        via.params["rport"] = str(source[1])
    if "rport" in via.params or via.getAddr()[0] != source[0]:
        via.params["received"] = source[0]


def _keep_session(message: Any) -> None:  # noqa: ANN401 - the stack's own type
    """Reduce a multipart body to its session description (RFC 5621); one without it stays unchanged."""
    body = message.getBody()
    if body is not None and body.getType().startswith("multipart/"):
        with contextlib.suppress(NotUnderstoodError):
            message.setBody(MsgBody(session_in(str(body.mtype), str(body))))
