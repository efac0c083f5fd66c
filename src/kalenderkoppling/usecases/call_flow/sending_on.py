"""Exchanges that carry their calls themselves are told where to go (302), and come back for the announcement."""

from __future__ import annotations

from kalenderkoppling.absences.call import RingThenAnnounce, Treatment
from kalenderkoppling.ports.phone import Called, Refusal
from kalenderkoppling.usecases.call_flow.carried import Carried

_ANNOUNCEMENT = "announcement-"
"""Prefix of the number in the address that an exchange calls after the phone was not answered."""


def number_of(user: str) -> str:
    """Return the number in a called address, with or without the sign that the phone has rung."""
    return user.removeprefix(_ANNOUNCEMENT)


def is_sent_back(called: Called) -> bool:
    """Tell whether the phone has rung already, and only the announcement is wanted."""
    return called.wanted.startswith(_ANNOUNCEMENT)


def send_on(carried: Carried, treatment: Treatment) -> None:
    """Send a call to the person's phone, and where that is to be, to the announcement after it."""
    carried.is_written = False
    targets = [carried.callee.phone_uri] if carried.callee.phone_uri else []
    if isinstance(treatment, RingThenAnnounce):
        targets.append(carried.call.our_address(f"{_ANNOUNCEMENT}{number_of(carried.call.called.wanted)}"))
    if targets:
        carried.call.redirect(targets)
    else:
        carried.call.refuse(Refusal.UNAVAILABLE)
