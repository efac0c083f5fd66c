"""A run: one look at one mailbox from its claim to what was written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.sync.plan import Plan
from kalenderkoppling.usecases.mailboxes.unchanged import Dealt, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A claimed run: what the calendar is asked, as it was at the claim.

    `dealt` is the last answer that was dealt with, None where the look has to be a full one.
    """

    claim: Claim
    question: Question
    began: datetime
    dealt: Dealt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to: the view, None for the answer that was `run.dealt` with, and the state to write."""

    run: Run
    view: View | None
    state: MailboxState


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the plan, None where the run was discarded; and the answer as it is remembered after it."""

    plan: Plan | None
    dealt: Dealt | None = None
