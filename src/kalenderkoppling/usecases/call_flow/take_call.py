"""Take a call: decide what it meets, and carry it to its end (semantics 7)."""

from __future__ import annotations

import asyncio

import structlog

from kalenderkoppling.absences.call import Announce, Ring, RingThenAnnounce, Treatment
from kalenderkoppling.domain.errors import CallOverError, NoCommonCodecError
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.phone import Called, IncomingCall, Refusal
from kalenderkoppling.usecases.call_flow.announcing import announce
from kalenderkoppling.usecases.call_flow.carried import Carried
from kalenderkoppling.usecases.call_flow.desk import Desk
from kalenderkoppling.usecases.call_flow.loops import is_from_the_phone, own_legs_of
from kalenderkoppling.usecases.call_flow.ringing import ring_out, ring_then_announce
from kalenderkoppling.usecases.call_flow.sending_on import is_sent_back, number_of, send_on
from kalenderkoppling.usecases.calls.decision import CallDecision

_log = structlog.get_logger("calls")


async def take_call(call: IncomingCall, desk: Desk) -> None:
    """Handle a call until it ends; where anything of ours fails, the phone rings (S-13)."""
    came = desk.clock.now()
    decision = await desk.decide(call.tenant, _candidates(call.called))
    if decision.callee is None:
        # There is no phone to ring, and the call must not loop. On 503 the exchange rings the phone itself; an
        # unassigned number is refused with 480.
        call.refuse(Refusal.UNAVAILABLE if decision.is_sure else Refusal.SERVICE_UNAVAILABLE)
        desk.meter.count(Count.CALLS_REFUSED, "nobody" if decision.is_sure else "not_decided")
        return
    carried = Carried(call=call, callee=decision.callee, desk=desk, came=came)
    try:
        await _carry(carried, decision)
    except CallOverError:
        pass
    except NoCommonCodecError:
        call.refuse(Refusal.NOT_ACCEPTABLE)
        carried.is_written = False
    finally:
        call.hang_up()
        carried.write_down()


async def _carry(carried: Carried, decision: CallDecision) -> None:
    try:
        await _as_decided(carried, decision.treatment)
    except (CallOverError, NoCommonCodecError, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 - an error of ours must not cost the caller the call (S-13)
        carried.desk.meter.count(Count.CALLS_FAILED_OPEN, type(error).__name__)
        _log.error("call_rings_through", error=type(error).__name__)
        await ring_out(carried)


async def _as_decided(carried: Carried, treatment: Treatment) -> None:
    if is_sent_back(carried.call.called):
        await _announce_or_end(carried, treatment)
        return
    if carried.call.wants_redirects and not isinstance(treatment, Announce):
        send_on(carried, treatment)
        return
    match treatment:
        case Announce():
            if not await announce(carried):
                await ring_out(carried)
        case RingThenAnnounce() if _has_rung(carried):
            if not await announce(carried):
                await ring_out(carried)
        case RingThenAnnounce(after=after):
            await ring_then_announce(carried, after)
        case Ring():
            await ring_out(carried)


def _has_rung(carried: Carried) -> bool:
    """Tell whether the phone need not ring for this call: it has, or it has sent the call to us itself."""
    returned = own_legs_of(carried)
    for each in returned:
        each.comes_back = True
    return carried.call.called.has_rung or is_from_the_phone(carried) or bool(returned)


async def _announce_or_end(carried: Carried, treatment: Treatment) -> None:
    """Announce to a caller for whom the phone has rung already; it is not rung again."""
    if isinstance(treatment, Ring) or not await announce(carried):
        carried.call.refuse(Refusal.UNAVAILABLE)


def _candidates(called: Called) -> tuple[str, ...]:
    return tuple(number_of(each) for each in called.candidates)
