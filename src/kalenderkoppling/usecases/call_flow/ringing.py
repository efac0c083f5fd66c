"""The person's phone rings: until it is answered, until the caller gives up, or until the announcement is due."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from kalenderkoppling.absences.call import Ring
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import CallOverError, NoCommonCodecError, UnansweredError
from kalenderkoppling.ports.phone import OutgoingCall, Refusal, SessionDescription
from kalenderkoppling.usecases.call_flow.announcing import announce
from kalenderkoppling.usecases.call_flow.carried import Carried, unless_over
from kalenderkoppling.usecases.call_flow.desk import RingingLeg
from kalenderkoppling.usecases.call_flow.loops import is_from_the_phone, own_legs_of
from kalenderkoppling.usecases.call_flow.passing_on import BUSY_CODES

_DECLINED = frozenset({603, 607})


class RingingPhone:
    """The person's phone while it rings for a call; its line is told, and it is counted among those that ring."""

    def __init__(self, carried: Carried) -> None:
        self._carried = carried
        callee = carried.callee
        self._ringing = RingingLeg(tenant=callee.tenant, person=callee.person, number=carried.call.caller.number)
        self._stopped = False
        carried.desk.ringing.append(self._ringing)
        carried.desk.lines.ringing(callee.tenant, callee.person)
        self.leg: OutgoingCall = carried.desk.phone.dial(
            carried.callee.phone_uri, carried.call.offer, on_behalf_of=carried.call
        )

    async def answered(self, within: timedelta) -> SessionDescription | None:
        """Return what the phone says when it is answered, None where the time is up.

        Raises:
            UnansweredError: the phone is busy or out of reach.
            CallOverError: the caller gave up.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                return await unless_over(self._carried.call, self.leg.answered())
        return None

    def stop(self) -> None:
        """Cancel the ringing or end the answered call; idempotent."""
        if self._stopped:
            return
        self._stopped = True
        self.leg.hang_up()
        self._carried.desk.ringing.remove(self._ringing)
        self._carried.desk.lines.ended(self._ringing.tenant, self._ringing.person)

    @property
    def comes_back(self) -> bool:
        """Whether the phone has forwarded the call to us, so that it is our own announcement that answers."""
        return self._ringing.comes_back


async def ring_out(carried: Carried) -> None:
    """Let the phone ring until it is answered or the caller gives up; without a phone the call ends (480)."""
    if not _has_room(carried):
        return
    with _ringing(carried) as phone:
        alerting = asyncio.ensure_future(_alert(carried, phone))
        try:
            session = await phone.answered(carried.desk.pace.rings_longest)
        except UnansweredError as error:
            _refuse(carried, error.code)
            return
        finally:
            alerting.cancel()
        await _talk_or_give_up(carried, phone, session)


async def ring_then_announce(carried: Carried, after: timedelta) -> None:
    """Ring for a while, then decide again: announce, or go on ringing (C-26)."""
    if not _has_room(carried):
        return
    carried.call.ring()
    with _ringing(carried) as phone:
        try:
            session = await phone.answered(after)
            if session is None and await _announced_instead(carried, phone):
                return
            session = session or await phone.answered(carried.desk.pace.rings_longest)
        except UnansweredError as error:
            phone.stop()
            if not (_is_announced(carried) and await announce(carried)):
                _refuse(carried, error.code)
            return
        await _talk_or_give_up(carried, phone, session)


async def _announced_instead(carried: Carried, phone: RingingPhone) -> bool:
    """Announce and cancel the ringing; return False, and let it ring on, where there is no prompt to play."""
    try:
        return _is_announced(carried) and await announce(carried, instead=phone.stop)
    except NoCommonCodecError:
        return False


def _is_announced(carried: Carried) -> bool:
    return not isinstance(carried.desk.again(carried.callee).treatment, Ring)


async def _talk_or_give_up(carried: Carried, phone: RingingPhone, session: SessionDescription | None) -> None:
    """Join caller and phone until one of them hangs up; a phone that rang for minutes is given up."""
    if session is None:
        _refuse(carried, Refusal.UNAVAILABLE.code)
        return
    confirmed = await carried.call.answer(session)
    if phone.comes_back:
        carried.is_written = False  # The call that came back is written down, with what became of it.
        carried.becomes(CallResult.ANNOUNCED)
    else:
        carried.becomes(CallResult.ANSWERED)
        carried.desk.lines.in_call(carried.callee.tenant, carried.callee.person)
    await carried.desk.phone.join(carried.call, phone.leg, confirmed)


@contextmanager
def _ringing(carried: Carried) -> Iterator[RingingPhone]:
    phone = RingingPhone(carried)
    try:
        yield phone
    finally:
        phone.stop()


def _has_room(carried: Carried) -> bool:
    """Tell whether one more call from this number may ring the person, which stops forwarding loops."""
    callee, caller, desk = carried.callee, carried.call.caller, carried.desk
    most = desk.pace.most_hidden_at_once if caller.is_hidden else desk.pace.most_at_once
    alike = (callee.tenant, callee.person, caller.number)
    ringing = sum((each.tenant, each.person, each.number) == alike for each in desk.ringing)
    is_return = is_from_the_phone(carried) and bool(own_legs_of(carried))
    if ringing < most and not is_return:
        return True
    carried.call.refuse(Refusal.LOOP)
    carried.is_written = False
    return False


async def _alert(carried: Carried, phone: RingingPhone) -> None:
    """Tell the caller that it rings when it does, and soon in any case."""
    with suppress(TimeoutError, CallOverError):
        async with asyncio.timeout(carried.desk.pace.alerts_after.total_seconds()):
            await phone.leg.ringing()
    if not phone.leg.is_over:
        carried.call.ring()


def _refuse(carried: Carried, code: int) -> None:
    """Tell the caller what the phone said: busy is busy, all else is unavailable; nothing is sent back (no loop)."""
    if code in BUSY_CODES:
        carried.call.refuse(Refusal.BUSY)
    elif code in _DECLINED:
        carried.call.refuse(Refusal.DECLINED)
    else:
        carried.call.refuse(Refusal.UNAVAILABLE)
    carried.becomes(CallResult.FAILED)
