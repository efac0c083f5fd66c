"""SIP event subscriptions on our stack (RFC 6665): SUBSCRIBE, refreshed within its dialog, and the NOTIFY that follows.

See `telephony.linestate.subscriptions` for what is promised.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sippy.SipHeader import SipHeader

from kalenderkoppling.telephony.linestate.subscriptions import (
    Notification,
    Phase,
    SubscriptionFailedError,
    TakeNotification,
    read_seconds,
    read_subscription_state,
)
from kalenderkoppling.telephony.sip.guard import sent_out
from kalenderkoppling.telephony.sip.options import Credentials, SipExchange
from kalenderkoppling.telephony.sip.silence import COMPLAINTS
from kalenderkoppling.telephony.sip.stack import SipStack, plain_header
from kalenderkoppling.telephony.sip.subscription_dialog import SubscriptionDialog

TIMER_F = timedelta(seconds=32)
"""How long to wait for an answer (RFC 3261, section 17.1.2.2)."""

_ACCEPTED, _FINAL, _REDIRECTED = 200, 200, 300
_CHALLENGES = {401: "www-authenticate", 407: "proxy-authenticate"}
_TIMED_OUT, _INTERVAL_TOO_BRIEF, _GONE, _GARBLED = 408, 423, 481, 502
_MOST_ROUNDS = 5


class SipSubscriptions:
    """Subscribes at one exchange."""

    def __init__(self, stack: SipStack, exchange: SipExchange, patience: timedelta = TIMER_F) -> None:
        self._stack = stack
        self._exchange = exchange
        self._patience = patience

    async def subscribe(
        self, target: str, *, event: str, accept: str, expires: timedelta, take: TakeNotification
    ) -> SipSubscription:
        """See the Protocol."""
        subscription = SipSubscription(
            self._stack,
            SubscriptionDialog(self._stack, self._exchange, target),
            take,
            login=self._exchange.login,
            patience=self._patience,
            event=event,
            accept=accept,
        )
        await subscription.open(expires)
        return subscription


class SipSubscription:
    """One subscription; see the Protocol. Callers do not refresh and end at the same time."""

    def __init__(
        self,
        stack: SipStack,
        dialog: SubscriptionDialog,
        take: TakeNotification,
        *,
        login: Credentials | None,
        patience: timedelta,
        event: str,
        accept: str,
    ) -> None:
        self._stack = stack
        self._dialog = dialog
        self._give = take
        self._login = login
        self._patience = patience.total_seconds()
        self._event = event
        self._accept = accept
        self._is_open = True
        self._is_heard = True
        self.granted = timedelta()

    async def open(self, expires: timedelta) -> None:
        """Subscribe; notices may come at once."""
        self._stack.on_notify(self._dialog.call_id, self._take)
        try:
            await self._ask(expires)
        except BaseException:
            self._release()
            raise

    async def refresh(self, expires: timedelta) -> None:
        """See the Protocol."""
        if not self._is_open:
            raise SubscriptionFailedError(_GONE)
        try:
            await self._ask(expires)
        except SubscriptionFailedError:
            self._release()
            raise

    async def end(self) -> None:
        """See the Protocol."""
        if not self._is_open:
            return
        self._is_heard = False
        try:
            with suppress(SubscriptionFailedError):
                await self._ask(timedelta())
        finally:
            self._release()

    async def _ask(self, expires: timedelta) -> None:
        """Send SUBSCRIBE, answer a challenge or use the interval that the exchange demands; store what is granted."""
        authorization: Any = None
        for _ in range(_MOST_ROUNDS):
            response = await self._answer_to(expires, authorization)
            code = int(response.getSCode()[0])
            if _ACCEPTED <= code < _REDIRECTED:
                self._accept_answer(response, expires)
                return
            least = _seconds(response, "min-expires")
            if code in _CHALLENGES and authorization is None:
                authorization = self._answer_to_challenge(response, code)
            elif code == _INTERVAL_TOO_BRIEF and least is not None and least > expires > timedelta():
                authorization, expires = None, least
            else:
                raise SubscriptionFailedError(code, _seconds(response, "retry-after"))
        raise SubscriptionFailedError(_INTERVAL_TOO_BRIEF)

    def _accept_answer(self, response: Any, expires: timedelta) -> None:  # noqa: ANN401 - the stack's own type
        granted = _seconds(response, "expires")
        self.granted = expires if granted is None else granted
        try:
            self._dialog.accepted(response)
        except Exception as error:  # noqa: BLE001 - the stack reads headers late, and raises whatever comes
            COMPLAINTS.note(type(error).__name__)
            raise SubscriptionFailedError(_GARBLED) from None

    async def _answer_to(self, expires: timedelta, authorization: Any) -> Any:  # noqa: ANN401 - the stack's own types
        """Send a SUBSCRIBE and return its final answer."""
        request = self._dialog.request(expires)
        request.appendHeader(plain_header("Event", self._event))
        request.appendHeader(plain_header("Accept", self._accept))
        if authorization is not None:
            request.appendHeader(SipHeader(body=authorization))
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def take(response: Any) -> None:  # noqa: ANN401 - the stack's own type
            if int(response.getSCode()[0]) >= _FINAL and not answered.done():
                answered.set_result(response)

        self._stack.transactions.newTransaction(request, resp_cb=take)
        try:
            async with asyncio.timeout(self._patience):
                return await answered
        except TimeoutError:
            raise SubscriptionFailedError(_TIMED_OUT) from None

    def _answer_to_challenge(self, response: Any, code: int) -> Any:  # noqa: ANN401 - the stack's own types
        """Return the Authorization header for a challenge (RFC 3261, section 22).

        Raises:
            SubscriptionFailedError: we have no login there, or cannot read the challenge.
        """
        if self._login is not None:
            # The stack raises errors of any type on a malformed challenge: it cannot be answered.
            with suppress(Exception):
                for challenge in response.getHFBodys(_CHALLENGES[code]):
                    is_supported, quality = challenge.supportedAlgorithm()
                    if is_supported:
                        return challenge.genAuthHF(
                            self._login.user, self._login.password, "SUBSCRIBE", self._dialog.uri, qop=quality
                        )
        raise SubscriptionFailedError(code)

    def _take(self, request: Any) -> bool:  # noqa: ANN401 - the stack's own type
        """Handle a NOTIFY; False where it is not ours. One that arrives after a newer one is ignored."""
        state = read_subscription_state(_text(request, "subscription-state"))
        event = (_text(request, "event") or _text(request, "o")).partition(";")[0].strip().lower()
        if state is None or event != self._event or not self._dialog.has(request):
            return False
        if self._is_heard and self._dialog.is_next(request):
            body = request.getBody()
            if state.phase is Phase.TERMINATED:
                self._release()
            self._give(
                Notification(
                    state=state,
                    content_type="" if body is None else str(body.getType()).strip(),
                    body=b"" if body is None else sent_out(str(body)),
                )
            )
        return True

    def _release(self) -> None:
        self._is_open = self._is_heard = False
        self._stack.on_notify(self._dialog.call_id, None)


def _text(message: Any, name: str) -> str:  # noqa: ANN401 - the stack's own type
    return str(message.getHFBody(name)) if message.countHFs(name) else ""


def _seconds(message: Any, name: str) -> timedelta | None:  # noqa: ANN401 - the stack's own type
    # Not by the stack's parser, which raises where the value is not a number.
    found = message.getHFs(name)
    return read_seconds(str(found[0].body)) if found else None
