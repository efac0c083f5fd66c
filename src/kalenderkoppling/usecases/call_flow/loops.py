"""A phone that forwards its calls to us: it is not rung again for a call that it has just sent back.

Exchanges tell little of it: Asterisk writes `reason=unknown` and no cause, and no Diversion at all while the
redirecting count is 0. So it is recognised by the call that rings the phone, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from kalenderkoppling.usecases.call_flow.carried import Carried
from kalenderkoppling.usecases.call_flow.desk import RingingLeg

_SHORTEST_NUMBER = 3
"""Digits of the shortest number that a longer one may end with."""


def is_from_the_phone(carried: Carried) -> bool:
    """Tell whether the person's phone itself has forwarded this call, whatever reason it gives."""
    diverters, phone = carried.call.called.diverted_from, _user_of(carried.callee.phone_uri)
    if not diverters or not phone:
        return False
    latest = diverters[0].partition(";")[0]
    if latest == phone:
        return True
    # The full number of an extension ends with it; another number of the person, such as a mobile, may do so by chance.
    may_be_full = len(phone) >= _SHORTEST_NUMBER and phone.isdigit() and latest.endswith(phone)
    return (
        may_be_full
        and latest not in carried.callee.numbers
        and carried.desk.who_is(carried.callee.tenant, latest) == carried.callee.person
    )


def own_legs_of(carried: Carried) -> Sequence[RingingLeg]:
    """Return our own calls to the person's phone, still ringing, that this call may be the return of.

    It is the same caller's, or one that the person has forwarded; another caller is nobody's return.
    """
    callee, call = carried.callee, carried.call
    ringing = [each for each in carried.desk.ringing if (each.tenant, each.person) == (callee.tenant, callee.person)]
    alike = [each for each in ringing if each.number == call.caller.number]
    forwarded = call.called.diverted_from
    if alike or not ringing or not forwarded:
        return alike
    is_theirs = is_from_the_phone(carried) or carried.desk.who_is(callee.tenant, forwarded[0]) == callee.person
    return ringing if is_theirs else []


def _user_of(uri: str) -> str:
    return uri.partition(":")[2].partition("@")[0].partition(";")[0]
