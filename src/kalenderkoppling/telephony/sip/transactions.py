"""The stack's transactions on our one socket, behind our door: what comes in is read here before the stack sees it."""

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
"""Takes a request of the stack and its transaction, and returns (response, when cancelled, when not confirmed)."""

IsOurs = Callable[[str], bool]
"""Tells whether a Call-ID is one of ours."""

MOST_LOGGED_IN = 4_096
"""Calls that came with a login and whose ACK or CANCEL may still come."""


class OneSocket:
    """The stack's choice of a socket for each address: there is one.

    The stack's own makes sockets on a trial, and one of them it never closes.
    """

    def __init__(self, configuration: Mapping[str, Any], handle: Any, *_kinds: type) -> None:  # noqa: ANN401 - the stack's own type
        address = configuration["_sip_address"], configuration["_sip_port"]
        self._socket = SipSocket(configuration, SocketOptions(address, handle))

    def getServer(self, _address: object, is_local: bool = False) -> SipSocket:  # noqa: ARG002, FBT001, FBT002, N802 - its signature
        """Return the socket."""
        return self._socket

    def rotateCache(self) -> None:  # noqa: N802 - the stack's name
        """Nothing is remembered that could grow old."""

    def shutdown(self) -> None:
        """Close the socket."""
        self._socket.shutdown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a message came: a checksum of its bytes, from where (the stack's remote address), by which socket, when."""

    checksum: bytes
    remote: Any
    server: SipSocket
    at: Any

    @property
    def source(self) -> tuple[str, int]:
        """The host and port that it came from."""
        return str(self.remote.address[0]), int(self.remote.address[1])


class Transactions(StackTransactions.SipTransactionManager):  # type: ignore[misc] # the stack has no types
    """The stack's transactions on our socket, behind our door."""

    def __init__(self, configuration: Mapping[str, Any], take: TakeRequest, door: Door, is_ours: IsOurs) -> None:
        self._door = door
        self._is_ours = is_ours
        self._logged_in: OrderedDict[str, None] = OrderedDict()
        super().__init__(configuration, take)

    def handleIncoming(self, datagram: bytes, remote: Any, server: Any, now: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Take what came: nothing that an exchange asks goes without an answer, and nothing of a stranger gets in."""
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
        """Begin a request on our socket, whatever transport the other side's address names.

        The stack would choose by the address, and raise at `;transport=UDP` as at TCP: the end of a call would never
        arrive. What took a call by UDP takes its end by UDP.
        """
        named["userv"] = named.get("userv") or self.l4r.getServer(None)
        return super().newTransaction(msg, resp_cb, *rest, **named)

    def transmitReq(self, t: Any, msg: Any, address: Any, checksum: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Send a request; the ACK of a refusal goes the INVITE's way (RFC 3261, 17.1.1.3), not to its Contact.

        The stack would send the ACK of a 302 to wherever the redirect points.
        """
        refused = msg.getMethod() == "ACK" and msg.getHFBody("via").getBranch() == t.tid[-1]
        super().transmitReq(t, msg, t.address if refused or not address[0] else address, checksum)

    def _is_under_way(self, envelope: Envelope) -> bool:
        """Tell whether a request belongs to something that an exchange, or we, have begun."""
        if not envelope.is_within_dialog:
            return False
        call_id = envelope.first("call-id")
        return call_id in self.req_consumers or call_id in self._logged_in or self._is_ours(call_id)

    def _remember(self, call_id: str) -> None:
        """Let what follows a login in, such as the ACK of a refusal."""
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
        """Take an answer; one that nobody waits for is not even remembered."""
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
        """Whether somebody has not answered a request of ours, or not confirmed what we said to an INVITE."""
        asked = any(each.state is not StackTransactions.TERMINATED for each in self.tclient.values())
        return asked or any(
            each.needack and each.state is StackTransactions.COMPLETED for each in self.tserver.values()
        )


def _note_where_from(via: Any, source: tuple[str, int]) -> None:  # noqa: ANN401 - the stack's own type
    """Note in a Via where it was received from (RFC 3261, 18.2.1; RFC 3581), whatever it says of that itself."""
    via.params.pop("received", None)
    if "rport" in via.params:
        via.params["rport"] = str(source[1])
    if "rport" in via.params or via.getAddr()[0] != source[0]:
        via.params["received"] = source[0]


def _keep_session(message: Any) -> None:  # noqa: ANN401 - the stack's own type
    """Leave of a body in several parts the session description (RFC 5621); one without any stays as it is."""
    body = message.getBody()
    if body is not None and body.getType().startswith("multipart/"):
        with contextlib.suppress(NotUnderstoodError):
            message.setBody(MsgBody(session_in(str(body.mtype), str(body))))
