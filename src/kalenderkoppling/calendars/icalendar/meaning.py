"""The meaning of an event: whether it takes place, its show-as, its subject."""

from __future__ import annotations

from icalendar.parser import unescape_backslash

from kalenderkoppling.calendars.icalendar.content import Event
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.text import storable

SHOW_AS = {
    "FREE": ShowAs.FREE,
    "WORKINGELSEWHERE": ShowAs.WORKING_ELSEWHERE,
    "TENTATIVE": ShowAs.TENTATIVE,
    "BUSY": ShowAs.BUSY,
    "OOF": ShowAs.OUT_OF_OFFICE,
}
"""Values of X-MICROSOFT-CDO-BUSYSTATUS ([MS-OXCICAL]). X-MICROSOFT-CDO-INTENDEDSTATUS is what the organizer proposed,
not what this person chose: it is not read."""


def is_cancelled(event: Event) -> bool:
    """Tell whether STATUS says so, in any of its lines (RFC 5545, 3.8.1.11)."""
    return "CANCELLED" in _words(event, "STATUS")


def show_as_of(event: Event) -> ShowAs | None:
    """Return how the person shows the event: Outlook's word, else TRANSP and STATUS; None for an unknown word.

    Source: [MS-OXCICAL], import of X-MICROSOFT-CDO-BUSYSTATUS; RFC 5545, 3.8.2.7: without TRANSP it is OPAQUE.
    """
    outlook = _words(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    if outlook:
        return SHOW_AS.get(outlook[0]) if len(set(outlook)) == 1 else None
    match _words(event, "TRANSP"):
        case ["TRANSPARENT"]:
            return ShowAs.FREE
        case [] | ["OPAQUE"]:
            return ShowAs.TENTATIVE if "TENTATIVE" in _words(event, "STATUS") else ShowAs.BUSY
        case _:
            return None


def subject_of(event: Event) -> str | None:
    """Return the subject as every database stores it, None where there is none or it was not read."""
    lines = event.lines.get("SUMMARY", ())
    return storable(unescape_backslash(lines[0].value)) if lines else None


def says_whole_days(event: Event) -> bool:
    """Tell whether Outlook says that times at midnight are meant as dates."""
    return _words(event, "X-MICROSOFT-CDO-ALLDAYEVENT") == ["TRUE"]


def _words(event: Event, name: str) -> list[str]:
    return [each.value.strip().upper() for each in event.lines.get(name, ())]
