"""One side of a call: the callbacks of its dialog as coroutines."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Any, TypeVar

import structlog
from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventUpdate,
)
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipURL import SipURL

from kalenderkoppling.domain.errors import CallerLostError, CallOverError, KalenderkopplingError, NoCommonCodecError
from kalenderkoppling.ports.phone import AnswerOffer, SessionDescription
from kalenderkoppling.telephony.sip.called import digit_of
from kalenderkoppling.telephony.sip.dialog import Dialog
from kalenderkoppling.telephony.sip.liveness import is_there
from kalenderkoppling.telephony.sip.session import Origin
from kalenderkoppling.telephony.sip.stack import SipStack
from kalenderkoppling.telephony.sip.transfer import Transfer, Transferred
from kalenderkoppling.usecases.call_flow.carried import unless_over
from kalenderkoppling.usecases.pause import pause

T = TypeVar("T")

MOST_DIGITS = 32
"""How many digits are queued; more are dropped (S-14)."""

SOON_SECONDS = 0.5

_GLARE = 491
_CHANCE = random.SystemRandom()

_log = structlog.get_logger("sip")


class Leg:
    """What incoming and outgoing sides have in common; see `ports.phone.CallLeg`."""

    def __init__(self, stack: SipStack) -> None:
        self.stack = stack
        self.dialog = Dialog(stack.configuration, self._told)
        self.dialog.lContact = SipContact(address=SipAddress(url=_our_url(stack)))
        self.dialog.local_ua = None
        self.origin = Origin(stack.address[0])
        self.joined: Leg | None = None
        self._over = asyncio.Event()
        self._engaged = asyncio.Event()
        self._digits: asyncio.Queue[str] = asyncio.Queue(MOST_DIGITS)
        self._answer_offer: AnswerOffer | None = None
        self._renegotiated: asyncio.Future[SessionDescription] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None

    @property
    def offer(self) -> SessionDescription | None:
        """The last offer of this side; None where it leaves the offer to us."""
        body = self.dialog.rSDP
        return None if body is None else SessionDescription(str(body))

    @property
    def is_over(self) -> bool:
        """Whether this side has ended."""
        return self._over.is_set()

    @property
    def is_asking(self) -> bool:
        """Whether this side waits for the answer to its re-INVITE."""
        return str(self.dialog.state) == "Updating(UAS)"

    @property
    def dialog_is_over(self) -> bool:
        """Whether the dialog has ended in the stack."""
        return str(self.dialog.state) in {"Disconnected", "Failed", "Dead", "Cancelling(UAC)"}

    def tell(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Pass an event to the dialog."""
        if not self.dialog.isDead():
            self.dialog.recvEvent(event)

    def body(self, session: SessionDescription) -> Any:  # noqa: ANN401 - the stack's own type
        """Return a session description as the stack sends it."""
        return MsgBody(self.origin.on(session))

    async def renegotiate(self, ours: SessionDescription) -> SessionDescription:
        """Send an answered side a new offer (re-INVITE) and return its answer.

        When both sides send one at once (491), it is retried after a random delay (RFC 3261, 14.1).
        """
        for _ in range(3):
            try:
                return await self._reinvite(ours)
            except _BothAskedError:
                await self.unless_over(asyncio.sleep(_CHANCE.uniform(2.1, 4.0)))
        raise NoCommonCodecError

    def when_offered(self, answer: AnswerOffer) -> None:
        """Set the handler of new offers of this side while it is not joined to another."""
        self._answer_offer = answer
        self._engaged.set()

    def join(self, other: Leg | None) -> None:
        """Pass events of this side to another from now on; None ends that."""
        self.joined = other
        self._engaged.set()
        self._stop_watching()

    async def digit(self) -> str:
        """Return the next digit that came by SIP INFO."""
        return await self.unless_over(self._digits.get())

    async def refer(self, target: str) -> bool:
        """Ask the exchange to transfer this side to a SIP address (REFER, RFC 3515)."""
        if self.is_over:
            raise CallOverError
        transfer = Transfer(self.dialog, self.stack.options.transfer_reply)
        went = await transfer.carry_out(target, self._over)
        match went:
            case Transferred.THROUGH:
                self.hang_up()
            case Transferred.LOST:
                raise CallerLostError
            case Transferred.FAILED:
                self._watch()
        return went is Transferred.THROUGH

    def hang_up(self) -> None:
        """End this side, answered or not."""
        if not self.is_over:
            self.tell(CCEventDisconnect())
            self._end()

    async def over(self) -> None:
        """Return when this side has ended, whoever ended it."""
        await self._over.wait()

    async def unless_over(self, wanted: Awaitable[T]) -> T:
        """Wait for something, but no longer than this side lasts.

        Raises:
            CallOverError: this side ended first.
        """
        return await unless_over(self, wanted)

    def _watch(self) -> None:
        """Poll whether this side still exists until it is joined: after a failed transfer no BYE may come."""
        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._end_when_gone())

    def _stop_watching(self) -> None:
        if self._watching is not None and self._watching is not asyncio.current_task():
            self._watching.cancel()

    async def _end_when_gone(self) -> None:
        options = self.stack.options
        while True:
            await asyncio.sleep(options.watched_every.total_seconds())
            if not await is_there(self.dialog, options.alive_reply):
                self.hang_up()
                return

    # ── callbacks of the stack ──────────────────────────────────────────────────────────────────

    def _told(self, event: Any, _dialog: Any) -> None:  # noqa: ANN401 - the stack's own types
        if self.joined is not None:
            self._pass_on(event)
            return
        match event:
            case CCEventDisconnect():
                self._end()
            case CCEventFail() | CCEventRedirect():
                self._failed(event)
            case CCEventConnect() | CCEventPreConnect():
                self._connected(event)
            case CCEventUpdate():
                self._offered(event)
            case CCEventInfo():
                self._pressed(event.getData())
            case _:
                self._progressed(event)

    def _pass_on(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Pass an event of this side to the other; an end ends both."""
        other = self.joined
        if other is None:
            return
        if isinstance(event, CCEventFail | CCEventRedirect) and not (self.dialog_is_over or other.is_asking):
            return  # No re-INVITE waits for this refusal; the stack would end the other side by it.
        try:
            other.tell(other.dressed(event))
        finally:
            if isinstance(event, CCEventDisconnect) or self.dialog_is_over:
                self._end()
                other._end()  # noqa: SLF001 - the other side of this call

    def dressed(self, event: Any) -> Any:  # noqa: ANN401 - the stack's own type
        """Return an event of the other side with our origin in its session description."""
        told = event.getData()
        copy = event.getCopy()
        if isinstance(event, CCEventUpdate) and told is not None:
            copy.data = self._dress(told)
        elif isinstance(event, CCEventConnect | CCEventPreConnect) and told is not None and told[2] is not None:
            copy.data = (told[0], told[1], self._dress(told[2]))
        return copy

    def _dress(self, body: Any) -> Any:  # noqa: ANN401 - the stack's own type
        return self.body(SessionDescription(str(body))) if body.getType() == "application/sdp" else body

    def _connected(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        self._settle(event)

    def _progressed(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Handle a provisional answer, or a new call; subclasses do."""

    def _failed(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        if self._renegotiated is not None and not self._renegotiated.done():
            code = event.getData()[0] if event.getData() else 0
            self._renegotiated.set_exception(_BothAskedError() if code == _GLARE else NoCommonCodecError())
        elif not self.dialog.isConnected():
            self._end()

    def _settle(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        body = event.getData()[2] if event.getData() else None
        if self._renegotiated is not None and not self._renegotiated.done():
            if body is None:
                self._renegotiated.set_exception(NoCommonCodecError())
            else:
                self._renegotiated.set_result(SessionDescription(str(body)))

    def _offered(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        task = asyncio.get_running_loop().create_task(self._answer(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, event: Any) -> None:  # noqa: ANN401 - the stack's own type
        """Answer a new offer; without a handler it is refused with 488, and the call goes on unchanged.

        One that follows the answer at once waits until it is known whom this side talks to.
        """
        await pause(self._engaged, SOON_SECONDS)
        if self.joined is not None:
            self._pass_on(event)
            return
        is_answer = getattr(event, "is_answer", False)
        try:
            if self._answer_offer is None:
                raise NoCommonCodecError
            ours = await self._answer_offer(SessionDescription(str(event.getData())))
        except KalenderkopplingError:
            if not is_answer:
                self.tell(CCEventFail((488, "Not Acceptable Here")))
            return
        if not is_answer:
            self.tell(CCEventConnect((200, "OK", self.body(ours))))

    def _pressed(self, body: Any) -> None:  # noqa: ANN401 - the stack's own type
        key = "" if body is None else digit_of(str(body.mtype), str(body))
        if key and not self._digits.full():
            self._digits.put_nowait(key)

    def _end(self) -> None:
        self._over.set()
        self._stop_watching()
        if self._renegotiated is not None and not self._renegotiated.done():
            self._renegotiated.cancel()

    async def _reinvite(self, ours: SessionDescription) -> SessionDescription:
        if self.is_over:
            raise CallOverError
        self._renegotiated = asyncio.get_running_loop().create_future()
        self.tell(CCEventUpdate(self.body(ours)))
        try:
            return await self.unless_over(self._renegotiated)
        except asyncio.CancelledError:
            if self.is_over:
                raise CallOverError from None
            raise
        finally:
            self._renegotiated = None


class _BothAskedError(KalenderkopplingError):
    """Both sides sent a re-INVITE at once (491)."""


def _our_url(stack: SipStack) -> Any:  # noqa: ANN401 - the stack's own type
    """Return our Contact; without one the stack sends `Anonymous`."""
    host, port = stack.address
    return SipURL(username="kalenderkoppling", host=host, port=port)
