"""Addresses that several surfaces write: pages, what a caller hears of a person, a number to call."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.person import PersonId

MINE = "/mine"
SESSIONS = "/sessions"
"""The path of the visitor's own page, Min frånvaro."""

_DIALLED = frozenset("0123456789+*#")


def person_path(person: PersonId) -> str:
    """Return the path of a person's page."""
    return f"/people/{quote(person, safe='')}"


def announcement_path(person: PersonId, *, absence: AbsenceId | None = None, rings: bool = False) -> str:
    """Return the path of what a caller hears of a person.

    Args:
        person: Who would be called.
        absence: Heard is what holds when this absence begins, None for now.
        rings: Whether the phone is heard ringing first, as in the demo.
    """
    asked = {"absence": absence} if absence else {"rings": "yes"} if rings else {}
    path = f"{person_path(person)}/announcement"
    return f"{path}?{urlencode(asked)}" if asked else path


def tel_uri(number: str) -> str:
    """Return the address that calls a number (RFC 3966), whatever it is written with; empty where there is none."""
    dialled = "".join(each for each in number if each in _DIALLED)
    return f"tel:{dialled}" if dialled else ""
