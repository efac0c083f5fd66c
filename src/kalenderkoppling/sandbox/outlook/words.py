"""The labels of a booking in Outlook: show-as, status, and what has just been done."""

from __future__ import annotations

from enum import StrEnum

from kalenderkoppling.sandbox.event import Event

NORMAL, PRIVATE = "normal", "private"


class ShowAs(StrEnum):
    """Graph's words, in the order of Outlook's own list; `unknown` stands for any other."""

    FREE = "free"
    ELSEWHERE = "workingElsewhere"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT = "oof"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, event: Event) -> ShowAs:
        """Read it from a booking; what Outlook does not know is `unknown`."""
        return cls(event.show_as) if event.show_as in set(cls) else cls.UNKNOWN


CHOICES = tuple(word for word in ShowAs if word is not ShowAs.UNKNOWN)


class Standing(StrEnum):
    """Whether the meeting takes place and the person comes."""

    ON = "on"
    CANCELLED = "cancelled"
    DECLINED = "declined"

    @classmethod
    def of(cls, event: Event) -> Standing:
        """Read it from a booking; cancelled beats declined."""
        if event.is_cancelled:
            return cls.CANCELLED
        return cls.DECLINED if event.response == "declined" else cls.ON


class Deed(StrEnum):
    """What somebody has just done, shown on the next page."""

    MADE = "made"
    CHANGED = "changed"
    MOVED = "moved"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    DELETED = "deleted"


def is_private(event: Event) -> bool:
    """Tell whether it shows the lock: any sensitivity but normal."""
    return event.sensitivity != NORMAL
