"""Why a booking became what it became: the walk of `decide`, told as steps."""

from __future__ import annotations

from kalenderkoppling.domain.booking import Booking, Choice, Private
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.rules.walk import Step, walk


def explain(sighting: Booking | Private, choice: Choice | None, policy: Policy) -> tuple[Step, ...]:
    """Tell the steps from a booking to what it becomes; the last one's `rule` is what `decide` gives."""
    return tuple(walk(sighting, choice, policy))
