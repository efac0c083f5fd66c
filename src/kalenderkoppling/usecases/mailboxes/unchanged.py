"""Which answers of calendars were dealt with already: the same answer again needs no decoding and no plan.

A look at an unchanged calendar under unchanged conditions is a no-op, because a plan that was applied makes the next
one empty (`sync.plan`). So three things are held in memory after each complete look: the validator of the view, which
stands for the answer and for the mailbox, window, zone and fields that were asked for; the revision of everything of
ours that a plan rests on; and the generation of the claim. A later look is skipped only where all three still fit. No
validator is ever stored (S-1): the first look after a start is a full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import Validator, View
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.ports.store.mailboxes import Claim, Revision

MOST_REMEMBERED = 500_000
"""For how many mailboxes the last answer is remembered at most; each takes about half a kilobyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the calendar is asked beside the window: whose mailbox, in which zone its days lie, and which fields."""

    mailbox: str
    zone: ZoneInfo
    fields: Fields


@dataclass(frozen=True, slots=True)
class Dealt:
    """An answer that was dealt with: what it is recognised by, and under which conditions it was.

    `revision` is that of what was ours when the look had been written, `at` when the look began (UTC).
    """

    question: Question
    validator: Validator
    revision: Revision
    generation: int
    at: datetime

    def fits(self, claim: Claim, began: datetime) -> bool:
        """Tell whether the answer may be relied on in a run that has just been claimed.

        Not where anything of ours has changed since, where somebody else claimed the mailbox (another process, a run
        before the restore of a backup), where time went backwards (F-12), or where the mailbox's state is not that of a
        good look.
        """
        state = claim.state
        return (
            self.revision == claim.revision
            and self.generation + 1 == claim.generation
            and self.at <= began
            and self.at == state.last_good_look
            and not (state.failures or state.problem or state.blocked)
        )


class Memory:
    """The last answer of each mailbox that was dealt with; the least recently looked at are forgotten first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._dealt: dict[MailboxRef, Dealt] = {}

    def __len__(self) -> int:
        return len(self._dealt)

    def get(self, ref: MailboxRef) -> Dealt | None:
        """Return what is remembered of a mailbox, whether it fits or not."""
        return self._dealt.get(ref)

    def forget(self, ref: MailboxRef) -> None:
        """Forget a mailbox that was claimed: only the run's own outcome puts an answer back."""
        self._dealt.pop(ref, None)

    def put(self, ref: MailboxRef, dealt: Dealt | None) -> None:
        """Remember an answer that was dealt with, after the commit; None forgets."""
        self._dealt.pop(ref, None)
        if dealt is not None:
            self._dealt[ref] = dealt
            if len(self._dealt) > self._most:
                del self._dealt[next(iter(self._dealt))]


def depends_on_time(view: View, now: datetime) -> bool:
    """Tell whether the same view would be planned otherwise later: a choice on an item that lies in the future.

    It is capped at the time of receipt until its time has come, and then it counts as newer (`sync.item_choices`).
    """
    return any(each.item_choice is not None and each.item_choice.choice.at > now for each in view.bookings)
