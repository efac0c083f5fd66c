"""A run: one look at one mailbox from its claim to what was written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.booking import View
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Plan
from kalenderkoppling.usecases.mailboxes.unchanged import Dealt
from kalenderkoppling.usecases.situation import zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A claimed run: whose mailbox, and on which conditions it is looked at.

    `dealt` is the last answer that was dealt with, None where the look has to be a full one; `basis` is what was ours
    at the claim, where an answer is remembered.
    """

    claim: Claim
    person: Person
    settings: TenantSettings
    policy: Policy
    began: datetime
    basis: bytes | None = None
    dealt: Dealt | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone, as it was at the claim."""
        return zone_of(self.person, self.settings)


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
