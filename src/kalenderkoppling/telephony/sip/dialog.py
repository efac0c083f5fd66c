"""The stack's dialog with fixes: NOTIFY, methods that it does not answer, re-INVITEs without an offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sippy.CCEvents import CCEventUpdate
from sippy.UA import UA

from kalenderkoppling.telephony.sip.stack import with_abilities

_ANSWERED_BY_THE_STACK = frozenset({"INVITE", "ACK", "BYE", "CANCEL", "INFO", "OPTIONS", "REFER"})

TakeFragment = Callable[[str, str], None]
"""Called for a NOTIFY of a transfer with its body (a status line) and its Subscription-State."""


class Dialog(UA):  # type: ignore[misc] # the stack has no types
    """One side's dialog; its events are passed to `event_cb`."""

    on_fragment: TakeFragment | None = None
    rSDP: Any = None  # noqa: N815 - the stack's name, here for its type
    rCSeq: Any = None  # noqa: N815 - the same
    lSDP: Any = None  # noqa: N815 - the same
    rAddr: Any = None  # noqa: N815 - the same
    _waits_for_answer = False
    _agreed: Any = None

    def recvEvent(self, event: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Handle an event of ours; before a new offer the agreed session description is remembered."""
        if isinstance(event, CCEventUpdate):
            self._agreed = self.lSDP
        super().recvEvent(event)

    def recvResponse(self, resp: Any, tr: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Handle a response; where a new offer was refused, the old description holds, which the stack forgets."""
        super().recvResponse(resp, tr)
        self._keep_way(tr.address)
        if self.lSDP is None:
            self.lSDP = self._agreed

    def recvRequest(self, req: Any, sip_t: Any) -> Any:  # noqa: ANN401, N802 - its signature
        """Handle a request of the other side."""
        method = req.getMethod()
        if method == "NOTIFY":
            return self._notify(req), None, None
        if method not in _ANSWERED_BY_THE_STACK:
            # The stack would not answer, and the other side would retransmit.
            return with_abilities(req.genResponse(405, "Method Not Allowed")), None, None
        if method == "INVITE" and self.isConnected() and req.getBody() is None:
            return self._reinvited_without_offer(req, sip_t)
        answer = super().recvRequest(req, sip_t)
        self._keep_way(req.getSource())
        return answer

    def _keep_way(self, source: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Send further requests to the other side's source address where its Contact names no host (a tel URI)."""
        if source is not None and self.rAddr is not None and self.rAddr[0] is not None and not self.rAddr[0][0]:
            self.rAddr = (source, "udp")

    def recvACK(self, req: Any) -> None:  # noqa: ANN401, N802 - its signature
        """Handle the ACK of our answer; without a body, the earlier offer of the other side still holds."""
        if self._waits_for_answer:
            self._waits_for_answer = False
            self._take_answer(req)
            return
        offered = self.rSDP
        super().recvACK(req)
        if self.rSDP is None:
            self.rSDP = offered

    def _notify(self, request: Any) -> Any:  # noqa: ANN401 - the stack's own types
        kind = str(request.getHFBody("event")) if request.countHFs("event") else ""
        if self.on_fragment is None or not kind.lower().startswith("refer"):
            return request.genResponse(481, "Subscription Does Not Exist")
        state = str(request.getHFBody("subscription-state")) if request.countHFs("subscription-state") else ""
        body = request.getBody()
        self.on_fragment(str(body) if body is not None else "", state)
        return request.genResponse(200, "OK")

    def _reinvited_without_offer(self, request: Any, transaction: Any) -> Any:  # noqa: ANN401 - the stack's own types
        """Offer our last session description again (RFC 3261, 14.2): a session refresh, or a transfer to another party.

        The stack would treat it as a hold, and the call would stay silent.
        """
        number = request.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and self.rCSeq >= number:
            return request.genResponse(500, "Server Internal Error"), None, None
        if self.lSDP is None or self.tr_is_open():
            return request.genResponse(491, "Request Pending"), None, None
        self.rCSeq = number
        transaction.compact = self.compact_sip
        self.uasResp = request.genResponse(100, "Trying", server=self.local_ua)
        self.global_config["_sip_tm"].sendResponse(self.uasResp)
        self._waits_for_answer = True
        self.sendUasResponse(200, "OK", self.lSDP, (self.lContact,), ack_wait=True)
        return None, self.state.cancel, self.disconnect

    def tr_is_open(self) -> bool:
        """Tell whether a re-INVITE of either side is in progress."""
        return str(self.state).startswith("Updating")

    def _take_answer(self, request: Any) -> None:  # noqa: ANN401 - the stack's own types
        body = request.getBody()
        if body is None or not self.isConnected() or str(body) == str(self.rSDP):
            return
        self.rSDP = body.getCopy()
        event = CCEventUpdate(body, rtime=request.rtime, origin=self.origin)
        event.is_answer = True
        self.equeue.append(event)
        self.emitPendingEvents()
