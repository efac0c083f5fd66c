"""The age of our copy of a calendar and the problem with reading it, worded the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.words import Language, shown_age, shown_time, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is told of the reading of one calendar; a text is empty where there is nothing to tell.

    `age` is how long ago the calendar was read, `stale` that this is too long to govern calls (C-27), `problem` why it
    cannot be read now.
    """

    age: str = ""
    stale: str = ""
    problem: str = ""

    @property
    def trouble(self) -> str:
        """What is stale and what is wrong, as one text."""
        return " ".join(each for each in (self.stale, self.problem) if each)


def knowledge_of(
    mailbox: MailboxState | None, *, is_fresh: bool, now: datetime, zone: ZoneInfo, language: Language
) -> Knowledge:
    """Tell what is known of the reading of a calendar.

    Args:
        mailbox: The state of the mailbox, None where there is none or the visitor must not know of it.
        is_fresh: Whether the calendar may govern calls.
        now: The present, in UTC.
        zone: The person's zone, in which times are told.
        language: The visitor's.
    """
    if mailbox is None:
        return Knowledge()
    looked, problem = mailbox.last_good_look, _problem(mailbox, language)
    if looked is None:
        return Knowledge(age=text("age.calendar_never", language), problem=problem)
    return Knowledge(
        age=text("age.calendar", language, age=shown_age(now - looked, language)),
        stale="" if is_fresh else _stale(looked.astimezone(zone), now.astimezone(zone), language),
        problem=problem,
    )


def _stale(looked: datetime, now: datetime, language: Language) -> str:
    return text("age.calendar_stale", language, when=shown_time(looked, now, language))


def _problem(mailbox: MailboxState, language: Language) -> str:
    if mailbox.blocked is not None:
        told = text(f"blocked.{mailbox.blocked}", language)
    elif mailbox.problem is not None:
        told = text(f"read.{mailbox.problem}", language)
    else:
        return ""
    return text("age.calendar_problem", language, problem=told)
