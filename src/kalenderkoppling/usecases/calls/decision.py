"""What a call meets, as it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.call import Treatment
from kalenderkoppling.usecases.callees.callee import Callee


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDecision:
    """What a call meets at `now`, and until when that is valid (UTC); `callee` is None for an unassigned number.

    `is_sure` is False where the lookup failed: whose number it is is unknown, and the exchange has to ring the phone
    by itself (S-13).
    """

    callee: Callee | None
    treatment: Treatment
    valid_until: datetime
    now: datetime
    is_sure: bool = True
