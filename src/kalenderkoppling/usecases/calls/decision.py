"""What a call meets, as it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.call import Treatment
from kalenderkoppling.usecases.calls.callee import Callee


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDecision:
    """What a call meets at `now`, and until when it holds (UTC); `callee` is None where the number is nobody's."""

    callee: Callee | None
    treatment: Treatment
    valid_until: datetime
    now: datetime
