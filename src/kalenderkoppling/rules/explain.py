"""Why a booking gives this absence or none: the steps of `decide`."""

from __future__ import annotations

from kalenderkoppling.domain.booking import Booking, Choice, Private
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.rules.walk import Step, walk


def explain(sighting: Booking | Private, choice: Choice | None, policy: Policy) -> tuple[Step, ...]:
    """Return the steps from a booking to its outcome; the last step's `rule` is what `decide` returns."""
    return tuple(walk(sighting, choice, policy))
