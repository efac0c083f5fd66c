"""What a call meets, as it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.call import Treatment
from kalenderkoppling.usecases.callees.callee import Callee


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDecision:
    """What a call meets at `now`, and until when it holds (UTC); `callee` is None where the number is nobody's.

    With `is_sure` False something of ours failed, and nobody knows whose number it is: the exchange has to go on by
    itself, to the phone (S-13).
    """

    callee: Callee | None
    treatment: Treatment
    valid_until: datetime
    now: datetime
    is_sure: bool = True
