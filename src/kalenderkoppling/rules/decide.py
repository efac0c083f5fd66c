"""What a booking becomes: a reason and a diversion, or nothing."""

from __future__ import annotations

from kalenderkoppling.domain.booking import Booking, Choice, Private
from kalenderkoppling.rules.model import Policy, Rule
from kalenderkoppling.rules.walk import walk


def decide(sighting: Booking | Private, choice: Choice | None, policy: Policy) -> Rule | None:
    """Decide what a booking becomes for a person; None is no absence.

    Args:
        sighting: The booking, or the private one of which nothing is known.
        choice: The choice that counts for it (`Choices.on`), or None.
        policy: The person's services, own rules and the administrator's layers.

    Source: R6 to R12, R15; semantics 2 and 3.
    """
    outcome: Rule | None = None
    for step in walk(sighting, choice, policy):
        outcome = step.rule
    return outcome
